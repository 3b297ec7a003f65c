"""The columns of a table of mixed kinds, brought to units in which distances between rows mean something."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from latens._column_blocks import ColumnBlock
from latens.applications.anomalies.columns import Ranges

__all__ = ["MixedColumns", "is_gap", "is_unseen"]

# Two different levels are at most as far apart as the ends of the range of a number. Without a bound, one in
# a thousand is 30 deviations from all others, and all rows of a rare level come before a value of 400.
_FURTHEST = 2**-0.5
_LEAST_SHARE = 1e-3  # a level in fewer rows weighs as much as one in a thousand
# The deviation of a number in its range: of uniform ones .29, of a thousand Gaussian ones .15.
_USUAL_DEVIATION, _LEAST_DEVIATION = 0.15, 0.05
# A gap and a value are half as far apart as a value usually is from the middle. More, and rows with two or
# three gaps, which are few, lie apart from all others.
_MARK = 0.5


@dataclass(frozen=True, eq=False)
class MixedColumns:
    """From features in the user's units to coordinates of one unit, by the samples fitted.

    Numbers have the range of `Ranges`. Levels are weighed as in factor analysis of mixed data, by the root of
    their share, in the deviation that numbers have in their ranges; but no two are further apart than the
    length of a range. The features of a date weigh together as much as one number. A gap is at the median of
    its numbers or the shares of its levels, and its mark weighs little.

    Attributes
    ----------
    blocks : tuple of ColumnBlock
    ranges : Ranges
        Of the numbers; all else stays as it is.
    center, weight : ndarray of shape (n_features,)
        What is taken from a value in its range, and what it is then multiplied by; `weight` is positive.

    Examples
    --------
    >>> blocks = (ColumnBlock("size", "number", 0, 1, gap=1), ColumnBlock("plan", "category", 2, 4))
    >>> features = np.array([[0, 0, 1, 0], [4, 0, 1, 0], [2, 1, 1, 0], [4, 0, 0, 1.0]])
    >>> MixedColumns.fit(features, blocks).apply(features)[2].round(2)
    array([ 0.  ,  0.24,  0.14, -0.18])
    """

    blocks: tuple[ColumnBlock, ...]
    ranges: Ranges
    center: np.ndarray
    weight: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray, blocks: Sequence[ColumnBlock]) -> Self:
        """Take ranges, medians and shares from features of shape (n_samples, n_features), gaps left out."""
        n_features = features.shape[1]
        low, width = np.zeros(n_features), np.ones(n_features)
        center, spread = np.zeros(n_features), np.zeros(n_features)
        for block in blocks:
            places = slice(block.start, block.stop)
            values = _cells(features, block)
            if block.kind == "number":
                ranges = Ranges.fit(values)
                low[places], width[places] = ranges.low, ranges.width
                values = ranges.apply(values)
            middle = np.median if block.kind == "number" else np.mean
            center[places], spread[places] = middle(values, axis=0), values.std(axis=0)
        weight = _weights(blocks, center, spread)
        return cls(tuple(blocks), Ranges(low, width), center, weight)

    def apply(self, features: np.ndarray) -> np.ndarray:
        """Return the coordinates of rows, float64."""
        x = (self.ranges.apply(features) - self.center) * self.weight
        for block in self.blocks:
            if block.gap is not None:
                x[is_gap(features, block), block.start : block.stop] = 0
            elif block.kind == "category":
                # None of the known levels: off the plane that all rows learned from lie in.
                places = slice(block.start, block.stop)
                none = -self.center[places] * self.weight[places]
                x[is_unseen(features, block), places] = none
        return np.asarray(x)

    def undo(self, x: np.ndarray) -> np.ndarray:
        """Return features in the user's units, of a gap the center; nearly the inverse of `apply`."""
        return self.ranges.undo(x / self.weight + self.center)

    @property
    def values(self) -> np.ndarray:
        """The places of all features but the marks of gaps and the waves of dates."""
        # Axes weigh each feature alike: the five of a date would count as five columns.
        left_out = {block.gap for block in self.blocks}
        for block in self.blocks:
            if block.kind == "number":
                left_out |= {*block.places[1:]}
        return np.array([at for at in range(len(self.center)) if at not in left_out])

    @property
    def has_levels(self) -> bool:
        """Whether a column has levels, or is a truth."""
        return any(block.kind != "number" for block in self.blocks)


def is_gap(features: np.ndarray, block: ColumnBlock) -> np.ndarray:
    """Return in which rows a column has no value."""
    if block.gap is None:
        return np.zeros(len(features), bool)
    return np.asarray(features[:, block.gap] > 0.5)


def is_unseen(features: np.ndarray, block: ColumnBlock) -> np.ndarray:
    """Return in which rows a column that never had a gap has no level that is known."""
    if block.kind != "category" or block.gap is not None:
        return np.zeros(len(features), bool)
    # An encoder fills such cells with the shares of the levels, and has no mark for them.
    return np.asarray(features[:, block.start : block.stop].max(axis=1) < 0.999)


def _cells(features: np.ndarray, block: ColumnBlock) -> np.ndarray:
    """The features of a column where it has a value; all, where it has none."""
    values = np.asarray(features[:, block.start : block.stop], dtype=np.float64)
    gaps = is_gap(features, block)
    return values if gaps.all() or not gaps.any() else values[~gaps]


def _weights(blocks: Sequence[ColumnBlock], center: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """What the features are multiplied by."""
    numbers = [block for block in blocks if block.kind == "number"]
    deviations = [_deviation(spread, block) / _root_of_width(block) for block in numbers]
    usual = float(np.median(deviations)) if deviations else _USUAL_DEVIATION
    unit = max(usual, _LEAST_DEVIATION)
    weight = np.ones(len(center))
    for block in blocks:
        places = slice(block.start, block.stop)
        if block.kind == "number":
            weight[places] = 1 / _root_of_width(block)
        elif block.kind == "truth":
            share = np.maximum(center[places] * (1 - center[places]), _LEAST_SHARE)
            weight[places] = np.minimum(unit / np.sqrt(share), 2**0.5 * _FURTHEST)
        else:
            share = np.maximum(center[places], _LEAST_SHARE)
            weight[places] = np.minimum(unit / np.sqrt(share), _FURTHEST)
        if block.gap is not None:
            of_column = _deviation(spread[places] * weight[places])
            weight[block.gap] = _MARK * max(of_column, _LEAST_DEVIATION)
    return weight


def _deviation(spread: np.ndarray, block: ColumnBlock | None = None) -> float:
    """The root of the summed variances of the features of a column."""
    chosen = spread if block is None else spread[block.start : block.stop]
    return float(np.sqrt((chosen**2).sum()))


def _root_of_width(block: ColumnBlock) -> float:
    return float(np.sqrt(block.stop - block.start))
