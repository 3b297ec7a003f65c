"""Cells of a CSV file that no spreadsheet takes for a formula."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pandas

__all__ = ["plain_cell", "safe_cell", "safe_frame", "write_csv"]

# Spreadsheets compute what begins so, the wide forms of East Asia included. An apostrophe in front makes it
# text. One that stands in front already gets another, so that taking one away gives back what there was.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def safe_cell(value: Any) -> Any:
    """Return a value as a cell: text that would be a formula gets an apostrophe, all else stays.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-1.5"), safe_cell(-1.5), safe_cell("a=b")
    ("'=1+1", '-1.5', -1.5, 'a=b')
    """
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def plain_cell(text: str) -> str:
    """Return what `safe_cell` was given.

    Examples
    --------
    >>> plain_cell("'=1+1"), plain_cell("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def safe_frame(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    """Return a table with safe cells and names of columns."""
    safe = frame.set_axis([safe_cell(name) for name in frame.columns], axis="columns")
    for at, dtype in enumerate(frame.dtypes):
        if dtype.kind not in "biufc":
            safe.isetitem(at, frame.iloc[:, at].map(safe_cell))
    return safe


def write_csv(frame: "pandas.DataFrame", file: "Path | TextIO", **options: Any) -> None:
    """Write a table without its index, in safe cells; `options` are those of pandas."""
    safe_frame(frame).to_csv(file, index=False, **options)
