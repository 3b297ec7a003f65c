"""The nearest two points of different groups and the farthest two of one group are found exactly.

A tile of bounds (`latens.pairwise.projection_bounds`) tells which of its pairs may beat the best pair so
far. A first pass over all tiles measures the most promising pair of each, which rules out nearly all
others. A second one measures what is left, pair by pair, or in float32 first where it is many. Only
float64 differences decide.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from latens.pairwise.centering import Centering
from latens.pairwise.distances import squared_distances, squared_norms
from latens.pairwise.projection_bounds import project
from latens.pairwise.row_blocks import row_blocks
from latens.pairwise.thread_pool import run_in_threads
from latens.pairwise.tiles import SIDE, View

__all__ = ["Extremes", "find_extremes"]

Matrix = npt.NDArray[np.float64]
Tile = npt.NDArray[np.float32]
Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_] | None  # which pairs of a tile count; None means all

_BLOCK = 4 * SIDE  # rows that are seen from one place
# Same result either way: one by one or all at once.
_FEW = 256  # pairs of a tile that are measured one by one, at about the cost of a product
_NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Extremes:
    """Two squared distances, in squared units of the scaled data.

    Attributes
    ----------
    gap : float
        The smallest between points of different groups; infinite if there is one group.
    width : float
        The largest between two points of one group.
    """

    gap: float
    width: float


def find_extremes(points: Matrix, centering: Centering, codes: Codes) -> Extremes:
    """Find the narrowest gap between groups and the widest group.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_features), float64
        The data.
    centering : Centering
        Of the data; its scale is that of the answer.
    codes : ndarray of shape (n_samples,), integers
        The group of every point.

    Returns
    -------
    Extremes

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [5.0], [7.0]])
    >>> find_extremes(points, Centering(np.zeros(1), 1.0), np.array([0, 0, 1, 1]))
    Extremes(gap=16.0, width=4.0)
    """
    search = _Search(points, centering, codes)
    for look in (search.scout, search.settle):
        run_in_threads(partial(search.look_from, look=look), row_blocks(len(points), 1, _BLOCK))
    return Extremes(search.nearest.best, search.farthest.best)


class _Record:
    """The best squared distance so far, which several threads try to beat.

    The smallest is best where `sign` is 1, the largest where it is -1. `hopes` has the bound of the
    best pair of every tile, as far as it is known.
    """

    def __init__(self, sign: int, n_tiles: int) -> None:
        self.sign, self.best = sign, max(0.0, sign * math.inf)
        self._takes_smallest = sign == 1
        self.hopes = np.full((n_tiles, n_tiles), -sign * math.inf)
        self._lock = threading.Lock()

    @property
    def worst(self) -> float:
        """What every distance beats: it stands for a pair that does not count."""
        return self.sign * math.inf

    def is_beaten_by(self, squared: float) -> bool:
        """Whether a squared distance would be a new record."""
        return self.sign * squared < self.sign * self.best

    def offer(self, squared: Matrix) -> None:
        """Take the best of some squared distances if it beats the record."""
        candidate = float(squared.min() if self._takes_smallest else squared.max())
        with self._lock:
            if self.is_beaten_by(candidate):
                self.best = candidate

    def favorite(self, tile: Tile) -> Codes:
        """Return the flat position of the best entry of a tile, as an array of one."""
        return np.array([tile.argmin() if self._takes_smallest else tile.argmax()])

    def promising(self, tile: Tile, slack: float) -> Codes:
        """Return the flat positions of the entries that may beat the record, being off by `slack`."""
        limit = self.best + self.sign * slack
        if self._takes_smallest:
            return np.flatnonzero(tile < limit) if tile.min() < limit else _NONE
        return np.flatnonzero(tile > limit) if tile.max() > limit else _NONE


class _Side:
    """The rows, or the columns, of a tile, and how they look from a place."""

    def __init__(
        self,
        search: "_Search",
        rows: slice,
        place: "_Place",
        view: Callable[[Matrix, Matrix], View],
    ) -> None:
        self._search, self._place, self._view = search, place, view
        self.rows, self.codes = rows, search.codes[rows]

    @cached_property
    def from_below(self) -> View:
        """The projections, for lower bounds of distances."""
        return self._view(self._search.projections[self.rows], self._place.projected)

    @cached_property
    def from_above(self) -> View:
        """The projections with the rests on the other side, for upper bounds."""
        flipped = self._search.projections[self.rows].copy()
        flipped[:, -1] *= -1.0
        return self._view(flipped, self._place.projected)

    @cached_property
    def whole(self) -> View:
        """The points themselves."""
        return self._view(self._search.moved(self.rows), self._place.in_full)


class _Place:
    """The middle of a block."""

    def __init__(self, search: "_Search", rows: slice) -> None:
        self._search, self._rows = search, rows
        middle = search.projections[rows, :-1].mean(axis=0)
        # Upper bounds look at the rests from both sides: 0 is the middle between them.
        # Same result either way: no distance depends on where it is seen from.
        self.projected = np.append(middle, 0.0)

    @cached_property
    def in_full(self) -> Matrix:
        """The middle in all dimensions."""
        middle: Matrix = self._search.moved(self._rows).mean(axis=0)
        return middle


class _Search:
    """The points in the order of their groups, and the records so far."""

    def __init__(self, points: Matrix, centering: Centering, codes: Codes) -> None:
        self._points, self._centering = points, centering
        # With groups side by side, nearly every tile lies within one or between two of them.
        self._order = np.argsort(codes, kind="stable")
        self.codes = codes[self._order]
        self.projections = project(points, centering)[self._order]
        n_tiles = -(-len(points) // SIDE)
        self.nearest, self.farthest = _Record(+1, n_tiles), _Record(-1, n_tiles)

    def moved(self, rows: slice) -> Matrix:
        """Return centered points."""
        moved: Matrix = self._centering.apply(self._points[self._order[rows]])
        return moved

    def look_from(self, block: slice, look: "_Look") -> None:
        """Compare the points of a block with each other and with all that come later."""
        place, n = _Place(self, block), len(self._order)
        starts = range(block.start, n, SIDE)
        here = [
            _Side(self, slice(start, min(start + SIDE, n)), place, View.of_rows)
            for start in starts[: _BLOCK // SIDE]
        ]
        for start in starts:
            there = _Side(self, slice(start, min(start + SIDE, n)), place, View.of_columns)
            for side in here:
                if side.rows.start <= start:
                    self._compare(side, there, look)

    def _compare(self, here: _Side, there: _Side, look: "_Look") -> None:
        """Look at the pairs of a tile for each record that they may beat."""
        are_apart = here.codes[-1] < there.codes[0]
        are_one = here.codes[0] == there.codes[-1]
        same = None if are_apart or are_one else here.codes[:, None] == there.codes
        tile = here.rows.start // SIDE, there.rows.start // SIDE
        if not are_one and self.nearest.is_beaten_by(self.nearest.hopes[tile]):
            mask = None if same is None else ~same
            look(self.nearest, here, there, (here.from_below, there.from_below), mask)
        if not are_apart and self.farthest.is_beaten_by(self.farthest.hopes[tile]):
            look(self.farthest, here, there, (here.from_above, there.from_below), same)

    def scout(
        self, record: _Record, here: _Side, there: _Side, views: tuple[View, View], mask: Mask
    ) -> None:
        """Note what to hope for from a tile, and measure its favorite."""
        tile = _squares(record, views, mask)
        favorite = record.favorite(tile)
        hope = float(tile.ravel()[favorite[0]]) - record.sign * _rounding(*views)
        record.hopes[here.rows.start // SIDE, there.rows.start // SIDE] = hope
        if record.is_beaten_by(hope):
            record.offer(self._measured(here, there, favorite))

    def settle(
        self, record: _Record, here: _Side, there: _Side, views: tuple[View, View], mask: Mask
    ) -> None:
        """Measure all pairs of a tile that may beat the record."""
        tile = _squares(record, views, mask)
        slack = _rounding(*views)
        promising = record.promising(tile, slack)
        # Same result either way: one by one or all at once.
        if len(promising) > _FEW:
            record.offer(self._measured(here, there, record.favorite(tile)))
            promising = record.promising(tile, slack)
        # Same result either way: one by one or all at once.
        if 0 < len(promising) <= _FEW:
            record.offer(self._measured(here, there, promising))
        elif len(promising) and views[0].exact.shape[1] < self._points.shape[1]:
            self.settle(record, here, there, (here.whole, there.whole), mask)
        elif len(promising):  # many pairs that are equally far, or far too close for float32
            squared = squared_distances(here.whole.exact, there.whole.exact)
            record.offer(squared if mask is None else squared[mask])

    def _measured(self, here: _Side, there: _Side, positions: Codes) -> Matrix:
        """Return the squared distances of some pairs of a tile."""
        rows, columns = np.divmod(positions, there.rows.stop - there.rows.start)
        first = self._points[self._order[here.rows.start + rows]] * self._centering.scale
        first -= self._points[self._order[there.rows.start + columns]] * self._centering.scale
        squares: Matrix = squared_norms(first)
        return squares


_Look = Callable[[_Record, _Side, _Side, tuple[View, View], Mask], None]


def _squares(record: _Record, views: tuple[View, View], mask: Mask) -> Tile:
    """Return a tile of float32 squares, in which pairs that do not count are as bad as can be."""
    tile: Tile = views[0].operand @ views[1].operand
    if mask is not None:
        tile[~mask] = record.worst
    return tile


def _rounding(rows: View, columns: View) -> float:
    """Return how far the float32 squares of two views may be off, at worst."""
    length = rows.operand.shape[1] + 2
    return 2 * length * 2.0**-24 * (rows.farthest + columns.farthest)
