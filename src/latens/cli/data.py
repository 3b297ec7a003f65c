"""`latens data`: what can be loaded, where it is, and what it holds."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from latens._text import shortened
from latens.cli.console import (
    print_facts,
    print_json,
    print_lines,
    print_path,
    print_table,
    say_notes,
)
from latens.cli.options import (
    As,
    Decimal,
    Encoding,
    HeaderLine,
    IdColumn,
    Json,
    Keep,
    LabelColumn,
    Missing,
    Strict,
    Without,
    table_flags,
)

if TYPE_CHECKING:
    from latens.data import Summary

__all__ = ["app"]

app = typer.Typer(help="List, fetch and inspect data sets.", no_args_is_help=True)

_SHOWN = 10
_COLUMNS = 40


@app.command("list")
def list_sets(json: Json = False) -> None:
    """List the named data sets, and where each is on this machine."""
    from latens.data import list_named

    sets = list_named()
    if json:
        print_json([asdict(known) for known in sets])
        return
    rows = [
        [
            known.name,
            f"{known.n_samples:,} x {'x'.join(map(str, known.sample_shape))}",
            known.description,
            known.licence,
            known.found or "would be downloaded",
        ]
        for known in sets
    ]
    print_table("", ["name", "samples", "what", "licence", "where"], rows)


@app.command("fetch")
def fetch_set(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `latens data list`.")],
    json: Json = False,
) -> None:
    """Download a named data set, with its checksums verified, unless it is here already."""
    from latens.data import fetch

    known = fetch(name)
    if json:
        print_json(asdict(known))
    else:
        print_path(str(known.found))


@app.command("info")
def info(
    context: typer.Context,
    data: Annotated[str, typer.Argument(metavar="DATA", help="What `latens run` takes.")],
    label_column: LabelColumn = None,
    id_column: IdColumn = None,
    without: Without = None,
    keep: Keep = None,
    missing: Missing = None,
    header: HeaderLine = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    layout: As = None,
    strict: Strict = False,
    json: Json = False,
) -> None:
    """Show what a data set holds and how it was understood, before anything is trained on it."""
    from latens.data import load, summarize

    summary = summarize(load(data, "all", layout=layout, strict=strict, **table_flags(context)))
    if json:
        print_json(asdict(summary))
        return
    print_facts(_facts(summary))
    _print_columns(summary.understood)
    for line in summary.left_out:
        print_lines(f"left out       {line}")
    say_notes(summary.notes)


def _facts(summary: "Summary") -> dict[str, str]:
    facts = {
        "name": summary.name,
        "source": summary.source,
        **({"read as": summary.read_as} if summary.read_as else {}),
        "samples": f"{summary.n_samples:,}",
        "shape": "x".join(map(str, summary.sample_shape)),
        "values": f"{summary.dtype}, {summary.minimum:g} to {summary.maximum:g}",
        "constant": _some(summary.constant),
        "exact repeats": f"{summary.n_duplicates:,}",
        "fingerprint": summary.fingerprint,
    }
    if summary.classes is not None:
        facts["labels"] = _some(tuple(f"{name} {count:,}" for name, count in summary.classes))
    return facts


def _print_columns(understood: tuple[tuple[str, str], ...]) -> None:
    """How each column was understood; of very many the first, and how many more there are."""
    if not understood:
        return
    print_lines("", "columns")
    shown = [(shortened(name, 40), why) for name, why in understood[:_COLUMNS]]
    width = max(len(name) for name, _ in shown)
    print_lines(*(f"  {name:<{width}}  {why}" for name, why in shown))
    if len(understood) > _COLUMNS:
        print_lines(f"  ... and {len(understood) - _COLUMNS:,} more (--json lists all)")


def _some(names: tuple[str, ...]) -> str:
    """The first few of many names."""
    if not names:
        return "none"
    more = f", ... ({len(names):,} in all)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
