"""Vectors searched by a graph of neighbors: much faster among very many, and not quite all are found."""

from typing import Any

import numpy as np
import numpy.typing as npt

from latens._optional import import_optional
from latens.applications.search.dense_store import DenseStore
from latens.applications.search.store import Distances, Places

__all__ = ["GraphStore"]

# Links of each item, and candidates while it is linked: the authors' usual values.
_LINKS, _BUILDING = 16, 200
# Candidates looked at beyond k: 0.99 of the ten nearest are found among 100,000 codes of 64 dimensions.
_SPARE = 150


class GraphStore(DenseStore):
    """A `DenseStore` with a hierarchical graph (voyager) that finds candidates; distances are exact.

    The graph grows with the items and is never written to a file: the library follows what stands there
    wherever it leads, and ends the process where it leads nowhere. A store that was loaded makes it anew, of
    its checked rows, at the first search.

    References
    ----------
    Malkov and Yashunin (2020), Efficient and robust approximate nearest neighbor search using
    hierarchical navigable small world graphs. https://doi.org/10.1109/TPAMI.2018.2889473
    """

    def __init__(self, metric: str, width: int) -> None:
        super().__init__(metric, width)
        self.voyager = import_optional("voyager", extra="ann", purpose="search approximately")
        self.graph: Any = None
        # The label that the graph knows each item by; those of removed items never come back.
        self.labels = np.empty(0, dtype=np.int64)
        self.next_label = 0

    def append(self, items: Any) -> None:
        is_loaded = self.graph is None and self.rows is not None
        super().append(items)
        if not is_loaded:
            self.graph = self._linked(items)

    def keep(self, is_kept: npt.NDArray[np.bool_]) -> None:
        if self.graph is not None:
            for label in self.labels[~is_kept]:
                self.graph.mark_deleted(int(label))
            self.labels = self.labels[is_kept]
        super().keep(is_kept)

    def nearest(self, items: Any, k: int) -> tuple[Distances, Places]:
        wanted = min(len(self), k + _SPARE)
        if self.graph is None:
            self.graph = self._linked(self.rows)
        try:
            found, _ = self.graph.query(items, k=wanted, query_ef=wanted)
        except self.voyager.RecallError:
            # Where many were removed, the graph may not lead to enough of those that are left.
            return super().nearest(items, k)
        places = np.searchsorted(self.labels, found.astype(np.int64))
        return self._best(items, places, k)

    def _type_for(self, X: npt.NDArray[Any]) -> np.dtype[Any]:
        return np.dtype(np.float32)  # the graph knows no other

    def _best(self, items: Any, places: Places, k: int) -> tuple[Distances, Places]:
        """The k nearest of the candidates, by their exact distances."""
        distances = np.empty(places.shape)
        for query, candidates in enumerate(places):
            difference = self.take(candidates).astype(np.float64) - items[query]
            distances[query] = np.linalg.norm(difference, axis=1)
        order = np.argsort(distances, axis=1, kind="stable")[:, :k]
        nearest = np.take_along_axis(distances, order, axis=1)
        return self.geometry.distance(nearest), np.take_along_axis(places, order, axis=1)

    def _linked(self, items: Any) -> Any:
        """The graph with more items, or a new one of all."""
        graph = self.graph
        if graph is None:
            graph = self.voyager.Index(
                self.voyager.Space.Euclidean,
                num_dimensions=items.shape[1],
                M=_LINKS,
                ef_construction=_BUILDING,
                random_seed=1,
            )
        labels = np.arange(self.next_label, self.next_label + len(items))
        graph.add_items(items, ids=labels)
        self.next_label += len(items)
        self.labels = np.concatenate([self.labels, labels])
        return graph
