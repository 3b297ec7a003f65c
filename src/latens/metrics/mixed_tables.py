"""These metrics say how like real rows of a table synthetic ones are, column by column and pair by pair.

Shapes and trends are those of sdmetrics 0.32, by which synthesizers of tables are compared, except that a gap
is a value of its own in shapes too: a synthesizer that leaves all gaps out should not look perfect.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError

__all__ = ["MixedTable", "column_shapes", "pair_trends"]

Numbers = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

_BINS = 10  # of a number beside levels, as in sdmetrics


@dataclass(frozen=True, eq=False)
class MixedTable:
    """Rows of a table as its metrics take them: numbers first, then levels.

    Attributes
    ----------
    numbers : ndarray of float of shape (n_rows, n_numbers)
        NaN for gaps.
    levels : ndarray of int of shape (n_rows, n_categories)
        Which level a cell holds, from 0 on; a gap is a level of its own. Tables that are compared have the
        same integers for the same levels.
    """

    numbers: Numbers
    levels: Levels

    def __post_init__(self) -> None:
        if len(self.numbers) != len(self.levels):
            raise DataError(
                f"Numbers and levels must have as many rows. Got {len(self.numbers)} and {len(self.levels)}."
            )

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def n_columns(self) -> int:
        """How many columns there are."""
        return self.numbers.shape[1] + self.levels.shape[1]

    def take(self, rows: npt.NDArray[np.intp] | slice) -> "MixedTable":
        """Return some of the rows."""
        return MixedTable(self.numbers[rows], self.levels[rows])


def column_shapes(real: MixedTable, synthetic: MixedTable) -> Numbers:
    """Return how like the distributions of each column are, shape (n_columns,), in [0, 1]; 1 is best.

    For numbers it is 1 minus the statistic of Kolmogorov and Smirnov, with gaps below all numbers, and for
    levels 1 minus the total variation distance.

    Parameters
    ----------
    real, synthetic : MixedTable
        With at least one row each.

    Examples
    --------
    >>> levels = np.zeros((4, 0), dtype=int)
    >>> real = MixedTable(np.array([[1.0], [2.0], [3.0], [4.0]]), levels)
    >>> column_shapes(real, MixedTable(np.array([[1.0], [2.0], [3.0], [np.nan]]), levels))
    array([0.75])
    """
    _check(real, synthetic)
    numbers = [
        _ks_complement(one, other)
        for one, other in zip(real.numbers.T, synthetic.numbers.T, strict=True)
    ]
    levels = [
        _overlap(one, other) for one, other in zip(real.levels.T, synthetic.levels.T, strict=True)
    ]
    return np.array(numbers + levels)


def pair_trends(real: MixedTable, synthetic: MixedTable) -> Numbers:
    """Return how like the relation of each two columns is, shape (n_columns, n_columns); 1 is best.

    For two numbers it is 1 minus half the difference of their correlations, where both are known. For two
    columns of levels it is 1 minus the total variation distance of their pairs of levels; a number beside
    levels is cut into ten bins of equal width, and gaps.

    Parameters
    ----------
    real, synthetic : MixedTable
        With at least one row each.

    Returns
    -------
    ndarray
        NaN on the diagonal, and where a column of numbers is constant.

    Examples
    --------
    >>> both = np.array([[0, 0], [1, 1], [0, 0], [1, 1]])
    >>> neither = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> none = np.zeros((4, 0))
    >>> float(pair_trends(MixedTable(none, both), MixedTable(none, neither))[0, 1])
    0.5
    """
    _check(real, synthetic)
    n_numbers, n_columns = real.numbers.shape[1], real.n_columns
    trends = np.full((n_columns, n_columns), np.nan)
    trends[:n_numbers, :n_numbers] = (
        1 - np.abs(_correlations(real.numbers) - _correlations(synthetic.numbers)) / 2
    )
    edges = [_edges(column) for column in real.numbers.T]
    one, other = (_binned(table, edges) for table in (real, synthetic))
    width = 1 + max(int(part.max(initial=0)) for part in (one, other))
    for first in range(n_columns):
        for second in range(max(first + 1, n_numbers), n_columns):
            pair = _overlap(*(part[:, first] * width + part[:, second] for part in (one, other)))
            trends[first, second] = trends[second, first] = pair
    np.fill_diagonal(trends, np.nan)
    return trends


def _check(real: MixedTable, synthetic: MixedTable) -> None:
    shapes = [(one.numbers.shape[1], one.levels.shape[1]) for one in (real, synthetic)]
    if shapes[0] != shapes[1]:
        raise DataError(f"Both tables must have the same columns. Got {shapes[0]} and {shapes[1]}.")
    if not len(real) or not len(synthetic):
        raise DataError("Both tables must have rows.")


def _ks_complement(real: Numbers, synthetic: Numbers) -> float:
    real, synthetic = (np.sort(np.where(np.isnan(one), -np.inf, one)) for one in (real, synthetic))
    at = np.concatenate([real, synthetic])
    below = [np.searchsorted(one, at, side="right") / len(one) for one in (real, synthetic)]
    return 1 - float(np.abs(below[0] - below[1]).max())


def _overlap(real: Levels, synthetic: Levels) -> float:
    """The share of rows whose level, or pair of levels, both have."""
    _, places = np.unique(np.concatenate([real, synthetic]), return_inverse=True)
    n = int(places.max()) + 1
    shares = [
        np.bincount(part, minlength=n) / len(part)
        for part in (places[: len(real)], places[len(real) :])
    ]
    return float(np.minimum(*shares).sum())


def _correlations(numbers: Numbers) -> Numbers:
    """Pearson's correlation of each two columns, over the rows in which both are known."""
    known = ~np.isnan(numbers)
    if known.all():
        centered = numbers - numbers.mean(axis=0)
        # Sums of squares that are rounding alone belong to a constant.
        scale = np.sqrt((centered**2).sum(axis=0))
        scale[scale <= 1e-12 * np.abs(numbers).max(axis=0, initial=0) * len(numbers)] = np.nan
        return (centered.T @ centered) / np.outer(scale, scale)
    n = numbers.shape[1]
    found = np.full((n, n), np.nan)
    for first in range(n):
        for second in range(first + 1, n):
            rows = known[:, first] & known[:, second]
            if rows.sum() > 1:
                pair = _correlations(numbers[rows][:, [first, second]])
                found[first, second] = found[second, first] = pair[0, 1]
    return found


def _edges(column: Numbers) -> Numbers:
    known = column[~np.isnan(column)]
    edges = np.histogram_bin_edges(known, bins=_BINS)
    edges[0], edges[-1] = -np.inf, np.inf
    return edges


def _binned(table: MixedTable, edges: list[Numbers]) -> Levels:
    """All columns as levels; gaps of numbers are the last one."""
    bins = [np.digitize(column, edge) for column, edge in zip(table.numbers.T, edges, strict=True)]
    n = len(bins)
    made: Levels = np.empty((len(table), table.n_columns), dtype=np.int64)
    made[:, :n] = np.transpose(bins) if n else 0
    made[:, n:] = table.levels
    return made
