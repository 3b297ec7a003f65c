"""The nearest rows of a matrix are found exactly, at the speed of float32.

Products of matrices in float32 screen all rows. The few that remain are measured again in float64, and
the bound on the rounding of the product says whether a row that was screened out could have been nearer.
Queries for which it could are searched again by differences alone.

On a device, distances are those of the float32 product: it is what a graph with weights that fall with the
distance needs, and takes one step.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from latens.pairwise.centering import Centering
from latens.pairwise.distances import squared_norms
from latens.pairwise.row_blocks import BLOCK_BYTES, row_blocks
from latens.pairwise.running_top_k import RunningTopK, growing_blocks, k_nearest
from latens.pairwise.thread_pool import run_in_threads

if TYPE_CHECKING:
    import torch

__all__ = ["NearestRows", "nearest_rows", "nearest_rows_on_device"]

Floats = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

# Same result either way: how many at once.
_QUERIES, _CANDIDATES = 512, 4096  # of a tile: 8 MB of float32
_ROUNDED = 1 + 1e-6  # more than a number grows or shrinks as it becomes float32
_SPARE = 16  # candidates beyond k that are measured again
# Same result either way: how many at once.
_DEVICE_VALUES = 2**26  # distances at once on a device: 256 MB


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
    return NearestRows(points).search(queries, k, own)


def nearest_rows_on_device(
    queries: Floats, points: Floats, k: int, device: "torch.device"
) -> tuple[npt.NDArray[np.float32], Rows]:
    """Find the k nearest rows of a matrix for every query by products of float32 matrices on a device.

    Parameters
    ----------
    queries, points : ndarrays of shape (n_queries, n_features) and (n_points, n_features)
        The same object where every point is a query; then it finds itself, too.
    k : int in [1, n_points]
    device : torch.device
        Where to compute.

    Returns
    -------
    squared : ndarray of shape (n_queries, k), float32
        Squared distances, ascending.
    rows : ndarray of shape (n_queries, k), int64

    Examples
    --------
    >>> import torch
    >>> codes = np.array([[0.0], [1.0], [5.0]])
    >>> nearest_rows_on_device(codes, codes, 2, torch.device("cpu"))[1]
    array([[0, 1], [1, 0], [2, 1]])
    """
    import torch

    def on_device(rows: Floats) -> "torch.Tensor":
        return torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32)).to(device)

    # Around the mean: the nearest of points far from 0 would drown in rounding.
    mean = points.mean(axis=0)
    there = on_device(points - mean)
    here = there if queries is points else on_device(queries - mean)
    norms = there.square().sum(1)
    found, rows = [], []
    for part in here.split(max(1, _DEVICE_VALUES // len(there))):
        squared = torch.addmm(norms, part, there.T, alpha=-2).add_(part.square().sum(1, True))
        smallest = squared.topk(k, dim=1, largest=False)
        found.append(smallest.values.clamp_(min=0).cpu().numpy())
        rows.append(smallest.indices.cpu().numpy())
    return np.concatenate(found), np.concatenate(rows)


class NearestRows:
    """Points that are searched more than once: what depends on them alone is computed once.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features), float32 or float64
        Finite numbers, not to be changed afterwards.
    """

    def __init__(self, points: Floats) -> None:
        self.points = points
        # Around their mean, with numbers near one, norms are small, and the rounding with them.
        self.centering = Centering.of(points)
        self.norms = np.empty(len(points))
        for part in row_blocks(len(points), 8 * points.shape[1]):
            self.norms[part] = squared_norms(self.centering.apply(points[part]))

    def search(
        self, queries: Floats, k: int, own: Rows | None = None
    ) -> tuple[npt.NDArray[np.float64], Rows]:
        """Find the k nearest points for every query; see `nearest_rows`."""
        distances = np.empty((len(queries), k))
        rows = np.empty((len(queries), k), dtype=np.int64)

        def work(part: slice) -> None:
            mine = None if own is None else own[part]
            asked = np.asarray(queries[part], dtype=np.float64)
            distances[part], rows[part], is_sure = self._screened(asked, mine, k)
            again = np.flatnonzero(~is_sure)
            if len(again):
                mine = None if mine is None else mine[again]
                found = self._measured(asked[again], mine, k)
                distances[part.start + again] = found.distances
                rows[part.start + again] = found.rows

        # Same result either way: how many queries at once.
        width = max(_CANDIDATES, 2 * k)
        # Same result either way: how many queries at once.
        asked_at_once = max(1, min(_QUERIES, BLOCK_BYTES // (8 * width)))
        run_in_threads(work, row_blocks(len(queries), 1, asked_at_once))
        return np.sqrt(distances, out=distances) / self.centering.scale, rows

    def pairs_within(self, limit: float) -> Iterator[tuple[Rows, Rows]]:
        """Find all pairs of points that are at most so far apart.

        Yields
        ------
        first, second : ndarrays of shape (n_pairs,), int64
            The rows of some pairs, of which none comes twice.
        """
        largest = (limit * self.centering.scale) ** 2
        for rows in row_blocks(len(self.points), 1, _QUERIES):
            asked = self.points[rows].astype(np.float64)
            product, bound = self._product(asked)
            near = (largest * _ROUNDED + bound).astype(np.float32)[:, None]
            for columns in row_blocks(len(self.points) - rows.start, 1, _CANDIDATES):
                part = slice(rows.start + columns.start, rows.start + columns.stop)
                first, second = np.nonzero(product(part) <= near)
                first, second = first + rows.start, second + part.start
                first, second = first[first < second], second[first < second]
                is_near = self._apart(first, second) <= limit
                yield first[is_near], second[is_near]

    def _screened(
        self, queries: Floats, own: Rows | None, k: int
    ) -> tuple[Floats, Rows, npt.NDArray[np.bool_]]:
        """Return squared distances, rows, and whether no other row can be nearer."""
        wanted = min(len(self.points), k + _SPARE)
        product, bound = self._product(queries)
        blocks = growing_blocks(len(self.points), wanted, _CANDIDATES)
        rough = k_nearest(product, blocks, len(queries), wanted, np.float32, own)
        squared = self._differences(queries, rough.rows)
        squared[rough.rows < 0] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        kept = np.take_along_axis(squared, order, axis=1)
        is_sure = kept[:, -1] <= rough.distances[:, -1] - bound
        is_sure |= wanted == len(self.points)
        return kept, np.take_along_axis(rough.rows, order, axis=1), is_sure

    def _product(self, queries: Floats) -> tuple[Callable[[slice], Floats], Floats]:
        """Return what gives rough squared distances to some points, and how far off they may be."""
        asked = self.centering.apply(queries)
        operand, norms = (-2.0 * asked).astype(np.float32), squared_norms(asked)

        def product(part: slice) -> Floats:
            block = self.centering.apply(self.points[part]).astype(np.float32, copy=False)
            tile: Floats = operand @ block.T
            tile += self.norms[part].astype(np.float32)
            tile += norms.astype(np.float32)[:, None]
            return tile

        # The usual bound on the rounding of a sum of d + 2 products.
        unit = (queries.shape[1] + 2) * float(np.finfo(np.float32).eps)
        return product, unit * (norms + float(self.norms.max()))

    def _measured(self, queries: Floats, own: Rows | None, k: int) -> RunningTopK:
        """Return the nearest rows by squared differences in float64, however long that takes."""
        asked = queries * self.centering.scale

        def differences(part: slice) -> Floats:
            block = self.points[part].astype(np.float64) * self.centering.scale
            return np.asarray(cdist(asked, block, "sqeuclidean"))

        blocks = growing_blocks(len(self.points), k, _CANDIDATES)
        return k_nearest(differences, blocks, len(queries), k, own=own)

    def _differences(self, queries: Floats, rows: Rows) -> Floats:
        """Return the squared distances of every query to its own rows."""
        squared = np.empty(rows.shape)
        for part in row_blocks(len(queries), 8 * rows.shape[1] * queries.shape[1]):
            difference = (self.points[rows[part]] - queries[part, None]) * self.centering.scale
            np.einsum("qcd,qcd->qc", difference, difference, out=squared[part])
        return squared

    def _apart(self, first: Rows, second: Rows) -> Floats:
        """Return the distances of pairs of points."""
        squared = np.empty(len(first))
        for part in row_blocks(len(first), 16 * self.points.shape[1]):
            one, other = (self.points[rows[part]].astype(np.float64) for rows in (first, second))
            squared[part] = squared_norms((one - other) * self.centering.scale)
        return np.sqrt(squared) / self.centering.scale
