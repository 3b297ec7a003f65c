"""The options that commands share, and what those that were given are as parameters of the library."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from typer import Argument, BadParameter, Context, Option

from latens.cli.time_limits import seconds_for_training

# How data are read.
LabelColumn = Annotated[
    str | None, Option(help="The column of a table that holds labels; it is never learned from.")
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
    Literal["mark", "refuse", "drop", "median"] | None,
    Option(help="What happens to missing numbers or their rows. [default: mark]"),
]
Columns = Annotated[
    list[str] | None,
    Option(
        metavar="NAME=KIND",
        help="What a column is: number, category, truth, date, id, omit, or its levels in order, as "
        "grade=low,mid,high; several times.",
    ),
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

# How a model is trained.
LatentDim = Annotated[
    int | None, Option(min=1, help="Latent dimensions. [default: by the size of a sample]")
]
NetworkName = Annotated[
    str | None,
    Option(help="mlp, convnet, resnet, vit or package.module:Class. [default: by the data]"),
]
Epochs = Annotated[int | None, Option(min=1, help="Passes over the data. [default: by size]")]
TimeLimit = Annotated[
    str | None, Option(help="Time for the whole command, such as '90 s' or '2 min'.")
]
Preset = Annotated[
    Literal["fast", "balanced", "best"] | None,
    Option(help="How long to train where nothing else says it."),
]
Device = Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")]
Seed = Annotated[int, Option(min=0, max=2**31 - 1, help="Decides every draw.")]

# What is used.
RunOrModel = Annotated[
    Path, Argument(metavar="RUN", help="A run folder or a saved model.", show_default=False)
]
Run = Annotated[Path, Argument(metavar="RUN", help="A run folder.", show_default=False)]
ModelName = Annotated[str | None, Option(help="Which model of the run. [default: its first]")]

# What is written.
Overwrite = Annotated[bool, Option("--overwrite", help="Replace what --out names.")]
Json = Annotated[bool, Option("--json", help="Print the result as JSON on stdout.")]


def given(context: Context, *names: str, **renamed: str) -> dict[str, Any]:
    """Return the parameters of a command that have a value.

    Parameters
    ----------
    context : Context
        Of the command.
    names : str
        Those that the library calls the same.
    **renamed : str
        Others, by what the library calls them: `max_epochs="epochs"`.
    """
    asked = {name: name for name in names} | renamed
    values = {name: context.params[flag] for name, flag in asked.items()}
    return {name: value for name, value in values.items() if value not in (None, (), [])}


def training_flags(context: Context, trainings: int = 1) -> dict[str, Any]:
    """Return what the flags of a command say of its trainings, as parameters of `Trainer`."""
    names = [name for name in ("preset", "time_limit") if name in context.params]
    asked = given(context, *names, max_epochs="epochs")
    if "time_limit" in asked:
        asked["time_limit"] = seconds_for_training(asked["time_limit"], trainings)
    return asked


def table_flags(context: Context) -> dict[str, Any]:
    """Return what the flags of a command say of a table, as parameters of `load`."""
    from latens.data.table_options import TABLE_SETTINGS

    names = [name for name in TABLE_SETTINGS if name in context.params]
    flags = given(context, "label_column", *names)
    kinds = column_kinds(context)
    return flags | {"kinds": kinds} if kinds else flags


def column_kinds(context: Context) -> dict[str, str | list[str]]:
    """Return what the flags of a command say that columns are, as `TableEncoder` takes it."""
    return dict(_column_kind(words) for words in context.params.get("column") or ())


def _column_kind(words: str) -> tuple[str, str | list[str]]:
    """The name of a column and its kind, or its levels in order, of "NAME=KIND"."""
    from latens.data.table_encoding.recognition import KINDS

    name, _, kind = words.rpartition("=")
    levels = kind.split(",")
    if not name or (len(levels) < 2 and kind not in KINDS):
        raise BadParameter(
            f"must be NAME=KIND, where KIND is {', '.join(KINDS)} or levels such as low,high. Got "
            f"'{words}'.",
            param_hint="--column",
        )
    return name, levels if len(levels) > 1 else kind


def in_flags(text: str, command: Any) -> str:
    """Return a text of the library with the parameters that a command has, too, written as its flags.

    Those are names between backticks, such as "`top`" or "`top=10`".
    """
    flags = {one.name: one.opts[0] for one in command.params if one.opts[0].startswith("-")}

    def flag(found: re.Match[str]) -> str:
        name, _, value = found[1].partition("=")
        return f"{flags[name]} {value}".rstrip() if name in flags else found[0]

    return re.sub(r"`(\w+(?:=[^`]+)?)`", flag, text)
