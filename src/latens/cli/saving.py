"""Places for what a command writes, asked for before anything is trained."""

from pathlib import Path

from latens._saved import SavedKind
from latens.exceptions import RunError

__all__ = ["check_free", "check_place", "next_folder"]


def check_free(out: Path, *, overwrite: bool) -> None:
    """Refuse to write where something is, unless it may be replaced.

    Raises
    ------
    RunError
        If it is there and must stay.
    """
    if out.exists() and not overwrite:
        raise RunError(
            f"'{out}' exists already. Choose another --out, or replace it with --overwrite."
        )


def check_place(save: Path | None, kind: str, *, overwrite: bool) -> None:
    """Refuse a folder that saving would refuse, so that no training is lost.

    Raises
    ------
    RunError
        If it exists, unless it holds a thing of this kind that may be replaced.
    """
    if save is None or not save.exists():
        return
    if not overwrite:
        raise RunError(f"'{save}' exists already. Choose another --save, or --overwrite.")
    if not SavedKind(kind).is_at(save):
        raise RunError(f"'{save}' holds no {kind}, so it is not replaced. Choose another --save.")


def next_folder(name: str) -> Path:
    """Return the first of runs/NAME-1, runs/NAME-2, ... that is free."""
    number = 1
    while (folder := Path("runs") / f"{name}-{number}").exists():
        number += 1
    return folder
