"""Tables in .csv, .tsv and .parquet files: from the file to a data frame of named columns."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._csv import safe_cell
from latens._memory import check_memory
from latens._text import shortened
from latens.data.dataset import Dataset
from latens.data.parquet_tables import read_parquet
from latens.data.table_features import category_columns, features_and_labels
from latens.data.text_content import TextContent, read_content
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_csv", "load_parquet", "read_csv"]

# What pandas takes for a cell while it reads, and for a column however few cells it has.
_CELL_BYTES, _COLUMN_BYTES = 24, 3_500
_END_OF_LINE = re.compile(r"\r\n|\r|\n")
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
# The comma last: it may stand for the decimal point beside any of the others.
_DELIMITERS = (";", "\t", "|", ",")
_SHOWN = 5
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+$")


@dataclass(frozen=True)
class _Dialect:
    """How a text file writes a table."""

    encoding: str
    delimiter: str
    decimal: str
    has_header: bool
    has_row_names: bool


def load_csv(
    path: Path, label_column: str | None = None, feature_names: Sequence[str] | None = None
) -> Dataset:
    """Load a table of text: comma, semicolon, tab or bar between the fields, with or without a header.

    A first line of numbers alone is data; the columns are then called "column 0", "column 1", ...
    Decimal commas are understood where semicolons separate.

    Parameters
    ----------
    path : Path
        The file.
    label_column : str or None, default=None
        The column of labels; None takes a column called label, class, target or y.
    feature_names : sequence of str or None, default=None
        The features to make, those that a model has learnt from; None takes what can be one.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the file is no table, or holds missing values.
    """
    texts = () if feature_names is None else category_columns(feature_names)
    frame, notes = read_csv(path, texts)
    # As we write them ourselves where a spreadsheet would take them for formulas.
    if feature_names is not None:
        frame = frame.rename(columns={safe_cell(name): name for name in feature_names})
    return features_and_labels(frame, f"The file '{path}'", label_column, notes, feature_names)


def read_csv(path: Path, texts: Collection[str] = ()) -> tuple["pd.DataFrame", list[str]]:
    """Read a table of text as `load_csv` does, and return its columns as they are, with notes.

    Parameters
    ----------
    path : Path
    texts : collection of str, default=()
        Columns to keep as text even where all their cells are numbers: "01" and "1" differ.

    Raises
    ------
    DataError
        If the file is no table.
    """
    where = f"The file '{path}'"
    dialect = _dialect(path, where)
    frame = _read_text(path, dialect, where, texts)
    if dialect.has_header:
        return frame, []
    frame.columns = [f"column {number}" for number in range(frame.shape[1])]
    return frame, ["The file has no header; its columns are called column 0, column 1, ..."]


def load_parquet(
    path: Path, label_column: str | None = None, feature_names: Sequence[str] | None = None
) -> Dataset:
    """Load a table from a Parquet file; the parameters are those of `load_csv`.

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    DataError
        If the file is damaged, or holds missing values.
    """
    where = f"The file '{path}'"
    return features_and_labels(read_parquet(path), where, label_column, [], feature_names)


def _dialect(path: Path, where: str) -> _Dialect:
    content = read_content(path, where)
    # Not splitlines: pandas takes no vertical tab or separator of paragraphs for the end of a line.
    lines = _END_OF_LINE.split(content.head)
    if not content.is_whole:
        lines.pop()  # cut off
    lines = [line for line in lines if line.strip()][:20]
    if not lines:
        raise DataError(f"{where} is empty. Expected a table of text.")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(lines)
    rows = _rows(lines, delimiter, where)
    _check_size(content, max(map(len, rows)), where)
    has_comma = any(_DECIMAL_COMMA.match(field) for row in rows for field in row)
    decimal = "," if has_comma and delimiter != "," else "."
    has_header = _is_header(rows[0], decimal)
    _check_widths(rows, where)
    if has_header:
        _check_names(rows[0], where)
    return _Dialect(content.encoding, delimiter, decimal, has_header, _has_row_names(rows))


def _check_size(content: TextContent, n_columns: int, where: str) -> None:
    """Hold the table against the memory: rows that lack most of their cells are filled up."""
    needed = (_CELL_BYTES * content.n_lines + _COLUMN_BYTES) * n_columns
    check_memory(needed, where, stored=content.n_bytes)


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that every line has equally many of, else the one the first line has most of."""
    plain = [re.sub(r'"[^"]*"', "", line) for line in lines]
    counts = {delimiter: {line.count(delimiter) for line in plain} for delimiter in _DELIMITERS}
    steady = (mark for mark in _DELIMITERS if len(counts[mark]) == 1 and counts[mark] != {0})
    return next(steady, max(_DELIMITERS, key=plain[0].count))


