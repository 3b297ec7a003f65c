"""Missing numbers in a table: refused with the ways out, rows dropped, or filled with medians."""

from dataclasses import dataclass

import numpy as np

from latens._text import listed
from latens.data.table_options import Missing
from latens.exceptions import DataError

__all__ = ["Filled", "without_missing"]


@dataclass(frozen=True, eq=False)
class Filled:
    """Columns without gaps, what their rows are called, and what was done.

    Attributes
    ----------
    values : dict of str to ndarray
    names : tuple of str or None
    rows : ndarray of int or None
        The rows that are left; None: all.
    notes : tuple of str
    """

    values: dict[str, np.ndarray]
    names: tuple[str, ...] | None
    rows: np.ndarray | None = None
    notes: tuple[str, ...] = ()


def without_missing(
    values: dict[str, np.ndarray], where: str, missing: Missing, names: tuple[str, ...] | None
) -> Filled:
    """Return columns of finite numbers alone.

    Raises
    ------
    DataError
        If some numbers are missing or infinite and that is to be refused, or no row is left.
    """
    bad = {
        name: ~np.isfinite(column)
        for name, column in values.items()
        if column.dtype.kind == "f" and not np.isfinite(column).all()
    }
    if not bad:
        return Filled(values, names)
    is_bad = np.logical_or.reduce(list(bad.values()))
    n_rows = int(is_bad.sum())
    if missing == "drop":
        return _dropped(values, ~is_bad, where, names)
    if missing == "median":
        return _filled(values, bad, where, names)
    first = int(is_bad.argmax())
    raise DataError(
        f"{where} has missing or infinite values in {n_rows:,} row(s), column(s) {listed(bad)}, first "
        f"in row {first} (counted from 0 below the header). Drop these rows (--missing drop), fill them "
        "with the medians of their columns (--missing median), leave columns out (--without), or fill the "
        "values first, for example with pandas: frame.dropna() or frame.fillna(frame.median())."
    )


def _dropped(
    values: dict[str, np.ndarray], is_whole: np.ndarray, where: str, names: tuple[str, ...] | None
) -> Filled:
    rows = np.flatnonzero(is_whole)
    if not len(rows):
        raise DataError(
            f"{where} has missing or infinite values in every row. Leave columns out (--without), or fill "
            "them (--missing median)."
        )
    kept = None if names is None else tuple(names[row] for row in rows)
    note = (
        f"{len(is_whole) - len(rows):,} of {len(is_whole):,} rows with missing or infinite values were "
        "dropped, as asked; the others keep their row numbers."
    )
    return Filled({name: column[rows] for name, column in values.items()}, kept, rows, (note,))


def _filled(
    values: dict[str, np.ndarray],
    bad: dict[str, np.ndarray],
    where: str,
    names: tuple[str, ...] | None,
) -> Filled:
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
    return Filled(filled, names, None, (note,))
