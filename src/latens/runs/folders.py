"""The folders of runs: who may make, replace and write them, and what is left of those that were cut off."""

import json
import os
import shlex
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from latens._locks import Lock
from latens._writing import check_name, is_leftover, remove, remove_leftovers
from latens.exceptions import RunError

__all__ = [
    "FORMAT",
    "NextFolder",
    "free_room",
    "held",
    "is_unborn",
    "made",
    "made_next",
    "set_room_aside",
    "way_on",
]

FORMAT = "latens run"

_LOCK = ".lock"
# Room on the disk that is set aside, so that even a full one has some for how the run ended.
_RESERVE = ".reserve"
_OWN = (_LOCK, _RESERVE)
# Another command may just be writing down what it found.
_PATIENCE_SECONDS = 1.0
_FOLDERS = ("arrays", "uses", "models", "checkpoints")
# The results go first, as without them nothing counts as done; run.json last, as it makes the folder a run.
_FIRST, _LAST = "results.json", "run.json"
_FILES = (_FIRST, "histories.json", "items.json", "report.html", "report.json", _LAST)


@dataclass(frozen=True)
class NextFolder:
    """The first of BASE-1, BASE-2, ... that is free when the run is made.

    Two processes at the same instant get two folders.

    Attributes
    ----------
    base : Path
    """

    base: Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep all other processes from writing a run folder, and clear away what killed ones left in it.

    Raises
    ------
    RunError
        If another process is writing it, or nobody can.
    """
    lock = Lock(path / _LOCK)
    if not _take(path, lock, _PATIENCE_SECONDS):
        raise RunError(
            f"The run '{path}' is under way: {lock.holder()} is writing it. Wait for it, or stop it."
        )
    with _given_back(path, lock):
        yield


@contextmanager
def made(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Make a run folder, or empty one, and hold it.

    Raises
    ------
    RunError
        If it exists and may not be replaced, is being written, or cannot be made.
    """
    check_name(path)
    if os.path.lexists(path) and not (is_unborn(path) or _is_run(path)):
        raise RunError(
            f"'{path}' exists already and is not a run, so it is not overwritten. Choose another --out."
        )
    _make(path)
    with held(path):
        if not is_unborn(path):
            if not overwrite:
                raise RunError(
                    f"'{path}' exists already. Choose another --out, or replace it with --overwrite."
                    + _of_cut_off(path)
                )
            _empty(path)
        yield path


@contextmanager
def made_next(place: NextFolder) -> Iterator[Path]:
    """Make the next folder of a name, and hold it.

    Raises
    ------
    RunError
        If it cannot be made.
    """
    for number in count(1):
        path = place.base.with_name(f"{place.base.name}-{number}")
        check_name(path)
        if os.path.lexists(path) and not is_unborn(path):
            continue
        _make(path)
        lock = Lock(path / _LOCK)
        if not _take(path, lock, patience=0.0):
            continue
        with _given_back(path, lock):
            # Another process may have been here before us, and be done.
            if is_unborn(path):
                yield path
                return


def is_unborn(path: Path) -> bool:
    """Whether a folder is empty, or of a run that was killed before it had a run.json."""
    try:
        return all(one.name in _OWN or is_leftover(one) for one in path.iterdir())
    except OSError:
        return False


def way_on(path: Path, info: dict[str, Any]) -> str:
    """Say what finishes a run that lacks something, as a sentence."""
    if "settings" not in info:
        return f"Finish it with `latens run --resume {shlex.quote(str(path))}`."
    return "`latens recommend` does not go on where it stopped: start it anew, with --overwrite."


def set_room_aside(path: Path, size: int) -> None:
    """Take some bytes of the disk, which `free_room` gives back.

    Raises
    ------
    RunError
        If the disk has no room for them.
    """
    try:
        (path / _RESERVE).write_bytes(os.urandom(size))  # zeros take no room on some file systems
    except OSError as error:
        remove(path / _RESERVE)
        raise RunError(f"The run '{path}' cannot be written: {error.strerror or error}.") from error


def free_room(path: Path) -> None:
    """Give the room back that was set aside."""
    remove(path / _RESERVE)


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"The folder '{path}' cannot be made: {error.strerror or error}.") from error


def _take(path: Path, lock: Lock, patience: float) -> bool:
    try:
        is_taken = lock.take(patience)
    except OSError as error:
        raise RunError(f"The run '{path}' cannot be written: {error.strerror or error}.") from error
    if is_taken and not lock.is_safe:
        warnings.warn(
            f"The file system of '{path}' has no locks, so nothing keeps two programs from writing this run "
            "at once.",
            stacklevel=2,
        )
    return is_taken


@contextmanager
def _given_back(path: Path, lock: Lock) -> Iterator[None]:
    """Clear away what killed processes left, and give the lock back at the end."""
    try:
        free_room(path)
        for folder in (path, *(path / name for name in _FOLDERS)):
            remove_leftovers(folder)
        yield
    finally:
        lock.give_back()


def _is_run(path: Path) -> bool:
    """Whether a folder holds a run, if a damaged one: then nothing but parts of runs may lie there."""
    if not (path / _LAST).is_file():
        return False
    info = _read(path)
    if info is not None:
        return info.get("format") == FORMAT
    parts = {*_OWN, *_FOLDERS, *_FILES}
    return all(one.name in parts or is_leftover(one) for one in path.iterdir())


def _read(path: Path) -> dict[str, Any] | None:
    """The content of run.json; None if it is damaged."""
    try:
        info = json.loads((path / _LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return info if isinstance(info, dict) else None


def _of_cut_off(path: Path) -> str:
    """What else can be done with a run that is there, if it is not complete."""
    info = _read(path)
    if info is None or info.get("status") == "complete":
        return ""
    return f" It was cut off. {way_on(path, info)}"


def _empty(path: Path) -> None:
    """Remove all of a run but its lock, so that a kill at any instant leaves what can be replaced or resumed.

    Raises
    ------
    RunError
        If something cannot be removed: it would be taken for a part of the new run.
    """
    remove(path / _FIRST)
    others = [one for one in path.iterdir() if one.name not in (_LOCK, _LAST)]
    for one in (*others, path / _LAST):
        remove(one)
        if os.path.lexists(one):
            raise RunError(f"'{one}' cannot be removed, so the run '{path}' is not replaced.")
