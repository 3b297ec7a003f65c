"""Labels that come in rounds: classes of codes that stay, and which samples to name next."""

from collections.abc import Callable
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from scipy import sparse

from latens.applications.classify.graph import neighbor_graph
from latens.applications.classify.propagation import Propagation
from latens.clustering import KMeans

__all__ = ["CodeLabels", "Rule", "margins", "next_to_name"]

Rule = Literal["diverse", "uncertain", "random"]

# Of so many of the least certain samples for each one that is wanted, unlike ones are taken.
_CANDIDATES = 50


class CodeLabels:
    """Classes by propagation over codes, learned again and again as labels come: the graph is made once.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, width)
        Codes, of at least 2 samples.
    method : Propagation or None, default=None
        None: `Propagation()`.
    """

    def __init__(self, Z: np.ndarray, method: Propagation | None = None) -> None:
        self.Z = Z
        self.method = method or Propagation()

    def learn(self, y: np.ndarray, n_classes: int) -> np.ndarray:
        """Return the probability of every class for every sample.

        Parameters
        ----------
        y : ndarray of shape (n_samples,), int
            Codes 0..n_classes-1, each at least once; -1 where there is no label.
        n_classes : int in [2, inf)

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Of a label that was given it is 1.
        """
        if len(self.Z) > self.method.max_samples:
            return self.method.spread(self.Z, y, n_classes).everywhere
        return self.method.shares(self._graph, y, n_classes)

    @cached_property
    def _graph(self) -> sparse.csr_array:
        return neighbor_graph(self.Z, self.method.n_neighbors, torch.device("cpu"))[0]


def margins(shares: np.ndarray) -> np.ndarray:
    """Return by how much the most probable class is ahead of the next one, in [0, 1].

    Examples
    --------
    >>> margins(np.array([[0.5, 0.4, 0.1], [1.0, 0.0, 0.0]])).round(1)
    array([0.1, 1. ])
    """
    two = np.partition(shares, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


def next_to_name(
    margin: np.ndarray | None,
    codes_of: Callable[[np.ndarray], np.ndarray],
    n: int,
    *,
    is_named: np.ndarray,
    rule: Rule = "diverse",
    random_state: int = 0,
) -> np.ndarray:
    """Choose the samples whose labels would help most.

    Parameters
    ----------
    margin : ndarray of shape (n_samples,) or None
        How certain each class is, as `margins` has it. None: nobody knows yet, so all are candidates.
    codes_of : callable
        Gets places, an ndarray of int, and gives the codes there, of shape (n_places, width).
    n : int
        How many; fewer where there are not so many without a label.
    is_named : ndarray of bool of shape (n_samples,)
        Samples that have a label are not chosen.
    rule : {"diverse", "uncertain", "random"}, default="diverse"
        "uncertain" takes the smallest margins, which may be `n` times the same question. "diverse" takes the
        50 `n` smallest, at most half of all, groups their codes into `n` clusters and takes the one in the
        middle of each. `benchmarks/label_rounds.py` measures what each is worth.
    random_state : int, default=0

    Returns
    -------
    ndarray of int
        Their places, the least certain first.

    Examples
    --------
    >>> margin, Z = np.array([0.9, 0.1, 0.2, 0.3, 1.0]), np.array([[0.0], [1.0], [1.1], [5.0], [6.0]])
    >>> is_named = np.array([False, False, False, False, True])
    >>> next_to_name(margin, Z.__getitem__, 2, is_named=is_named, rule="uncertain").tolist()
    [1, 2]
    """
    free = np.flatnonzero(~is_named)
    n = min(n, len(free))
    if n == 0:
        return free
    if rule == "random":
        return np.random.default_rng(random_state).choice(free, n, replace=False)
    by_margin = free if margin is None else free[np.argsort(margin[free], kind="stable")]
    most = len(free) if margin is None else max(n, min(_CANDIDATES * n, len(free) // 2))
    candidates = by_margin[: n if rule == "uncertain" else most]
    if n < len(candidates):
        candidates = candidates[np.sort(_middles(codes_of(candidates), n, random_state))]
    return np.asarray(candidates)


def _middles(Z: np.ndarray, n: int, random_state: int) -> np.ndarray:
    """The row nearest to the center of each of n clusters."""
    kmeans = KMeans(n, n_init=1, random_state=random_state, device="cpu").fit(Z)
    away = ((Z - kmeans.cluster_centers_[kmeans.labels_]) ** 2).sum(axis=1)
    order = np.lexsort((away, kmeans.labels_))
    _, first = np.unique(kmeans.labels_[order], return_index=True)
    return np.asarray(order[first])
