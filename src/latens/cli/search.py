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
            help="An image file, a data file with many queries, or N: row N of the data of the run.",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(min=0, help="A row of the data of the run, also where a file is called so."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--id", help="A sample of the run by its file name or id.", show_default=False
        ),
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

    The result is kept in the run, and `latens report RUN` shows it. Rows are those of the data, counted
    from 0 as pandas does: reports, the explorer and all tables give the same numbers.
    """
    _check_flags(context)
    check_writable(run)
    from latens.applications import SearchItems, find_near_duplicates, find_neighbors
    from latens.applications.own_data import DATA_CHANGED
    from latens.runs import Run

    items = SearchItems.of_run(Run.open(run), model, device=device)
    say_notes(note for note in items.dataset.notes if note == DATA_CHANGED)
    found: DuplicateFinding | NeighborFinding
    if duplicates:
        found = find_near_duplicates(items, threshold, bits=bits)
    else:
        asked = items.row_called(name) if name is not None else row if query is None else query
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
    asked = sum(flags[one] is not None for one in ("query", "row", "name"))
    if asked + is_of_duplicates != 1:
        raise typer.BadParameter("Give one of QUERY, --row, --id and --duplicates.")
    if is_of_duplicates:
        refuse_flags(context, "all near-duplicates are listed.", "top")
    elif flags["threshold"] is not None:
        raise typer.BadParameter("--threshold is for --duplicates.", param_hint="--threshold")


def _facts(found: "DuplicateFinding | NeighborFinding") -> dict[str, Any]:
    facts = asdict(found)
    if "groups" in facts:
        groups = [[_named(one, found.id_name) for one in group] for group in facts["groups"]]
        return {"distance": found.distance, "threshold": facts["threshold"], "groups": groups}
    queries = [
        {
            "query": one["query"],
            "neighbours": [_named(near, found.id_name) for near in one["neighbors"]],
        }
        for one in facts["answers"]
    ]
    return {"distance": found.distance, "queries": queries}


def _named(sample: dict[str, Any], id_name: str) -> dict[str, Any]:
    """The facts of a sample with the names that the columns of tables have; what is not known is left out."""
    facts = {id_name if name == "name" else name: one for name, one in sample.items()}
    return {name: one for name, one in facts.items() if one is not None or name == "label"}
