"""What a command writes: tables, and places that are asked for before anything is trained."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typer import BadParameter

from latens._csv_writing import write_csv
from latens._optional import import_optional
from latens._saved import SavedKind
from latens._writing import atomic_write, check_name, clear_place
from latens.exceptions import RunError

if TYPE_CHECKING:
    import pandas

    from latens.runs import NextFolder

__all__ = ["check_file", "check_free", "check_place", "next_folder", "write_frame"]


def check_file(out: Path, endings: Sequence[str], *, overwrite: bool) -> None:
    """Refuse to write a file of another kind, or where `check_free` refuses it.

    Raises
    ------
    BadParameter
        If its name has another ending.
    RunError
        As `check_free`.
    """
    if out.suffix not in endings:
        raise BadParameter(f"'{out}' must end in {', '.join(endings)}.", param_hint="--out")
    check_free(out, overwrite=overwrite)


def write_frame(out: Path, frame: "pandas.DataFrame") -> None:
    """Write a .csv or .parquet file whole or not at all."""
    with atomic_write(out) as temporary:
        if out.suffix == ".csv":
            write_csv(frame, temporary)
        else:
            import_optional("pyarrow", extra="parquet", purpose="write parquet files")
            frame.to_parquet(temporary, index=False)


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
