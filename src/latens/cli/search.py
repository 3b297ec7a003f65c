"""`latens search`: the samples of a run that are most like a query, or nearly the same."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Context, Option

from latens.cli import options
from latens.cli.console import print_json, print_result, say, say_notes
from latens.cli.inputs import keep_finding, refuse_flags

if TYPE_CHECKING:
    from latens.applications import DuplicateFinding, NeighborFinding

__all__ = ["search"]


def search(
    context: Context,
    run: options.Run,
    query: Annotated[
        str | None,
        Argument(
            metavar="QUERY",
            help="An image file, a data file with many queries, or N: row N of the data of the run.",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        Option(min=0, help="A row of the data of the run, also where a file is called so."),
    ] = None,
    name: Annotated[
        str | None,
        Option("--id", help="A sample of the run by its file name or id.", show_default=False),
    ] = None,
    duplicates: Annotated[
        bool, Option("--duplicates", help="List samples that are nearly the same instead.")
    ] = False,
    threshold: Annotated[
        float | None,
        Option(
            min=0,
            help="How far apart duplicates may be. [default: a tenth of the median distance between "
            "nearest neighbors]",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, Option(min=1, help="How many neighbors of each query.")] = 10,
    bits: Annotated[
        int | None,
        Option(min=1, help="Compare this many bits of each code instead of its values."),
    ] = None,
    model: options.ModelName = None,
    device: options.Device = "auto",
    json: options.Json = False,
) -> None:
    """Find the samples of a run that are most like QUERY, by the distances of their codes.

    The result is kept in the run, and `latens report RUN` shows it. Rows are those of the data, counted
    from 0 as pandas does: reports, the explorer and all tables give the same numbers.
    """
    _check_flags(context)
    from latens.applications import SearchItems, find_near_duplicates, find_neighbors
    from latens.applications.own_data import DATA_CHANGED
    from latens.studies.source import Source

    source = Source(run)
    source.check_writable()
    items = SearchItems.of_run(source.opened(), model, device=device)
    say_notes(note for note in items.dataset.notes if note == DATA_CHANGED)
    found: DuplicateFinding | NeighborFinding
    if duplicates:
        found = find_near_duplicates(items, threshold, bits=bits)
    else:
        asked = query if query is not None else row or 0
        if name is not None:
            asked = items.row_called(name)
        found = find_neighbors(items, asked, k=top, bits=bits)
        say_notes(found.notes)
    kept = keep_finding(context, source, "search", found.to_finding())
    if json:
        print_json({"run": str(run), "model": items.model_name, **found.facts()})
    else:
        print_result(found.table(), ".4g")
    say(f"{kept.sentence} Kept in the run; 'latens report {run}' shows it.")


def _check_flags(context: Context) -> None:
    """Refuse flags that exclude each other."""
    flags = context.params
    is_of_duplicates = flags["duplicates"]
    asked = sum(flags[one] is not None for one in ("query", "row", "name"))
    if asked + is_of_duplicates != 1:
        raise BadParameter("Give one of QUERY, --row, --id and --duplicates.")
    if is_of_duplicates:
        refuse_flags(context, "all near-duplicates are listed.", "top")
    elif flags["threshold"] is not None:
        raise BadParameter("--threshold is for --duplicates.", param_hint="--threshold")
