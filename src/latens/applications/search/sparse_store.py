"""Sparse features, such as words of documents by TF-IDF, searched exactly without making them dense."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from latens._memory import check_memory
from latens._sparse import checked_sparse
from latens.applications.search.geometry import GEOMETRIES
from latens.applications.search.store import Distances, Places, Store
from latens.exceptions import DataError, ModelError
from latens.pairwise import BLOCK_BYTES, growing_blocks, k_nearest, row_blocks

__all__ = ["SparseStore"]

_QUERIES, _CANDIDATES = 256, 4096
# Squared distances, as a share of the squared lengths, below which a product leaves fewer than 10 digits.
_UNSURE = 1e-6


class SparseStore(Store):
    """Rows of a sparse matrix of float64, measured by products, or by differences where these are vague.

    Products lose about 1e-16 of the squared lengths, so among rows that are nearer to each other than 1e-8
    of their lengths others than the k nearest may be found.

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
            nearest = k_nearest(
                partial(self._squared, items[part], norms=norms),
                growing_blocks(len(self), k, _CANDIDATES),
                part.stop - part.start,
                k,
            )
            lengths = norms[nearest.rows] + _squared_norms(items[part])[:, None]
            query, rank = np.nonzero(nearest.distances < _UNSURE * lengths)
            squared = nearest.distances
            squared[query, rank] = self._exact(items[part], query, nearest.rows[query, rank])
            order = np.argsort(squared, axis=1, kind="stable")
            distances[part] = np.take_along_axis(squared, order, axis=1)
            places[part] = np.take_along_axis(nearest.rows, order, axis=1)
        return self.geometry.distance(np.sqrt(distances)), places

    def pairs_within(self, limit: float) -> Iterator[tuple[Places, Places]]:
        norms = _squared_norms(self.rows)
        largest = self.geometry.euclidean(limit) ** 2
        for part in self._query_blocks(len(self)):
            for block in row_blocks(len(self), 1, _CANDIDATES):
                lengths = norms[part, None] + norms[block]
                squared = self._squared(self.rows[part], block, norms)
                # Equal rows come out as far apart as the rounding of their norms.
                unsure = np.abs(squared - largest) <= 1e-14 * lengths
                query, row = np.nonzero(unsure)
                exact = self._exact(self.rows[part], query, row + block.start)
                is_near = squared <= largest
                is_near[query, row] = exact <= largest + 1e-30 * lengths[query, row]
                first, second = np.nonzero(is_near)
                first, second = first + part.start, second + block.start
                yield first[first < second], second[first < second]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        if self.rows is None:
            return {}
        shape = np.array(self.rows.shape, dtype=np.int64)
        parts = {"indices": self.rows.indices, "indptr": self.rows.indptr, "shape": shape}
        return {"data": self.rows.data, **parts}

    @classmethod
    def of(cls, metric: str, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        store = cls(metric, width)
        rows = checked_sparse("csr", arrays, arrays["shape"].tolist())
        # Queries are made dense, one at a time at least.
        stored = sum(part.nbytes for part in arrays.values())
        check_memory(8 * rows.shape[1], "One item of it", stored=stored, failure=ModelError)
        if rows.dtype != np.float64 or rows.shape[1] != width + store.geometry.more:
            raise ValueError(f"rows of {rows.dtype} and shape {rows.shape} for a width of {width}")
        store.rows = rows
        return store

    def _query_blocks(self, n_queries: int) -> Iterator[slice]:
        """Blocks of queries that are small enough when dense."""
        most = max(1, min(_QUERIES, BLOCK_BYTES // (8 * max(1, self.width))))
        return row_blocks(n_queries, 1, most)

    def _exact(self, queries: Any, query: Places, row: Places) -> Distances:
        """Squared distances of pairs of a query and a row, by their differences, some pairs at a time."""
        squared = np.empty(len(query))
        for some in row_blocks(len(query), 1, _CANDIDATES):
            squared[some] = _squared_norms(self.rows[row[some]] - queries[query[some]])
        return squared

    def _squared(self, queries: Any, block: slice, norms: Distances) -> Distances:
        product = np.asarray(self.rows[block] @ queries.toarray().T).T
        squared = norms[block] - 2 * product + _squared_norms(queries)[:, None]
        return np.maximum(squared, 0.0)


def _squared_norms(rows: Any) -> Distances:
    return np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()
