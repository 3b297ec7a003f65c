"""Files and folders that are written whole or not at all, and what a kill may leave of them.

What becomes PATH is made in the folder ``.NAME.latens`` beside it:

======  ==================================================================================
lock    held by the process that writes; a killed one holds nothing, so its rest is known
new     what will be PATH
before  the folder that was PATH, for the instant between two renames
======  ==================================================================================

Whoever writes the same place again clears away what a killed process left there.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from latens._locks import Lock
from latens.exceptions import LatensError, RunError

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "atomic_write",
    "check_free",
    "check_name",
    "check_writable",
    "clear_place",
    "exists",
    "is_leftover",
    "remove",
    "remove_leftovers",
    "save_array",
    "whole_folder",
]

_ENDING = ".latens"
# What version 0.1 wrote into before it renamed.
_BY_VERSION_0_1 = re.compile(r"\..+\.partial|\..+-[a-z0-9_]{8}|recommendations\.\w+\.partial")


@contextmanager
def atomic_write(path: Path, failure: type[LatensError] = RunError) -> Iterator[Path]:
    """Give the path of a new file, or folder, that takes the place of `path` once it is written.

    Raises
    ------
    RunError, or what `failure` is
        If it cannot be written, or another process is writing it.
    """
    with _workshop(path, failure) as shop:
        yield shop / "new"
        (shop / "new").replace(path)


@contextmanager
def whole_folder(path: Path, failure: type[LatensError] = RunError) -> Iterator[Path]:
    """Give a new folder that takes the place of `path`, and of what is there, once its content is whole.

    Raises
    ------
    RunError, or what `failure` is
        If it cannot be written, or another process is writing it.
    """
    with _workshop(path, failure) as shop:
        (shop / "new").mkdir()
        yield shop / "new"
        if os.path.lexists(path):
            path.rename(shop / "before")
        (shop / "new").rename(path)
        remove(shop / "before")


def save_array(path: Path, array: "np.ndarray") -> None:
    """Write a .npy file, so that a full disk is called a full disk: `numpy.save` names no reason."""
    import numpy as np

    array = np.ascontiguousarray(array)
    if array.dtype.hasobject:
        raise ValueError("Object arrays cannot be saved.")
    with path.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(array.data)


def is_leftover(path: Path) -> bool:
    """Whether a name is one of files and folders half written, of this version or of 0.1."""
    return _is_workshop(path) or _BY_VERSION_0_1.fullmatch(path.name) is not None


def remove_leftovers(folder: Path) -> None:
    """Clear away what killed processes left in a folder that latens alone writes."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if _is_workshop(path):
            clear_place(_place_of(path))
        elif is_leftover(path):
            remove(path)


def check_name(path: Path, failure: type[LatensError] = RunError) -> None:
    """Refuse a folder for tensors that has a name of bytes that are no text: they could not be read back.

    Raises
    ------
    RunError, or what `failure` is
        If it has.
    """
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError as error:
        raise failure(
            f"'{path}' is no text in UTF-8, so it cannot be written. Choose another name."
        ) from error


def clear_place(path: Path) -> None:
    """Clear away what a killed process left of one file or folder, before it is seen whether it is there."""
    shop = _shop_of(path)
    with suppress(OSError):
        if shop.is_dir():
            _clear(shop)


def check_free(path: Path, *, overwrite: bool) -> None:
    """Refuse to write where something is, unless it may be replaced.

    Raises
    ------
    RunError
        If it is there and must stay, or nothing can be written there.
    """
    clear_place(path)
    if exists(path) and not overwrite:
        raise RunError(
            f"'{path}' exists already. Choose another `out`, or replace it with `overwrite`."
        )
    check_writable(path)


def check_writable(path: Path) -> None:
    """Refuse a place in a folder that cannot be made or written.

    Raises
    ------
    RunError
        If it is in one.
    """
    place = path.absolute()
    folder = next(one for one in (*place.parents, place) if exists(one))
    if not folder.is_dir():
        raise RunError(f"'{path}' cannot be written: '{folder}' is no folder.")
    if not os.access(folder, os.W_OK):
        raise RunError(f"'{path}' cannot be written: the folder '{folder}' is read-only for you.")


def exists(path: Path) -> bool:
    """Return whether something is at a place.

    Raises
    ------
    RunError
        If nothing can be.
    """
    try:
        return path.exists()
    except OSError as error:
        raise RunError(f"'{path}' cannot be written: {error.strerror or error}.") from error


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it; nothing else is as good."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _shop_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{_ENDING}") if path.name else path / _ENDING


def _place_of(shop: Path) -> Path:
    return shop.with_name(shop.name.removeprefix(".").removesuffix(_ENDING))


def _is_workshop(path: Path) -> bool:
    return path.name.startswith(".") and path.name.endswith(_ENDING)


@contextmanager
def _workshop(path: Path, failure: type[LatensError]) -> Iterator[Path]:
    """Give the folder beside `path` that this process alone works in, and clear it away at the end."""
    shop = _shop_of(path)
    lock = None
    try:
        lock = _enter(shop)
        if lock is None:
            raise failure(f"'{path}' is being written by another process. Wait for it.")
        yield shop
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise failure(f"'{path}' cannot be written: {reason}.") from error
    finally:
        if lock is not None:
            _leave(shop, lock)


def _enter(shop: Path) -> Lock | None:
    """Make a workshop, or take one that a killed process left; None if another process works there."""
    while True:
        shop.mkdir(parents=True, exist_ok=True)
        lock = Lock(shop / "lock")
        try:
            if not lock.take():
                return None
        except FileNotFoundError:
            continue  # it was cleared away by the one who worked there until now
        _tidy(shop)
        return lock


def _leave(shop: Path, lock: Lock) -> None:
    _tidy(shop)
    _close(shop, lock)


def _close(shop: Path, lock: Lock) -> None:
    lock.give_back()
    with suppress(OSError):
        shop.rmdir()


def _clear(shop: Path) -> None:
    """Clear a workshop away, if it is certain that nobody works there."""
    lock = Lock(shop / "lock")
    if lock.take():
        if lock.is_safe:
            _tidy(shop)
        _close(shop, lock)


def _tidy(shop: Path) -> None:
    """Remove what was not finished, and put back what was to be replaced if nothing took its place."""
    path = _place_of(shop)
    before = shop / "before"
    if os.path.lexists(before) and not os.path.lexists(path):
        with suppress(OSError):
            before.rename(path)
    for rest in shop.iterdir():
        if rest.name != "lock":
            remove(rest)
