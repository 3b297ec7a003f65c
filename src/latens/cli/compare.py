"""`latens compare`: runs beside each other, in words, tables and linked maps."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from latens.cli import options
from latens.cli.console import print_json, print_lines, print_path, print_result
from latens.cli.saving import check_file

__all__ = ["compare"]

_SHOWN = 10


def compare(
    runs: Annotated[
        list[Path],
        Argument(metavar="RUN RUN", help="Two run folders, or more.", show_default=False),
    ],
    out: Annotated[Path, Option(help="The page to write, an .html file.")] = Path("compare.html"),
    model: Annotated[
        str | None, Option(help="Which model of every run. [default: the first of each]")
    ] = None,
    k: Annotated[int, Option("--k", min=1, max=100, help="How many nearest neighbors.")] = 10,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Compare runs: settings and scores, and of two the samples whose neighborhoods changed most.

    A difference counts where it exceeds the spread over the seeds that both runs have. The page shows both
    maps, linked. Of runs on different data only the settings compare, and that is said; samples with the same
    names are linked all the same. Of three runs or more there are tables.
    """
    check_file(out, (".html",), overwrite=overwrite)
    from latens.applications import compare_runs
    from latens.reports import write_comparison

    found = compare_runs(*runs, model=model, k=k)
    write_comparison(found, out)
    if json:
        print_json({**found.facts(), "out": str(out)})
        return
    moved = found.moved_table(_SHOWN)
    for table in (found.settings_table(), found.score_table(), *([moved] if moved else [])):
        if table.rows:
            print_result(table)
    print_lines(found.sentence)
    print_path(out)
