"""The flags that say how a table is read, the same for all commands that read one."""

from typing import Annotated, Any, Literal

from typer import Option

__all__ = [
    "Decimal",
    "Encoding",
    "HeaderLine",
    "IdColumn",
    "Keep",
    "Missing",
    "Without",
    "table_flags",
]

Without = Annotated[
    list[str] | None,
    Option(metavar="COLUMN", help="Leave a column of a table out; may be given several times."),
]
Keep = Annotated[
    list[str] | None,
    Option(
        "--keep",
        metavar="COLUMN",
        help="Learn from a column although it looks like row numbers, ids or labels; several times.",
    ),
]
IdColumn = Annotated[
    str | None, Option(metavar="COLUMN", help="The column that names the rows of a table.")
]
Missing = Annotated[
    Literal["refuse", "drop", "median"] | None,
    Option(help="What happens to rows with missing numbers. [default: refuse]"),
]
HeaderLine = Annotated[
    int | None,
    Option(
        "--header", min=0, help="The line that names the columns, from 1; 0: none. [default: told]"
    ),
]
Decimal = Annotated[
    Literal[".", ","] | None, Option(help="The decimal mark of a table. [default: told]")
]
Encoding = Annotated[
    str | None, Option(help="The encoding of a table of text. [default: told]", metavar="NAME")
]


def table_flags(**flags: Any) -> dict[str, Any]:
    """Return the flags that were given, as parameters of `load`."""
    return {name: value for name, value in flags.items() if value not in (None, [])}
