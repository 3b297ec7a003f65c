"""Places for what a command writes, asked for before anything is trained."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from latens._saved import SavedKind
from latens._writing import check_name, clear_place
from latens.exceptions import RunError

if TYPE_CHECKING:
    from latens.runs import NextFolder

__all__ = ["check_free", "check_place", "next_folder"]


def check_free(out: Path, *, overwrite: bool) -> None:
    """Refuse to write where something is, unless it may be replaced.

    Raises
    ------
    RunError
        If it is there and must stay, or nothing can be written there.
    """
    clear_place(out)
    if _exists(out) and not overwrite:
        raise RunError(
            f"'{out}' exists already. Choose another --out, or replace it with --overwrite."
        )
    _check_writable(out)


def check_place(save: Path | None, kind: str, *, overwrite: bool) -> None:
    """Refuse a folder that saving would refuse, so that no training is lost.

    Raises
    ------
    RunError
        If it exists, unless it holds a thing of this kind that may be replaced, or nothing can be written
        there.
    """
    if save is None:
        return
    check_name(save)
    _check_writable(save)
    clear_place(save)
    if not _exists(save):
        return
    if not overwrite:
        raise RunError(f"'{save}' exists already. Choose another --save, or --overwrite.")
    if not SavedKind(kind).is_at(save):
        raise RunError(f"'{save}' holds no {kind}, so it is not replaced. Choose another --save.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise RunError(f"'{path}' cannot be written: {error.strerror or error}.") from error


def _check_writable(path: Path) -> None:
    """Refuse a place in a folder that cannot be made or written."""
    place = path.absolute()
    folder = next(one for one in (*place.parents, place) if _exists(one))
    if not folder.is_dir():
        raise RunError(f"'{path}' cannot be written: '{folder}' is no folder.")
    if not os.access(folder, os.W_OK):
        raise RunError(f"'{path}' cannot be written: the folder '{folder}' is read-only for you.")


def next_folder(name: str) -> "NextFolder":
    """Return the first of runs/NAME-1, runs/NAME-2, ... that is free once the run is made."""
    from latens.runs import NextFolder

    # Data may be called by bytes that are no text, runs may not.
    return NextFolder(Path("runs") / re.sub("[\ud800-\udfff]", "_", name))
