"""A user's table as it stands, kept beside what is learned from it: text, dates, gaps, what is left out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from latens._columns import OwnColumn, OwnColumns, joined_texts
from latens._memory import format_bytes
from latens.data.table_columns import Coded, coded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KEPT_BYTES", "MOST_COLUMNS", "own_columns", "said_of_left_out"]

# What of a table a run keeps at most, in memory as on disk.
KEPT_BYTES, MOST_COLUMNS = 256 * 2**20, 1_000
_MOMENTS = "datetime64[ns]"
# The same cell may be two days by the last two of them.
_DATES = ("ISO8601", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y")
_FIRST = 100
# How `Dataset.understood` begins of what is no feature.
_NOT_LEARNED_FROM = ("left out", "labels", "names of the rows")


def own_columns(
    frame: "pd.DataFrame",
    uses: Mapping[str, str],
    written: "Mapping[str, pd.Series] | None" = None,
    most_bytes: int = KEPT_BYTES,
) -> OwnColumns:
    """Return the columns of a table as they stand, as many as there is room for.

    Those that nothing is learned from, which are nowhere else, get room before the others.

    Parameters
    ----------
    frame : DataFrame
        The table, its numbers read.
    uses : mapping of str to str
        What each column was taken for.
    written : mapping of str to Series, default={}
        Columns of numbers as the file writes them, where it does so with units or marks of its own.
    most_bytes : int, default=256 MiB
    """
    written = written or {}
    # Of hundreds of thousands of columns most are not even looked at.
    names = [str(name) for name in frame.columns]
    others = [name for name in names if uses.get(name, "").startswith(_NOT_LEARNED_FROM)]
    are_others = set(others)
    features = [name for name in names if name not in are_others]
    kept: dict[str, OwnColumn] = {}
    room = most_bytes
    for name in [*others, *features][:MOST_COLUMNS]:
        # A column takes half a byte for each row at least, most of them eight.
        if room < len(frame) // 2:
            break
        if _is_nested(frame[name]):
            continue
        column = _own_column(name, frame[name], written.get(name), uses.get(name, ""))
        if column.nbytes <= room:
            kept[name] = column
            room -= column.nbytes
    return OwnColumns(
        tuple(kept[name] for name in names if name in kept),
        tuple(name for name in names if name not in kept),
    )


def said_of_left_out(columns: OwnColumns) -> list[str]:
    """Return a sentence on the columns for which there was no room, if there are any."""
    if not columns.left_out:
        return []
    n_all = len(columns) + len(columns.left_out)
    return [
        f"{len(columns):,} of {n_all:,} columns are kept as they stand for maps, profiles and exports, which "
        f"is what fits in {format_bytes(KEPT_BYTES)} and {MOST_COLUMNS:,} columns: first those that are not "
        "learned from. All are learned from as said."
    ]


def _is_nested(column: "pd.Series") -> bool:
    """Whether cells are lists, records or bytes, of which the first ones are looked at."""
    if column.dtype.kind != "O":
        return False
    return any(
        isinstance(cell, list | dict | tuple | np.ndarray | bytes) for cell in column.iloc[:_FIRST]
    )


def _own_column(name: str, column: "pd.Series", written: "pd.Series | None", use: str) -> OwnColumn:
    import pandas as pd

    if written is not None:
        return _of_texts(name, coded(written), use, numbers=column)
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return OwnColumn(name, "number", _narrow(column.to_numpy()), use=use)
    if pd.api.types.is_bool_dtype(column) and not isinstance(dtype, pd.CategoricalDtype):
        truths = column.fillna(False).to_numpy(dtype=bool).astype(np.int8)
        truths[column.isna().to_numpy()] = -1
        return OwnColumn(name, "truth", truths, use=use)
    if pd.api.types.is_datetime64_any_dtype(column):
        plain = column if dtype.kind == "M" and isinstance(dtype, np.dtype) else _in_utc(column)
        moments = plain.to_numpy().astype(_MOMENTS).view(np.int64)
        return OwnColumn(name, "date", moments.copy(), use=use)
    if pd.api.types.is_numeric_dtype(column) and dtype.kind in "iuf":
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return OwnColumn(name, "number", _narrow(numbers), use=use)
    return _of_texts(name, coded(column), use)


def _in_utc(column: "pd.Series") -> "pd.Series":
    return column.dt.tz_convert("UTC").dt.tz_localize(None)


def _narrow(values: np.ndarray) -> np.ndarray:
    """A copy in the smallest type that holds the same numbers: single precision, or fewer bytes."""
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            single = values.astype(np.float32)
        return single if np.array_equal(single, values, equal_nan=True) else values.astype(float)
    if not len(values):
        return values.copy()
    smallest = np.result_type(np.min_scalar_type(values.min()), np.min_scalar_type(values.max()))
    return values.astype(smallest if smallest.kind in "iu" else values.dtype)


def _of_texts(name: str, found: Coded, use: str, numbers: "pd.Series | None" = None) -> OwnColumn:
    """A column of cells that stand as text, by its different texts."""
    values = found.values
    if numbers is None and values and all(isinstance(one, bool | np.bool_) for one in values):
        truths = np.array([*map(int, values), -1], np.int8)[found.places]
        return OwnColumn(name, "truth", truths, use=use)
    texts = found.texts[:-1]
    places = found.places.astype(np.min_scalar_type(-max(1, len(texts))))
    joined = joined_texts(texts)
    if numbers is not None:
        means = np.full(len(texts), np.nan)
        known = found.places >= 0
        means[found.places[known]] = numbers.to_numpy(dtype=np.float64, na_value=np.nan)[known]
        return OwnColumn(name, "number", places, joined, means, use)
    days = _days(texts)
    if days is not None:
        return OwnColumn(name, "date", places, joined, days, use)
    return OwnColumn(name, "text", places, joined, use=use)


def _days(texts: list[str]) -> np.ndarray | None:
    """Days since 1970, where all texts are dates and can be read in one way only."""
    import pandas as pd

    # Most columns are told by their first cells; a year alone is a number.
    if not texts or any(len(text) < 8 or not text[:1].isdigit() for text in texts[:_FIRST]):
        return None
    likely = [form for form in _DATES if _read_as(form, texts[:_FIRST]) is not None]
    readings = [one for one in (_read_as(form, texts) for form in likely) if one is not None]
    if len(readings) != 1:
        return None
    since = readings[0] - pd.Timestamp("1970-01-01", tz="UTC")
    days: np.ndarray = (since / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    return days


def _read_as(form: str, texts: list[str]) -> "pd.Series | None":
    """Moments of texts in one form; None where one of them is not."""
    import pandas as pd

    try:
        return pd.to_datetime(pd.Series(texts, dtype=object), format=form, utc=True)
    except (ValueError, OverflowError):
        return None
