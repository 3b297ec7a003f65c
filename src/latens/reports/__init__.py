"""The report of a run: one HTML file for people and one JSON file for programs.

Reports read the run folder and nothing else, so they can be made anew at any time and anywhere.
README.md says how the page is put together.
"""

from typing import TYPE_CHECKING

from latens.reports.report import write_report

if TYPE_CHECKING:
    from pathlib import Path

    from latens.applications import RunComparison

__all__ = ["write_comparison", "write_report"]


def write_comparison(found: "RunComparison", path: "str | Path") -> "Path":
    """Write a comparison of runs as one HTML file; see `latens.reports.comparison`."""
    # Imported late, as pages take a second to import.
    from latens.reports import comparison

    return comparison.write_comparison(found, path)
