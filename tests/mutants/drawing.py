"""Mutants: an edit of a file each, in an order that a word decides."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from random import Random

from edits import KINDS, Edit, edits
from places import edited_files

__all__ = ["Mutant", "drawn", "reasons"]


@dataclass(frozen=True)
class Mutant:
    """One file with one error in it.

    Attributes
    ----------
    file : str
        Its path below the root.
    source : str
        What is in it without the error.
    edit : Edit
    """

    file: str
    source: str
    edit: Edit

    @cached_property
    def content(self) -> tuple[str, str, str, str]:
        """What tells it from all others and stays when lines move: file, function, line before and after."""
        return self.file, self.edit.function, self.edit.before, self.edit.after

    def diff(self) -> str:
        """Return the edit as a patch."""
        lines = (text.splitlines() for text in (self.source, self.edit.applied(self.source)))
        patch = difflib.unified_diff(*lines, f"a/{self.file}", f"b/{self.file}", lineterm="", n=1)
        return "\n".join(patch)


def drawn(seed: str, root: Path, *, is_marked: bool = False) -> list[Mutant]:
    """Return all mutants in the order of a seed; the kinds of edits take turns while they last.

    Parameters
    ----------
    seed : str
    root : Path
    is_marked : bool, default=False
        Whether those of the marked lines, or of all others (`edits.MARK`).
    """
    queues: dict[str, list[Mutant]] = {kind: [] for kind in KINDS}
    for file in edited_files(root):
        source = (root / file).read_text(encoding="utf-8")
        for edit in edits(source, is_marked=is_marked):
            queues[edit.kind].append(Mutant(file, source, edit))
    for kind, queue in queues.items():
        Random(f"{seed}/{kind}").shuffle(queue)
    return list(_in_turn(queues))


def _in_turn(queues: dict[str, list[Mutant]]) -> Iterator[Mutant]:
    for row in zip_longest(*queues.values()):
        yield from (one for one in row if one is not None)


def reasons(file: Path) -> dict[tuple[str, str, str, str], str]:
    """Return why some mutants compute the same as the code does, by their content."""
    listed = tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", [])
    return {
        (one["file"], one["function"], one["before"], one["after"]): one["reason"] for one in listed
    }
