"""Frames of rows, as the metrics of tables take them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from latens.data import TableEncoder
from latens.data.table_encoding.columns import DateColumn, NumberColumn, OmittedColumn
from latens.data.table_encoding.frames import as_frame
from latens.metrics import MixedTable

__all__ = ["as_mixed_tables"]


def as_mixed_tables(
    encoder: TableEncoder, tables: Sequence[Any]
) -> tuple[list[MixedTable], tuple[str, ...]]:
    """Return tables with the same integers for the same levels, and the names of their columns.

    Numbers and dates come first. Columns that nothing is learned from are left out; levels that the encoder
    has not seen are levels like others.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted.
    tables : sequence of DataFrame or Arrow table

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"plan": ["plus", None, "basic"], "age": [30, 41, None]})
    >>> (mixed, _), names = as_mixed_tables(TableEncoder().fit(table), [table, table])
    >>> names, mixed.levels[:, 0].tolist(), mixed.numbers[:, 0].tolist()
    (('age', 'plan'), [1, 0, 2], [30.0, 41.0, nan])
    """
    frames = [as_frame(table)[0] for table in tables]
    learned = [column for column in encoder.columns_ if not isinstance(column, OmittedColumn)]
    is_number = [isinstance(column, NumberColumn | DateColumn) for column in learned]
    numbers = [column for column, is_one in zip(learned, is_number, strict=True) if is_one]
    others = [column for column in learned if column not in numbers]
    levels = [_levels(column.name, frames) for column in others]
    made = [
        MixedTable(
            _joined([_numbers(column, frame) for column in numbers], len(frame), np.float64),
            _joined([codes[at] for codes in levels], len(frame), np.int64),
        )
        for at, frame in enumerate(frames)
    ]
    return made, tuple(column.name for column in [*numbers, *others])


def _joined(columns: list[np.ndarray], n: int, kind: type) -> np.ndarray:
    return np.column_stack(columns).astype(kind) if columns else np.empty((n, 0), kind)


def _numbers(column: Any, frame: Any) -> np.ndarray:
    """The numbers of a column, or the days of its dates; NaN for gaps."""
    values, gaps = column.features(frame[column.name])
    numbers = values[:, 0].astype(np.float64)
    numbers[gaps] = np.nan
    return np.asarray(numbers)


def _levels(name: str, frames: Sequence[Any]) -> list[np.ndarray]:
    """Which level each cell holds, in the order of their first coming; 0 is a gap."""
    import pandas as pd

    cells = pd.concat([frame[name].astype(object) for frame in frames], ignore_index=True)
    # The integers of a column with gaps are floats in one table and integers in the other.
    codes, _ = pd.factorize(cells.map(_as_text, na_action="ignore"))
    return np.split(codes + 1, np.cumsum([len(frame) for frame in frames])[:-1])


def _as_text(value: Any) -> str:
    is_whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if is_whole else str(value)
