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
            help="An image file, a data file with many queries, or N, a row of the run's own data.",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        Option(min=0, help="A row of the run's own data, also where a file is called so."),
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

    The result is kept in the run, and `latens report RUN` shows it. Rows are numbered from 0, in the
    order of the data, as `latens embed` writes them.
    """
    _check_flags(context)
    from latens.applications import SearchItems, find_near_duplicates, find_neighbors
    from latens.studies.source import Source

    source = Source(run)
    source.check_writable()
    items = SearchItems.of_run(source.opened(), model, device=device)
    found: DuplicateFinding | NeighborFinding
    if duplicates:
        found = find_near_duplicates(items, threshold, bits=bits)
    else:
        asked = query if query is not None else row or 0
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
    if (flags["query"] is not None) + (flags["row"] is not None) + is_of_duplicates != 1:
        raise BadParameter("Give one of QUERY, --row and --duplicates.")
    if is_of_duplicates:
        refuse_flags(context, "all near-duplicates are listed.", "top")
    elif flags["threshold"] is not None:
        raise BadParameter("--threshold is for --duplicates.", param_hint="--threshold")
