"""`latens report`: make the report of a run anew."""

from latens.cli import options
from latens.cli.console import print_json, print_path

__all__ = ["report"]


def report(
    run: options.Run,
    json: options.Json = False,
) -> None:
    """Write report.html and report.json of a run anew, from nothing but its folder."""
    from json import loads

    from latens.reports import write_report
    from latens.runs import Run

    path = write_report(Run.open(run))
    if json:
        print_json(loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    else:
        print_path(path)
