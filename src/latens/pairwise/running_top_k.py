"""The k nearest of many candidates are kept while these come in blocks, for any distance."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["RunningTopK", "growing_blocks", "k_nearest"]

_FIRST_BLOCK = 256  # candidates; the next blocks are twice as large each, up to a limit


class RunningTopK:
    """Keeps the k nearest candidates of every query among those offered so far.

    Candidates that are equally far stay in the order in which they were offered.

    Parameters
    ----------
    n_queries, k : int
    dtype : dtype
        Of the distances.

    Attributes
    ----------
    distances : ndarray of shape (n_queries, k)
        Ascending; the largest value of the type where fewer than k were offered.
    rows : ndarray of shape (n_queries, k), int64
        The numbers of the candidates; -1 where fewer than k were offered.

    Examples
    --------
    >>> nearest = RunningTopK(1, 2, np.float64)
    >>> nearest.offer(0, np.array([[5.0, 1.0]]))
    >>> nearest.offer(2, np.array([[7.0, 3.0]]))
    >>> nearest.rows
    array([[1, 3]])
    """

    def __init__(self, n_queries: int, k: int, dtype: npt.DTypeLike) -> None:
        kind = np.dtype(dtype)
        farthest = np.inf if kind.kind == "f" else np.iinfo(kind).max
        self.distances = np.full((n_queries, k), farthest, dtype=kind)
        self.rows = np.full((n_queries, k), -1, dtype=np.int64)

    def offer(self, start: int, distances: npt.NDArray[Any]) -> None:
        """Take the distances to the candidates `start`, `start + 1`, ..., a column for each."""
        k = self.distances.shape[1]
        # Nearly all candidates of later blocks are farther than the k-th so far and end here.
        is_near = distances < self.distances[:, -1:]
        # Same result either way: all of a first block is sorted or some.
        is_first = (self.rows < 0).any()
        if is_first and k < distances.shape[1]:
            is_near &= distances <= np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
        near = np.flatnonzero(is_near)
        if not len(near):
            return
        queries, columns = np.divmod(near, distances.shape[1])
        counts = np.bincount(queries, minlength=len(distances))
        places = k + np.arange(len(queries)) - (np.cumsum(counts) - counts)[queries]
        width = k + int(counts.max())
        merged = np.full((len(distances), width), self._farthest, dtype=self.distances.dtype)
        rows = np.empty(
            merged.shape, dtype=np.int64
        )  # sorted behind all others where it is not filled
        merged[:, :k], rows[:, :k] = self.distances, self.rows
        merged[queries, places], rows[queries, places] = (
            distances[queries, columns],
            start + columns,
        )
        order = np.argsort(merged, axis=1, kind="stable")[:, :k]
        self.distances = np.take_along_axis(merged, order, axis=1)
        self.rows = np.take_along_axis(rows, order, axis=1)

    @property
    def _farthest(self) -> Any:
        kind = self.distances.dtype
        return np.inf if kind.kind == "f" else np.iinfo(kind).max


def k_nearest(
    distances_to: Callable[[slice], npt.NDArray[Any]],
    blocks: Iterable[slice],
    n_queries: int,
    k: int,
    dtype: npt.DTypeLike = np.float64,
    own: npt.NDArray[np.int64] | None = None,
) -> RunningTopK:
    """Find the k nearest candidates of every query, block by block.

    Parameters
    ----------
    distances_to : callable
        Takes a block of candidates and returns the distances of all queries to them, which may be changed.
    blocks : iterable of slice
        The blocks, in ascending order.
    n_queries, k : int
    dtype : dtype, default=float64
        Of the distances.
    own : ndarray of shape (n_queries,), int64, or None, default=None
        The candidate that each query is itself, which is left out, or -1.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 5.0])
    >>> blocks = growing_blocks(3, k=1, limit=1024)
    >>> k_nearest(lambda part: abs(points[:, None] - points[part]), blocks, 3, 1, own=np.arange(3)).rows.T
    array([[1, 0, 1]])
    """
    nearest = RunningTopK(n_queries, k, dtype)
    for part in blocks:
        distances = distances_to(part)
        if own is not None:
            inside = np.flatnonzero((own >= part.start) & (own < part.stop))
            distances[inside, own[inside] - part.start] = np.inf
        nearest.offer(part.start, distances)
    return nearest


def growing_blocks(n_rows: int, k: int, limit: int) -> list[slice]:
    """Cut candidates into blocks that double up to a limit, the first of at least 2 k.

    After any number of candidates in random order, the next as many bring only about 0.7 k that are
    nearer than the k-th so far; so little is sorted.

    Examples
    --------
    >>> [part.stop for part in growing_blocks(2000, k=10, limit=1024)]
    [256, 768, 1792, 2000]
    >>> [part.stop for part in growing_blocks(2000, k=200, limit=1024)]
    [400, 1200, 2000]
    """
    blocks, start, width = [], 0, max(_FIRST_BLOCK, 2 * k)
    while start < n_rows:
        stop = min(n_rows, start + width)
        blocks.append(slice(start, stop))
        start, width = stop, max(width, min(2 * width, limit))
    return blocks
