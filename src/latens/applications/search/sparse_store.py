"""Sparse features, such as words of documents by TF-IDF, searched exactly without making them dense."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from latens.applications.search.geometry import GEOMETRIES
from latens.applications.search.store import Distances, Places, Store
from latens.exceptions import DataError
from latens.metrics.blocks import BLOCK_BYTES, row_blocks
from latens.metrics.nearest_so_far import NearestSoFar, growing_blocks

__all__ = ["SparseStore"]

_QUERIES, _CANDIDATES = 256, 4096


class SparseStore(Store):
    """Rows of a sparse matrix of float64, found by products and measured by differences.

    Products lose about 1e-16 of the squared lengths, so rows that are nearer to each other than 1e-8 of their
    lengths may be mistaken for equally near.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}
    width : int
    """

    def __init__(self, metric: str, width: int) -> None:
        self.geometry = GEOMETRIES[metric]
        self.width = width
        self.rows: Any = None

    def __len__(self) -> int:
        return 0 if self.rows is None else int(self.rows.shape[0])

    def prepared(self, X: Any) -> Any:
        rows = sparse.csr_array(X, dtype=np.float64)
        if not np.isfinite(rows.data).all():
            raise DataError("X must hold finite numbers. Got NaN or infinity.")
        return self.geometry.mapped(rows)

    def append(self, items: Any) -> None:
        self.rows = items if self.rows is None else sparse.vstack([self.rows, items], format="csr")

    def keep(self, is_kept: npt.NDArray[np.bool_]) -> None:
        self.rows = self.rows[np.flatnonzero(is_kept)]

    def take(self, places: Places) -> Any:
        return self.rows[places]

    def nearest(self, items: Any, k: int) -> tuple[Distances, Places]:
        distances = np.empty((items.shape[0], k))
        places = np.empty((items.shape[0], k), dtype=np.int64)
        norms = _squared_norms(self.rows)
        for part in self._query_blocks(items.shape[0]):
            nearest = NearestSoFar(part.stop - part.start, k, np.float64)
            for block in growing_blocks(len(self), k, _CANDIDATES):
                nearest.offer(block.start, self._squared(items[part], block, norms))
            distances[part], places[part] = self._measured(items[part], nearest.rows)
        return self.geometry.distance(distances), places

    def pairs_within(self, limit: float) -> Iterator[tuple[Places, Places]]:
        norms = _squared_norms(self.rows)
        largest = self.geometry.euclidean(limit) ** 2
        for part in self._query_blocks(len(self)):
            for block in row_blocks(len(self), 1, _CANDIDATES):
                # Equal rows come out as far apart as the rounding of their norms.
                rounding = norms[part, None] + norms[block]
                squared = self._squared(self.rows[part], block, norms)
                first, second = np.nonzero(squared <= largest + 1e-14 * rounding)
                lengths = rounding[first, second]
                first, second = first + part.start, second + block.start
                exact = _squared_norms(self.rows[first] - self.rows[second])
                is_pair = (first < second) & (exact <= largest + 1e-30 * lengths)
                yield first[is_pair], second[is_pair]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        if self.rows is None:
            return {}
        shape = np.array(self.rows.shape, dtype=np.int64)
        parts = {"indices": self.rows.indices, "indptr": self.rows.indptr, "shape": shape}
        return {"data": self.rows.data, **parts}

    @classmethod
    def of(cls, metric: str, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        store = cls(metric, width)
        parts = arrays["data"], arrays["indices"], arrays["indptr"]
        rows = sparse.csr_array(parts, shape=tuple(int(size) for size in arrays["shape"]))
        rows.check_format(full_check=True)
        if rows.shape[1] != store.prepared(sparse.csr_array((1, width))).shape[1]:
            raise ValueError(f"rows of shape {rows.shape}")
        store.rows = rows
        return store

    def _query_blocks(self, n_queries: int) -> Iterator[slice]:
        """Blocks of queries that are small enough when dense."""
        most = max(1, min(_QUERIES, BLOCK_BYTES // (8 * max(1, self.width))))
        return row_blocks(n_queries, 1, most)

    def _measured(self, queries: Any, places: Places) -> tuple[Distances, Places]:
        """The distances of what products have found for each query, nearest first, and where it is."""
        n, k = places.shape
        differences = self.rows[places.ravel()] - queries[np.repeat(np.arange(n), k)]
        distances = np.sqrt(_squared_norms(differences)).reshape(n, k)
        order = np.argsort(distances, axis=1, kind="stable")
        nearest = np.take_along_axis(distances, order, axis=1)
        return nearest, np.take_along_axis(places, order, axis=1)

    def _squared(self, queries: Any, block: slice, norms: Distances) -> Distances:
        product = np.asarray(self.rows[block] @ queries.toarray().T).T
        squared = norms[block] - 2 * product + _squared_norms(queries)[:, None]
        return np.maximum(squared, 0.0)


def _squared_norms(rows: Any) -> Distances:
    return np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()
