"""Groups of items that are nearly the same, without a matrix of all distances."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["NearDuplicates", "connected_groups"]

_MOST_EDGES = 2_000_000  # kept at once: 32 MB


@dataclass(frozen=True, eq=False)
class NearDuplicates:
    """Groups of items that are nearly the same.

    Attributes
    ----------
    threshold : float
        Items at most so far apart are near-duplicates.
    groups : tuple of ndarray of int64
        The ids of each group, ascending; the largest group first. From each item of a group a chain of
        near-duplicates leads to all others of it.
    """

    threshold: float
    groups: tuple[npt.NDArray[np.int64], ...]


def connected_groups(
    n: int, edges: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]
) -> list[npt.NDArray[np.int64]]:
    """Return the connected components of at least two nodes, the largest first.

    Parameters
    ----------
    n : int
        Nodes.
    edges : iterable of pairs of ndarrays
        Blocks of edges; however many there are, only as many as nodes are kept.

    Examples
    --------
    >>> connected_groups(5, [(np.array([0, 3]), np.array([3, 4]))])
    [array([0, 3, 4])]
    """
    labels = np.arange(n)
    waiting: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    n_waiting = 0
    for first, second in edges:
        waiting.append((first, second))
        n_waiting += len(first)
        if n_waiting > _MOST_EDGES:
            labels, waiting, n_waiting = _joined(labels, waiting), [], 0
    labels = _joined(labels, waiting)
    sizes = np.bincount(labels, minlength=1)
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(sizes)
    large = np.flatnonzero(sizes > 1)
    large = large[np.argsort(-sizes[large], kind="stable")]
    return [order[ends[one] - sizes[one] : ends[one]] for one in large]


def _joined(
    labels: npt.NDArray[np.int64],
    edges: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
) -> npt.NDArray[np.int64]:
    """The component of each node, after some more edges between those so far."""
    if not edges or not len(labels):
        return labels
    first = labels[np.concatenate([one for one, _ in edges])]
    second = labels[np.concatenate([other for _, other in edges])]
    n = int(labels.max()) + 1
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(n, n))
    _, components = connected_components(graph, directed=False)
    joined: npt.NDArray[np.int64] = components.astype(np.int64)[labels]
    return joined