def _rows(lines: Sequence[str], delimiter: str, where: str) -> list[list[str]]:
    """The fields of each line."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise DataError(f"{where} cannot be read as a table: {error}.") from error
    return [[field.strip() for field in row] for row in rows if row]


def _check_widths(rows: Sequence[list[str]], where: str) -> None:
    """Refuse more values than names, which pandas would shift."""
    first, second = rows[0], rows[1] if len(rows) > 1 else [""]
    # A delimiter at the end of a line holds nothing.
    width = len(second) - (not second[-1])
    if width > len(first) and not _has_row_names(rows):
        raise DataError(
            f"{where} has {len(first)} fields in its first line and {width} in the next. Name every column."
        )


def _check_names(names: Sequence[str], where: str) -> None:
    """Refuse names that come twice, which pandas would change."""
    counts = Counter(name for name in names if name)
    twice = sorted(shortened(name) for name, count in counts.items() if count > 1)
    if twice:
        listed = ", ".join(twice[:_SHOWN])
        raise DataError(f"{where} has several columns with the same name: {listed}. Rename them.")


def _has_row_names(rows: Sequence[list[str]]) -> bool:
    """Whether each row but the first begins with a name or a number of its own, as R writes them."""
    first, *others = rows
    names = [row[0] for row in others]
    is_one_more = bool(others) and all(len(row) == len(first) + 1 for row in others)
    are_counted = names == [str(number) for number in range(1, len(names) + 1)]
    return is_one_more and (are_counted or not any(_is_number(name, ".") for name in names))


def _is_header(fields: Sequence[str], decimal: str) -> bool:
    """Whether the first line names the columns: it has text, or counts 0, 1, 2, ... as pandas does."""
    filled = [field for field in fields if field]
    if not filled or not all(_is_number(field, decimal) for field in filled):
        return True
    is_counted = filled == [str(number) for number in range(len(filled))]
    has_index = not fields[0]  # pandas writes an empty name above the index
    return is_counted and (len(filled) > 2 or has_index)


def _is_number(field: str, decimal: str) -> bool:
    try:
        float(field.replace(decimal, "."))
    except ValueError:
        return False
    return True


def _read_text(path: Path, dialect: _Dialect, where: str, texts: Collection[str]) -> "pd.DataFrame":
    import pandas as pd

    kinds: dict[Any, type] = dict.fromkeys(texts, str)
    if not dialect.has_header:
        numbered = (name.removeprefix("column ") for name in texts if name.startswith("column "))
        kinds = {int(number): str for number in numbered if _SMALL_NUMBER.fullmatch(number)}
    try:
        return pd.read_csv(
            path,
            sep=dialect.delimiter,
            decimal=dialect.decimal,
            header=0 if dialect.has_header else None,
            encoding=dialect.encoding,
            compression=None,
            skipinitialspace=True,
            index_col=None if dialect.has_row_names else False,
            low_memory=False,
            dtype=kinds,
        )
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # pandas raises anything on what is no table
        lines = str(error).strip().splitlines()
        reason = shortened(lines[-1] if lines else type(error).__name__, 200)
        raise DataError(f"{where} cannot be read as a table: {reason}") from error
