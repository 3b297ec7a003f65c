"""The index of codes: add, remove, search, find near-duplicates, save and load."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from latens._validation import Integer, Nothing, Options, Real, check_value
from latens.applications.search.bit_store import BitStore
from latens.applications.search.dense_store import DenseStore
from latens.applications.search.files import read_index, write_index
from latens.applications.search.graph_store import GraphStore
from latens.applications.search.near_duplicates import NearDuplicates, connected_groups
from latens.applications.search.sparse_store import SparseStore
from latens.applications.search.store import Distances, Places, Store
from latens.data.arrays import as_array, as_sparse
from latens.exceptions import DataError, ParameterError

__all__ = ["Neighbors", "SimilarityIndex"]

_METRICS = ("euclidean", "cosine", "hamming")
_METHODS = ("exact", "approximate")
# The rule for near-duplicates: so much of the median distance to the nearest other item, taken from so
# many items, evenly spread.
_SHARE, _ASKED = 0.1, 1_000
# The number after any id must be one, too.
_MOST_IDS = 2**62


@dataclass(frozen=True, eq=False)
class Neighbors:
    """What a search found.

    Attributes
    ----------
    ids : ndarray of shape (n_queries, k), int64
        The nearest item first.
    distances : ndarray of shape (n_queries, k), float64
    """

    ids: Places
    distances: Distances


class SimilarityIndex:
    """Finds the items that are most like a query, by the distances of their codes.

    Items are codes of a model, any other vectors, sparse features such as TF-IDF, or binary codes. Each
    has an id, a whole number that stays with it whatever is added and removed. The first items decide
    the width, and whether the index is sparse.

    Parameters
    ----------
    metric : {"euclidean", "cosine", "hamming"}, default="euclidean"
        "cosine" is 1 minus the cosine. "hamming" is the number of different bits; its items are zeros
        and ones (or minus ones and ones), such as a `BinaryAutoencoder` gives, and are kept as bits.
    method : {"exact", "approximate"}, default="exact"
        "approximate" looks at a few hundred candidates that a graph leads to: faster among a million,
        and it may miss some. It needs the extra `ann`. Distances are exact either way; "hamming" and
        sparse items are always searched exactly.

    Notes
    -----
    A saved index holds no graph, as a damaged one could end the process: after `load`, the first approximate
    search makes it anew, which takes 54 seconds of one core's time for 100,000 codes of 64 dimensions. For a
    few searches in a loaded index, an exact one is faster.

    Exact search computes in float32 what can be told apart there and in float64 what cannot. Its memory
    beside the items is bounded, whatever their number: a million codes of 64 dimensions take 256 MB.

    Examples
    --------
    >>> index = SimilarityIndex()
    >>> index.add([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]])
    array([0, 1, 2])
    >>> found = index.search([[0.9, 0.0]], k=2)
    >>> found.ids, found.distances.round(3)
    (array([[1, 0]]), array([[0.1, 0.9]]))
    """

    def __init__(self, metric: str = "euclidean", *, method: str = "exact") -> None:
        check_value("SimilarityIndex", "metric", metric, (Options(_METRICS),))
        check_value("SimilarityIndex", "method", method, (Options(_METHODS),))
        if metric == "hamming" and method == "approximate":
            raise ParameterError(
                "The 'method' parameter of SimilarityIndex must be 'exact' with metric='hamming'. "
                "Got 'approximate' instead."
            )
        self.metric = metric
        self.method = method
        self._ids = np.empty(0, dtype=np.int64)
        self._next_id = 0
        self._store: Store | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"<SimilarityIndex of {len(self):,} items, {self.metric}, {self.method}>"

    @property
    def ids(self) -> Places:
        """The ids of all items, in the order in which they were added."""
        return self._ids.copy()

    def add(self, X: Any, ids: Sequence[int] | npt.NDArray[Any] | None = None) -> Places:
        """Add items; nothing is added if any of them cannot be.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_items, width)
        ids : array-like of int of shape (n_items,) or None, default=None
            Whole numbers in [0, 2**62), none of them in use. None: the numbers after the largest ever used.

        Returns
        -------
        ndarray of shape (n_items,), int64
            Their ids.

        Raises
        ------
        DataError
            If items have another width than those before them or values that are not finite, or an id is
            in use or twice there.
        """
        X = self._checked(X)
        store = self._store_for(X)
        items = store.prepared(X)
        given = self._new_ids(X.shape[0], ids)
        store.append(items)
        self._store = store
        self._ids = np.concatenate([self._ids, given])
        self._next_id = max(self._next_id, int(given.max()) + 1)
        return given

    def remove(self, ids: Sequence[int] | npt.NDArray[Any]) -> None:
        """Remove items; their ids are not given to others unless asked for.

        Raises
        ------
        DataError
            If there is no item with one of the ids; nothing is removed then.
        """
        places = self._places(ids)
        is_kept = np.ones(len(self), dtype=np.bool_)
        is_kept[places] = False
        if self._store is not None:
            self._store.keep(is_kept)
        self._ids = self._ids[is_kept]

    def search(self, X: Any, k: int = 10) -> Neighbors:
        """Find the k items nearest to each query.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_queries, width)
        k : int in [1, number of items], default=10

        Returns
        -------
        Neighbors
            Of items that are equally far, any.

        Raises
        ------
        DataError
            If the index is empty, or the queries have another width or values that are not finite.
        ParameterError
            If k is out of range.
        """
        store = self._filled()
        self._check_k("search", k, len(self))
        X = self._checked(X)
        items = store.prepared(_like(store, X))
        distances, places = store.nearest(items, k)
        return Neighbors(self._ids[places], distances)

    def neighbors(self, ids: Sequence[int] | npt.NDArray[Any], k: int = 10) -> Neighbors:
        """Find the k other items nearest to items of the index.

        Parameters
        ----------
        ids : array-like of int of shape (n_queries,)
        k : int in [1, number of items - 1], default=10

        Raises
        ------
        DataError
            If there is no item with one of the ids.
        ParameterError
            If k is out of range.
        """
        store = self._filled()
        self._check_k("neighbours", k, len(self) - 1)
        own = self._places(ids)
        distances, places = store.nearest(store.take(own), k + 1)
        # Among equal items, the item itself need not be the first one, nor be there at all.
        is_other = places != own[:, None]
        is_other[is_other.all(axis=1), -1] = False
        shape = len(own), k
        return Neighbors(
            self._ids[places[is_other].reshape(shape)], distances[is_other].reshape(shape)
        )

    def near_duplicates(self, threshold: float | None = None) -> NearDuplicates:
        """Find groups of items that are nearly the same, exactly, by looking at all pairs in blocks.

        Parameters
        ----------
        threshold : float in [0, inf) or None, default=None
            How far apart near-duplicates may be; 0 finds equal codes alone. None: a tenth of the median
            distance from an item to its nearest other one, over up to 1,000 items, rounded down for bits.
            Bits that were learned to gather groups are equal for samples that are merely alike.

        Returns
        -------
        NearDuplicates
            Groups of at least two.

        Raises
        ------
        DataError
            If there are fewer than two items.
        """
        check_value("near_duplicates", "threshold", threshold, (Real(0, closed="left"), Nothing()))
        store = self._filled()
        if len(self) < 2:
            raise DataError("Near-duplicates need at least two items. The index has one.")
        limit = self._usual_threshold() if threshold is None else float(threshold)
        groups = connected_groups(len(self), store.pairs_within(limit))
        return NearDuplicates(limit, tuple(np.sort(self._ids[group]) for group in groups))

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the index to a folder of JSON and safetensors, whole or not at all.

        Parameters
        ----------
        path : str or path
            It must not exist, unless `overwrite` is set and it holds an index.
        overwrite : bool, default=False

        Raises
        ------
        DataError
            If the index is empty.
        ModelError
            If the folder exists.
        """
        store = self._filled()
        facts = {
            "metric": self.metric,
            "method": self.method,
            "is_sparse": isinstance(store, SparseStore),
            "width": store.width,
            "next_id": self._next_id,
        }
        arrays = {"ids": self._ids, **store.arrays()}
        return write_index(Path(path), facts, arrays, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an index that `save` wrote.

        Raises
        ------
        ModelError
            If the folder is no index, or is damaged.
        """
        with read_index(Path(path)) as (facts, arrays):
            index = cls(facts.metric, method=facts.method)
            kind = index._kind(is_sparse=facts.is_sparse)
            index._store = kind.of(index.metric, facts.width, arrays)
            index._ids, index._next_id = arrays["ids"], facts.next_id
            if index._ids.dtype != np.int64 or index._ids.shape != (len(index._store),):
                raise ValueError("there is not one id for each item")
            values = np.unique(index._ids)
            if not len(values) or len(values) < len(index) or values[0] < 0:
                raise ValueError("an id is there twice or below 0, or there is none")
            if values[-1] >= facts.next_id:
                raise ValueError(f"the next id, {facts.next_id}, is in use")
        return index

    def _kind(self, *, is_sparse: bool) -> type[Any]:
        """The store for the metric, the method and the first items."""
        if self.metric == "hamming":
            return BitStore
        if is_sparse:
            return SparseStore
        return GraphStore if self.method == "approximate" else DenseStore

    def _store_for(self, X: Any) -> Store:
        if self._store is not None:
            return self._store
        kind = self._kind(is_sparse=sparse.issparse(X))
        store: Store = kind(self.metric, X.shape[1])
        return store

    def _filled(self) -> Store:
        if self._store is None or not len(self):
            raise DataError("The index is empty. Add items with add(X) first.")
        return self._store

    def _checked(self, X: Any) -> Any:
        """Items as a matrix, dense or sparse, of the width of the index."""
        is_sparse = sparse.issparse(X) and self.metric != "hamming"
        X = sparse.csr_array(as_sparse(X)) if is_sparse else np.asarray(as_array(X))
        if X.ndim != 2 or 0 in X.shape:
            hint = " One query is X.reshape(1, -1)." if X.ndim == 1 else ""
            raise DataError(
                f"X must have shape (n_items, width), both over 0. Got shape {X.shape}.{hint}"
            )
        if self._store is not None and X.shape[1] != self._store.width:
            raise DataError(
                f"X must have the width of the index, {self._store.width}. Got {X.shape[1]} instead."
            )
        return X if self._store is None else _like(self._store, X)

    def _new_ids(self, n: int, ids: Any) -> Places:
        if ids is None:
            return np.arange(self._next_id, self._next_id + n)
        given = _as_ids(ids)
        if len(given) != n:
            raise DataError(f"There must be one id for each item, {n}. Got {len(given)} instead.")
        values, counts = np.unique(given, return_counts=True)
        if (counts > 1).any():
            raise DataError(f"Every id must be there once. Got {values[counts > 1][0]} twice.")
        used = given[np.isin(given, self._ids)]
        if len(used):
            raise DataError(
                f"The id {used[0]} is in use. Remove that item first, or choose another id."
            )
        return given

    def _places(self, ids: Any) -> Places:
        """Where the items with some ids stand."""
        wanted = _as_ids(ids)
        order = np.argsort(self._ids, kind="stable")
        found = np.searchsorted(self._ids, wanted, sorter=order)
        places = order[np.minimum(found, len(order) - 1)] if len(order) else np.zeros_like(wanted)
        missing = wanted[self._ids[places] != wanted] if len(order) else wanted
        if len(missing):
            raise DataError(f"The index has no item with the id {missing[0]}.")
        return places

    def _check_k(self, method: str, k: int, most: int) -> None:
        check_value(f"SimilarityIndex.{method}", "k", k, (Integer(1),))
        if k > most:
            raise ParameterError(
                f"The 'k' parameter of SimilarityIndex.{method} must be at most {most}, as there are "
                f"{len(self)} items. Got {k} instead."
            )

    def _usual_threshold(self) -> float:
        asked = np.unique(np.linspace(0, len(self) - 1, min(_ASKED, len(self))).astype(np.int64))
        nearest = self.neighbors(self._ids[asked], k=1).distances
        limit = _SHARE * float(np.median(nearest))
        return float(np.floor(limit)) if self.metric == "hamming" else limit


def _like(store: Store, X: Any) -> Any:
    """Items as sparse as those of a store."""
    if isinstance(store, SparseStore):
        return sparse.csr_array(X)
    return as_array(X) if sparse.issparse(X) else X


def _as_ids(ids: Any) -> Places:
    given = np.asarray(ids)
    if given.ndim != 1 or not given.size or given.dtype.kind not in "iu" or int(given.min()) < 0:
        raise DataError(f"ids must be a list of whole numbers from 0 on. Got {ids!r} instead.")
    if int(given.max()) >= _MOST_IDS:
        raise DataError(f"ids must be smaller than 2**62. Got {given.max()} instead.")
    return given.astype(np.int64)
