"""How much rarer two values of a row are together than each alone lets expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from latens._column_blocks import ColumnBlock
from latens.applications.anomalies.mixed_columns import is_gap, is_unseen

__all__ = ["N_EDGES", "LevelPairs", "n_levels_of", "paired_columns"]

# Numbers have five levels: tails of a tenth, and three parts between.
_EDGES = (0.1, 0.3, 0.7, 0.9)
N_EDGES = len(_EDGES)
# Of more columns, or levels in all, the first are looked at, those with levels before numbers: time and
# memory grow with their squares.
_MOST_COLUMNS, _MOST_LEVELS = 64, 2_000
# An exponential that float64 holds.
_MOST = 600.0
_BLOCK_VALUES = 2**22


def paired_columns(blocks: Sequence[ColumnBlock]) -> tuple[ColumnBlock, ...]:
    """Return the columns that are looked at in pairs, those with levels first."""
    chosen: list[ColumnBlock] = []
    n_levels = 0
    for block in sorted(blocks, key=lambda one: one.kind == "number"):
        if len(chosen) < _MOST_COLUMNS and n_levels + _n_levels(block) <= _MOST_LEVELS:
            chosen.append(block)
            n_levels += _n_levels(block)
    return tuple(chosen)


def n_levels_of(columns: Sequence[ColumnBlock]) -> int:
    """Return how many levels columns have together."""
    return sum(map(_n_levels, columns))


@dataclass(frozen=True, eq=False)
class LevelPairs:
    """Counts of all pairs of levels of different columns among the samples fitted.

    The surprise of a pair is the logarithm of how many rows would have it if the columns were independent, to
    how many others do, one added to both; 0 where they are more. It says nothing of how rare a level is: a
    pair that chance would hardly give is no surprise.

    Attributes
    ----------
    columns : tuple of ColumnBlock
    edges : ndarray of shape (n_columns, 4)
        Where the levels of a number end; 0 for columns with levels.
    counts : ndarray of shape (n_levels, n_levels)
        Rows with both levels; on the diagonal, rows with a level.

    Examples
    --------
    >>> columns = (ColumnBlock("plan", "truth", 0, 1), ColumnBlock("paid", "truth", 1, 2))
    >>> features = np.repeat([[0, 0], [0, 1], [1, 1], [1, 0]], [50, 50, 99, 1], axis=0)
    >>> pairs = LevelPairs.fit(features, columns)
    >>> pairs.distances(pairs.places(features[-2:])).round(1)
    array([[ 1. ],
           [26.5]])
    """

    columns: tuple[ColumnBlock, ...]
    edges: np.ndarray
    counts: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray, columns: Sequence[ColumnBlock]) -> Self:
        """Count the pairs of features of shape (n_samples, n_features)."""
        edges = np.zeros((len(columns), len(_EDGES)))
        for at, block in enumerate(columns):
            if block.kind == "number":
                values = features[:, block.start].astype(np.float64)
                gaps = is_gap(features, block)
                edges[at] = np.quantile(values if gaps.all() else values[~gaps], _EDGES)
        rough = cls(tuple(columns), edges, np.zeros((0, 0)))
        size = rough.n_levels
        counts = np.zeros((size + 1, size + 1))
        places = rough.places(features)
        step = max(1, _BLOCK_VALUES // (size + 1))
        for start in range(0, len(places), step):
            some = places[start : start + step]
            has = np.zeros((len(some), size + 1), dtype=np.float32)
            np.put_along_axis(has, some, 1, axis=1)
            counts += has.T @ has
        return cls(tuple(columns), edges, counts[:size, :size])

    @cached_property
    def starts(self) -> np.ndarray:
        """The place of the first level of each column, and the number of all levels behind them."""
        return np.cumsum([0, *map(_n_levels, self.columns)])

    @property
    def n_levels(self) -> int:
        """How many levels all columns have."""
        return int(self.starts[-1])

    def places(self, features: np.ndarray) -> np.ndarray:
        """Return the level of each row in each column, shape (n_samples, n_columns); gaps are behind all."""
        found = np.empty((len(features), len(self.columns)), dtype=np.intp)
        for at, block in enumerate(self.columns):
            values = features[:, block.start : block.stop]
            if block.kind == "category":
                level = values.argmax(axis=1)
            elif block.kind == "truth":
                level = (values[:, 0] > 0.5).astype(np.intp)
            else:
                level = np.searchsorted(self.edges[at], values[:, 0])
            is_none = is_gap(features, block) | is_unseen(features, block)
            found[:, at] = np.where(is_none, self.n_levels, self.starts[at] + level)
        return found

    @cached_property
    def surprise(self) -> np.ndarray:
        """The surprise of each pair of levels, shape (n_levels + 1, n_levels + 1); 0 with a gap."""
        size = self.n_levels
        found = np.zeros((size + 1, size + 1))
        starts = self.starts
        for one, (row, below) in enumerate(pairwise(starts)):
            for left, right in pairwise(starts[one + 1 :]):
                both = self.counts[row:below, left:right]
                total = max(float(both.sum()), 1.0)
                expected = both.sum(axis=1, keepdims=True) * both.sum(axis=0) / total
                # The row itself is one of the rows with the pair.
                of_pair = np.log((expected + 1) / np.maximum(both, 1))
                found[row:below, left:right] = np.maximum(of_pair, 0)
        return found + found.T

    def contributions(self, places: np.ndarray) -> np.ndarray:
        """Return the squared surprises of each column with all others, shape (n_samples, n_columns)."""
        squares = self.surprise**2
        found = np.empty(places.shape)
        for at in range(places.shape[1]):
            found[:, at] = squares[places[:, [at]], places].sum(axis=1)
        return found

    def distances(self, places: np.ndarray) -> np.ndarray:
        """Return the exponential of the root of all squared surprises, shape (n_samples, 1)."""
        total = self.contributions(places).sum(axis=1, keepdims=True) / 2
        return np.exp(np.minimum(np.sqrt(total), _MOST))


def _n_levels(block: ColumnBlock) -> int:
    if block.kind == "category":
        return block.stop - block.start
    return 2 if block.kind == "truth" else len(_EDGES) + 1
