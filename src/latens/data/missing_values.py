"""Missing numbers in a table: refused with the ways out, rows dropped, or filled with medians."""

from dataclasses import dataclass

import numpy as np

from latens._text import listed
from latens.data.table_options import Missing
from latens.exceptions import DataError

__all__ = ["Filled", "without_missing"]


@dataclass(frozen=True, eq=False)
class Filled:
    """Columns without gaps, and what was done.

    Attributes
    ----------
    values : dict of str to ndarray
    rows : ndarray of int or None
        The rows that are left; None: all.
    notes : tuple of str
    """

    values: dict[str, np.ndarray]
    rows: np.ndarray | None = None
    notes: tuple[str, ...] = ()


def without_missing(values: dict[str, np.ndarray], where: str, missing: Missing) -> Filled:
    """Return columns of finite numbers alone; where gaps are to be marked, they may be left.

    Raises
    ------
    DataError
        If some numbers are missing or infinite and that is to be refused, or no row is left.
    """
    is_fine = _is_no_infinity if missing == "mark" else np.isfinite
    bad = {
        name: ~is_fine(column)
        for name, column in values.items()
        if column.dtype.kind == "f" and not is_fine(column).all()
    }
    if not bad:
        return Filled(values)
    is_bad = np.logical_or.reduce(list(bad.values()))
    n_rows = int(is_bad.sum())
    if missing == "drop":
        return _dropped(values, ~is_bad, where)
    if missing == "median":
        return _filled(values, bad, where)
    first = int(is_bad.argmax())
    raise DataError(
        f"{where} has missing or infinite values in {n_rows:,} row(s), column(s) {listed(bad)}, first "
        f"in row {first} (counted from 0 below the header). Drop these rows (--missing drop), fill them "
        "with the medians of their columns (--missing median), leave columns out (--without), or fill the "
        "values first, for example with pandas: frame.dropna() or frame.fillna(frame.median())."
    )


def _is_no_infinity(column: np.ndarray) -> np.ndarray:
    return ~np.isinf(column)


def _dropped(values: dict[str, np.ndarray], is_whole: np.ndarray, where: str) -> Filled:
    rows = np.flatnonzero(is_whole)
    if not len(rows):
        raise DataError(
            f"{where} has missing or infinite values in every row. Leave columns out (--without), or fill "
            "them (--missing median)."
        )
    note = (
        f"{len(is_whole) - len(rows):,} of {len(is_whole):,} rows with missing or infinite values were "
        "dropped, as asked; the others keep their row numbers."
    )
    return Filled({name: column[rows] for name, column in values.items()}, rows, (note,))


def _filled(values: dict[str, np.ndarray], bad: dict[str, np.ndarray], where: str) -> Filled:
    empty = [name for name, is_bad in bad.items() if is_bad.all()]
    if empty:
        raise DataError(
            f"{where} has no number at all in column(s) {listed(empty)}. Leave them out (--without)."
        )
    filled = dict(values)
    for name, is_bad in bad.items():
        filled[name] = np.where(is_bad, np.median(values[name][~is_bad]), values[name])
    n_cells = sum(int(is_bad.sum()) for is_bad in bad.values())
    note = (
        f"{n_cells:,} missing or infinite values were filled with the medians of their columns, as asked: "
        f"{listed(bad)}."
    )
    return Filled(filled, None, (note,))
