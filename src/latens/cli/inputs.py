"""What the arguments of a command mean together: modes, flags that change nothing, models and their data."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from typer import BadParameter, Context

from latens.cli.options import in_flags

if TYPE_CHECKING:
    from latens.runs import Finding
    from latens.studies.source import Source

__all__ = ["check_model", "keep_finding", "refuse_flags", "taken"]

Mode = TypeVar("Mode")


def taken(context: Context, mode: type[Mode], **own: Any) -> Mode:
    """Return what a command was asked for, as the frozen dataclass of one of its modes.

    Its fields are parameters of the command, but for those that are given here.
    """
    names = [one.name for one in fields(mode) if one.name not in own]  # type: ignore[arg-type]
    return mode(**{name: context.params[name] for name in names}, **own)


def refuse_flags(context: Context, why: str, *names: str) -> None:
    """Refuse parameters that were given as flags and would change nothing, with the reason as a sentence."""
    sources = {name: context.get_parameter_source(name) for name in names}
    given = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise BadParameter(f"{flags}: {why}")


def check_model(source: "Source", model: str | None, data: str | None) -> None:
    """Refuse a saved model without data to use it on, or with a name."""
    if source.is_model and data is None:
        raise BadParameter("A saved model has no data of its own; give DATA.")
    if source.is_model and model is not None:
        raise BadParameter(f"'{source.path}' is one model; --model chooses among those of a run.")


def keep_finding(context: Context, source: "Source", name: str, found: "Finding") -> "Finding":
    """Write what was found into a run, for its report; return it, with the parameters it names as flags."""
    found = replace(found, sentence=in_flags(found.sentence, context.command))
    source.keep(name, found)
    return found
