"""`latens data`: what can be loaded, where it is, and what it holds."""

from dataclasses import asdict
from typing import Annotated

import typer

from latens._text import shortened
from latens.cli import console, options

__all__ = ["app"]

app = typer.Typer(help="List, fetch and inspect data sets.", no_args_is_help=True)

_COLUMNS = 40


@app.command("list")
def list_sets(json: options.Json = False) -> None:
    """List the named data sets, and where each is on this machine."""
    from latens.data import list_named

    sets = list_named()
    if json:
        console.print_json([asdict(known) for known in sets])
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
    console.print_table("", ["name", "samples", "what", "licence", "where"], rows)


@app.command("fetch")
def fetch_set(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `latens data list`.")],
    json: options.Json = False,
) -> None:
    """Download a named data set, with its checksums verified, unless it is here already."""
    from latens.data import fetch

    known = fetch(name)
    if json:
        console.print_json(asdict(known))
    else:
        console.print_path(str(known.found))


@app.command("info")
def info(
    context: typer.Context,
    data: Annotated[str, typer.Argument(metavar="DATA", help="What `latens run` takes.")],
    label_column: options.LabelColumn = None,
    id_column: options.IdColumn = None,
    without: options.Without = None,
    keep: options.Keep = None,
    missing: options.Missing = None,
    column: options.Columns = None,
    header: options.HeaderLine = None,
    decimal: options.Decimal = None,
    encoding: options.Encoding = None,
    layout: options.As = None,
    strict: options.Strict = False,
    json: options.Json = False,
) -> None:
    """Show what a data set holds and how it was understood, before anything is trained on it."""
    from latens.data import load, summarize

    summary = summarize(
        load(data, "all", layout=layout, strict=strict, **options.table_flags(context))
    )
    if json:
        console.print_json(asdict(summary))
        return
    console.print_facts(summary.in_words())
    _print_columns(summary.understood)
    for line in summary.left_out:
        console.print_lines(f"left out       {line}")
    console.say_notes(summary.notes)


def _print_columns(understood: tuple[tuple[str, str], ...]) -> None:
    """How each column was understood; of very many the first, and how many more there are."""
    if not understood:
        return
    console.print_lines("", "columns")
    shown = [(shortened(name, 40), why) for name, why in understood[:_COLUMNS]]
    width = max(len(name) for name, _ in shown)
    console.print_lines(*(f"  {name:<{width}}  {why}" for name, why in shown))
    if len(understood) > _COLUMNS:
        console.print_lines(f"  ... and {len(understood) - _COLUMNS:,} more (--json lists all)")
