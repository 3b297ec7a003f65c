"""The flags that say how data are read, the same for all commands that read them."""

from typing import Annotated, Any, Literal

from typer import Context, Option

__all__ = [
    "As",
    "Decimal",
    "Encoding",
    "HeaderLine",
    "IdColumn",
    "Keep",
    "Missing",
    "Strict",
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
As = Annotated[
    Literal["images", "channels-first", "series", "table"] | None,
    Option("--as", help="What an array or a table of pixels is. [default: told by its values]"),
]
Strict = Annotated[
    bool, Option("--strict", help="Refuse a folder of which an image cannot be read.")
]


def table_flags(context: Context) -> dict[str, Any]:
    """Return what the flags of a command say of a table, as parameters of `load`."""
    from latens.data.table_options import TABLE_SETTINGS

    flags = {name: context.params[name] for name in ("label_column", *TABLE_SETTINGS)}
    return {name: value for name, value in flags.items() if value not in (None, (), [])}
