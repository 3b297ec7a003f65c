"""Tiles of distances are computed at the speed of float32, with the digits of float64 where needed.

A product of matrices in float32 errs by about ``2**-24 sqrt(n_features)`` of the squared norms of the
points, wherever their distance is not far smaller than these norms. So points are first seen from
a place in their midst, which makes the norms small; and the pairs that still are too close for their
norms, found by one look at the smallest entry, are computed again from their float64 difference.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from latens.pairwise.distances import squared_distances, squared_norms

__all__ = ["MANY_POINTS", "SIDE", "View", "exact_tile_of_distances", "tile_of_distances"]

Matrix = npt.NDArray[np.float64]

SIDE = 256  # rows and columns of a tile: 256 kB of float32, so that a core's own cache holds it
MANY_POINTS = 4096  # from here on float32 saves noticeable time; below, all is float64

_ACCURACY = 1e-5  # the largest typical error of one distance, as a share of it
_WANDERING = 0.3  # units of rounding by which a sum of products is off, per root of its length
_FEW = 64  # up to one close pair in this many is gathered; beyond, the whole tile is done again


@dataclass(frozen=True, eq=False)
class View:
    """Up to `SIDE` points as seen from some place, ready for a product of matrices.

    Attributes
    ----------
    exact : ndarray of shape (n, d), float64
        The points with the place as origin.
    operand : ndarray of shape (n, d + 2) for rows or (d + 2, n) for columns, float32
        ``[-2 x, |x|^2, 1]`` for the rows of a tile, ``[x, 1, |x|^2]`` for its columns; the product
        of the two is the squared distances.
    farthest : float
        The largest squared norm.
    """

    exact: Matrix
    operand: npt.NDArray[np.float32]
    farthest: float

    @classmethod
    def of_rows(cls, points: Matrix, place: Matrix) -> Self:
        """Look at the points in the rows of a tile from a place, a vector of d numbers."""
        exact = points - place
        norms = squared_norms(exact)
        operand = np.empty((len(exact), exact.shape[1] + 2), dtype=np.float32)
        np.multiply(exact, -2.0, out=operand[:, :-2], casting="same_kind")
        operand[:, -2], operand[:, -1] = norms, 1.0
        return cls(exact, operand, float(norms.max()))

    @classmethod
    def of_columns(cls, points: Matrix, place: Matrix) -> Self:
        """Look at the points in the columns of a tile from a place."""
        exact = points - place
        norms = squared_norms(exact)
        # Columns that lie as the product reads them save a quarter of its time.
        operand = np.empty((exact.shape[1] + 2, len(exact)), dtype=np.float32)
        operand[:-2], operand[-2], operand[-1] = exact.T, 1.0, norms
        return cls(exact, operand, float(norms.max()))


def tile_of_distances(
    rows: View, columns: View, memory: npt.NDArray[np.float32] | None = None
) -> npt.NDArray[np.float32]:
    """Return the distances between the points of two views from the same place.

    Parameters
    ----------
    rows, columns : View
        The points.
    memory : ndarray of shape (SIDE * SIDE,), float32, or None, default=None
        Where to write, which spares a fresh block of memory for every tile.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), float32
        Typically off by less than 1e-5 of each distance, and exactly 0 where points are equal.

    Examples
    --------
    >>> points = np.array([[1e8], [1e8 + 3], [-1e8]])
    >>> place = points.mean(axis=0)
    >>> tile_of_distances(View.of_rows(points, place), View.of_columns(points, place))[0]
    array([0.e+00, 3.e+00, 2.e+08], dtype=float32)
    """
    shape = len(rows.exact), len(columns.exact)
    if memory is None:
        memory = np.empty(shape[0] * shape[1], np.float32)
    tile = memory[: shape[0] * shape[1]].reshape(shape)
    np.matmul(rows.operand, columns.operand, out=tile)
    limit = _too_close(rows, columns)
    if tile.min() < limit:
        return _with_close_pairs(tile, limit, rows, columns)
    return np.sqrt(tile, out=tile)


def exact_tile_of_distances(
    rows: View, columns: View, memory: npt.NDArray[np.float32] | None = None
) -> Matrix:
    """Return the same in float64, for which the memory is of no use."""
    return np.sqrt(squared_distances(rows.exact, columns.exact))


def _too_close(rows: View, columns: View) -> float:
    """Return the squared distance below which the rounding of the product shows."""
    rounding = _WANDERING * 2.0**-24 * math.sqrt(rows.operand.shape[1])
    return rounding / (2 * _ACCURACY) * (rows.farthest + columns.farthest)


def _with_close_pairs(
    tile: npt.NDArray[np.float32], limit: float, rows: View, columns: View
) -> npt.NDArray[np.float32]:
    """Take the roots of a tile of squares, with those under a limit from float64 differences."""
    close = np.flatnonzero(tile.ravel() < limit)
    if len(close) > tile.size // _FEW:
        tile[:] = np.sqrt(squared_distances(rows.exact, columns.exact))
        return tile
    first, second = np.divmod(close, tile.shape[1])
    # Same result either way: they are overwritten; a negative number would have no root.
    tile[first, second] = 0.0
    np.sqrt(tile, out=tile)
    tile[first, second] = np.sqrt(squared_norms(rows.exact[first] - columns.exact[second]))
    return tile
