"""Where a command writes."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typer import BadParameter

from latens._saved import SavedKind
from latens._writing import check_free

if TYPE_CHECKING:
    from latens.runs import NextFolder

__all__ = ["check_ending", "check_file", "check_place", "next_folder"]


def check_file(out: Path, endings: Sequence[str], *, overwrite: bool) -> None:
    """Refuse to write a file of another kind, or where `check_free` refuses it."""
    check_ending(out, endings, ", ".join(endings))
    check_free(out, overwrite=overwrite)


def check_ending(out: Path, endings: Sequence[str], words: str) -> None:
    """Refuse a name with another ending than these, which words name."""
    if out.suffix not in endings:
        raise BadParameter(f"'{out}' must end in {words}.", param_hint="--out")


def check_place(save: Path | None, kind: str, *, overwrite: bool) -> None:
    """Refuse a folder that saving a thing of a kind would refuse, so that no training is lost."""
    if save is not None:
        SavedKind(kind).check_place(save, overwrite=overwrite)


def next_folder(name: str) -> "NextFolder":
    """Return the first of runs/NAME-1, runs/NAME-2, ... that is free once the run is made."""
    from latens.runs import NextFolder

    # Data may be called by bytes that are no text, runs may not.
    return NextFolder(Path("runs") / re.sub("[\ud800-\udfff]", "_", name))
