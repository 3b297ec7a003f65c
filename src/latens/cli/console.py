"""What the command line says: results on stdout, everything else on stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._text import json_text, printable

if TYPE_CHECKING:
    from latens.runs import Table

__all__ = [
    "print_facts",
    "print_json",
    "print_lines",
    "print_path",
    "print_result",
    "print_table",
    "say",
    "say_error",
    "say_notes",
    "say_step",
]


def say(words: str) -> None:
    """Tell people something, on stderr."""
    sys.stderr.write(f"{printable(words)}\n")
    sys.stderr.flush()


def say_step(words: str) -> None:
    """Tell people what happens now, or how it is, if that is a sentence."""
    say(words if words.endswith(".") else f"{words} ...")


def say_error(words: str) -> None:
    """Tell people what went wrong, on stderr, in one line."""
    say("latens: error: " + " ".join(words.split()))


def say_notes(notes: Iterable[str]) -> None:
    """Tell people what was changed, left out or not known in their data."""
    for note in notes:
        say(f"note: {note}")


def print_json(data: Any) -> None:
    """Print a result for programs: one JSON document on stdout."""
    sys.stdout.write(json_text(data, indent=2, default=str) + "\n")


def print_lines(*lines: str) -> None:
    """Print lines for people on stdout."""
    sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def print_path(path: str | Path) -> None:
    """Print a path on stdout: on a terminal for people, elsewhere for programs, exactly as it is."""
    words = str(path)
    sys.stdout.write(f"{printable(words) if sys.stdout.isatty() else words}\n")


def print_facts(facts: Mapping[str, str]) -> None:
    """Print names and values for people on stdout, the values in one column."""
    width = max(map(len, facts))
    lines = (f"{name:<{width}}  {value}" for name, value in facts.items())
    print_lines(*lines)


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table for people on stdout; numbers stand on the right.

    On a terminal it is drawn with rules; in a pipe it is plain, at its full width.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=not sys.stdout.isatty())
    if not console.is_terminal:
        console.width = 200
    table = Table(
        title=_escaped(title) or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for position, heading in enumerate(headings):
        is_number = all(_is_number(row[position]) for row in rows) and rows
        table.add_column(
            _escaped(heading), justify="right" if is_number else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(_escaped(cell) for cell in row))
    console.print(table)


def print_result(table: "Table", number_format: str = "", title: str = "") -> None:
    """Print a table of a finding, fractions in a format, with nothing for what was not measured."""
    cells = [
        [
            "" if one is None else format(one, number_format if isinstance(one, float) else "")
            for one in row
        ]
        for row in table.rows
    ]
    print_table(title or table.title, table.columns, cells)


def _is_number(cell: str) -> bool:
    return bool(cell) and (cell[0].isdigit() or cell[0] in "-–") and not cell[-1].isalpha()


def _escaped(cell: str) -> str:
    """A cell without control characters, in which square brackets are brackets and not rich's markup."""
    return printable(cell).replace("[", r"\[")
