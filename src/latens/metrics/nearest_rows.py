"""The nearest rows of a matrix by Euclidean distance, exactly, at the speed of float32.

Products of matrices in float32 screen all rows. The few that remain are measured again in float64, and
the bound on the rounding of the product says whether a row that was screened out could have been nearer.
Queries for which it could are searched again by differences alone.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from latens.metrics.blocks import BLOCK_BYTES, row_blocks
from latens.metrics.distances import squared_norms
from latens.metrics.nearest_so_far import NearestSoFar, growing_blocks
from latens.metrics.origin import Origin
from latens.metrics.workers import work_off

__all__ = ["nearest_rows"]

Floats = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

_QUERIES, _CANDIDATES = 512, 4096  # of a tile: 8 MB of float32
_SPARE = 16  # candidates beyond k that are measured again


def nearest_rows(
    queries: Floats, points: Floats, k: int, own: Rows | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Find the k nearest rows of a matrix for every query.

    Parameters
    ----------
    queries : ndarray of shape (n_queries, n_features), float32 or float64
        Finite numbers.
    points : ndarray of shape (n_points, n_features), of any such type
    k : int in [1, n_points]
    own : ndarray of shape (n_queries,), int64, or None, default=None
        The row that each query is itself, which is left out, or -1; then k is under n_points.

    Returns
    -------
    distances : ndarray of shape (n_queries, k), float64
        Ascending, computed from differences in float64.
    rows : ndarray of shape (n_queries, k), int64
        Of rows that are equally far, any.

    Examples
    --------
    >>> distances, rows = nearest_rows(np.array([[0.9]]), np.array([[0.0], [1.0], [3.0]]), k=2)
    >>> rows, distances.round(3)
    (array([[1, 0]]), array([[0.1, 0.9]]))
    """
    distances = np.empty((len(queries), k))
    rows = np.empty((len(queries), k), dtype=np.int64)
    search = _Search(points)

    def work(part: slice) -> None:
        mine = None if own is None else own[part]
        asked = np.asarray(queries[part], dtype=np.float64)
        distances[part], rows[part], is_sure = search.screened(asked, mine, k)
        again = np.flatnonzero(~is_sure)
        if len(again):
            mine = None if mine is None else mine[again]
            found = search.measured(asked[again], mine, k)
            distances[part.start + again], rows[part.start + again] = found.distances, found.rows

    width = max(_CANDIDATES, 2 * k)
    asked_at_once = max(1, min(_QUERIES, BLOCK_BYTES // (8 * width)))
    work_off(work, row_blocks(len(queries), 1, asked_at_once))
    return np.sqrt(distances, out=distances) / search.origin.scale, rows


class _Search:
    """Points as one search after the other sees them: around their mean, with numbers near one."""

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.origin = Origin.of(points)
        self.norms = np.empty(len(points))
        for part in row_blocks(len(points), 8 * points.shape[1]):
            self.norms[part] = squared_norms(self.origin.apply(points[part]))

    def screened(
        self, queries: Floats, own: Rows | None, k: int
    ) -> tuple[Floats, Rows, npt.NDArray[np.bool_]]:
        """Return squared distances, rows, and whether no other row can be nearer."""
        wanted = min(len(self.points), k + _SPARE)
        asked = self.origin.apply(queries)
        operand, norms = (-2.0 * asked).astype(np.float32), squared_norms(asked)

        def product(part: slice) -> Floats:
            block = self.origin.apply(self.points[part]).astype(np.float32, copy=False)
            tile = operand @ block.T
            tile += self.norms[part].astype(np.float32)
            tile += norms.astype(np.float32)[:, None]
            return tile

        rough = self._nearest(product, own, wanted, np.float32, len(queries))
        squared = self._differences(queries, rough.rows)
        squared[rough.rows < 0] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        kept = np.take_along_axis(squared, order, axis=1)
        # The usual bound on the rounding of a sum of d + 2 products.
        unit = (queries.shape[1] + 2) * float(np.finfo(np.float32).eps)
        bound = unit * (norms + float(self.norms.max()))
        is_sure = kept[:, -1] <= rough.distances[:, -1] - bound
        is_sure |= wanted == len(self.points)
        return kept, np.take_along_axis(rough.rows, order, axis=1), is_sure

    def measured(self, queries: Floats, own: Rows | None, k: int) -> NearestSoFar:
        """Return the nearest rows by squared differences in float64, however long that takes."""
        asked = queries * self.origin.scale

        def differences(part: slice) -> Floats:
            block = self.points[part].astype(np.float64) * self.origin.scale
            return np.asarray(cdist(asked, block, "sqeuclidean"))

        return self._nearest(differences, own, k, np.float64, len(queries))

    def _nearest(
        self,
        tile_of: Callable[[slice], Floats],
        own: Rows | None,
        k: int,
        dtype: npt.DTypeLike,
        n_queries: int,
    ) -> NearestSoFar:
        nearest = NearestSoFar(n_queries, k, dtype)
        for part in growing_blocks(len(self.points), k, _CANDIDATES):
            tile = tile_of(part)
            if own is not None:
                inside = np.flatnonzero((own >= part.start) & (own < part.stop))
                tile[inside, own[inside] - part.start] = np.inf
            nearest.offer(part.start, tile)
        return nearest

    def _differences(self, queries: Floats, rows: Rows) -> Floats:
        """Return the squared distances of every query to its own rows."""
        squared = np.empty(rows.shape)
        for part in row_blocks(len(queries), 8 * rows.shape[1] * queries.shape[1]):
            difference = (self.points[rows[part]] - queries[part, None]) * self.origin.scale
            np.einsum("qcd,qcd->qc", difference, difference, out=squared[part])
        return squared
