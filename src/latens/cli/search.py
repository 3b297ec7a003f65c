"""`latens search`: the samples of a run that are most like a query, or nearly the same."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latens.cli.console import print_json, print_table, say, say_notes, table_cells
from latens.cli.inputs import check_writable, refuse_flags, write_finding
from latens.cli.options import Device, Json, ModelName

if TYPE_CHECKING:
    from latens.applications import DuplicateFinding, NeighborFinding

__all__ = ["search"]


def search(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY",
            help="An image file, a data file with many queries, or N, a row of the run's own data.",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(min=0, help="A row of the run's own data, also where a file is called so."),
    ] = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="List samples that are nearly the same instead.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="How far apart duplicates may be. [default: a tenth of the median distance between "
            "nearest neighbors]",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many neighbors of each query.")] = 10,
    bits: Annotated[
        int | None,
        typer.Option(min=1, help="Compare this many bits of each code instead of its values."),
    ] = None,
    model: ModelName = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Find the samples of a run that are most like QUERY, by the distances of their codes.

    The result is kept in the run, and `latens report RUN` shows it. Rows are numbered from 0, in the
    order of the data, as `latens embed` writes them.
    """
    _check_flags(context)
    check_writable(run)
    from latens.applications import SearchItems, find_near_duplicates, find_neighbors
    from latens.runs import Run

    items = SearchItems.of_run(Run.open(run), model, device=device)
    found: DuplicateFinding | NeighborFinding
    if duplicates:
        found = find_near_duplicates(items, threshold, bits=bits)
    else:
        asked = row if query is None else query
        assert asked is not None
        found = find_neighbors(items, asked, k=top, bits=bits)
        say_notes(found.notes)
    use = write_finding(context, run, "search", found.to_finding())
    if json:
        print_json({"run": str(run), "model": items.model_name, **_facts(found)})
    else:
        table = found.table()
        print_table(table.title, table.columns, table_cells(table, ".4g"))
    say(f"{use.sentence} Kept in the run; 'latens report {run}' shows it.")


def _check_flags(context: typer.Context) -> None:
    """Refuse flags that exclude each other."""
    flags = context.params
    is_of_duplicates = flags["duplicates"]
    if (flags["query"] is not None) + (flags["row"] is not None) + is_of_duplicates != 1:
        raise typer.BadParameter("Give one of QUERY, --row and --duplicates.")
    if is_of_duplicates:
        refuse_flags(context, "all near-duplicates are listed.", "top")
    elif flags["threshold"] is not None:
        raise typer.BadParameter("--threshold is for --duplicates.", param_hint="--threshold")


def _facts(found: "DuplicateFinding | NeighborFinding") -> dict[str, Any]:
    facts = asdict(found)
    if "groups" in facts:
        return {name: facts[name] for name in ("distance", "threshold", "groups")}
    queries = [{"query": one["query"], "neighbours": one["neighbors"]} for one in facts["answers"]]
    return {"distance": facts["distance"], "queries": queries}
