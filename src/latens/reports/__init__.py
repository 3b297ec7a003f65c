"""The report of a run: one HTML file for people and one JSON file for programs.

Reports read the run folder and nothing else, so they can be made anew at any time and anywhere.
README.md says how the page is put together.
"""

from latens.reports.report import write_report

__all__ = ["write_report"]
