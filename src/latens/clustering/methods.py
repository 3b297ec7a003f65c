"""One function gives access to all clustering methods: our K-means, and those of scikit-learn.

The doors add nothing but their frame: one call, one kind of labels, errors that say what to do, and
a limit where the memory or the time of a method grows with the square of the number of points.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, seed_from
from latens._validation import Integer, Nothing, Options, Seed, check_value
from latens.clustering.kmeans import KMeans, MiniBatchKMeans
from latens.exceptions import DataError, LatensError, ParameterError
from latens.metrics.inputs import as_matrix

__all__ = ["CLUSTERERS", "Clusterer", "cluster"]


@dataclass(frozen=True)
class Clusterer:
    """A clustering method, with what it finds and costs.

    Attributes
    ----------
    finds : str
        What kind of groups it finds.
    memory : str
        What it holds in memory beside the points, for n points of d numbers in k groups.
    max_samples : int or None
        More points than this are refused; None for a method whose memory grows with n alone.
    takes_k : bool
        Whether the number of groups is given rather than found.
    make : callable
        Takes the number of groups, a seed and the number of points, and returns an estimator with
        `fit_predict`.
    """

    finds: str
    memory: str
    max_samples: int | None
    takes_k: bool
    make: Callable[[int, int, int], Any]


def _gaussian_mixture(k: int, seed: int, n: int) -> Any:
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(k, random_state=seed)


def _hdbscan(k: int, seed: int, n: int) -> Any:
    from sklearn.cluster import HDBSCAN

    return HDBSCAN(min_cluster_size=min(15, n), copy=True)


def _spectral(k: int, seed: int, n: int) -> Any:
    from sklearn.cluster import SpectralClustering

    return SpectralClustering(
        k, affinity="nearest_neighbors", n_neighbors=min(10, n), random_state=seed
    )


def _agglomerative(k: int, seed: int, n: int) -> Any:
    from sklearn.cluster import AgglomerativeClustering

    return AgglomerativeClustering(k)


CLUSTERERS: dict[str, Clusterer] = {
    "kmeans": Clusterer(
        "round groups of about one size", "n d numbers", None, True,
        lambda k, seed, n: KMeans(k, random_state=seed),
    ),
    "minibatch-kmeans": Clusterer(
        "round groups of about one size, nearly as well as kmeans", "a few batches", None, True,
        lambda k, seed, n: MiniBatchKMeans(k, random_state=seed),
    ),
    "gaussian-mixture": Clusterer(
        "stretched groups that may overlap", "n k + k d^2 numbers", None, True, _gaussian_mixture
    ),
    "hdbscan": Clusterer(
        "dense groups of any shape; -1 marks points in none", "n numbers, time up to n^2", 100_000,
        False, _hdbscan,
    ),
    "spectral": Clusterer(
        "groups that hang together, of any shape", "20 n + n k numbers, time more than n", 20_000,
        True, _spectral,
    ),
    "agglomerative": Clusterer(
        "groups merged two by two so that squares grow least", "n^2 / 2 numbers: 1.6 GB at 20,000",
        20_000, True, _agglomerative,
    ),
}  # fmt: skip


def cluster(
    Z: npt.ArrayLike,
    method: str = "kmeans",
    k: int | None = None,
    *,
    random_state: RandomState = None,
) -> npt.NDArray[np.intp]:
    """Return the group of every point, found by the method of that name.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    method : str, default="kmeans"
        A name in `CLUSTERERS`, which says what each finds and what it costs.
    k : int in [1, n_samples] or None, default=None
        The number of groups. It must be given unless the method finds it, which "hdbscan" does.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed, where the method draws.

    Returns
    -------
    ndarray of shape (n_samples,)
        Integers from 0 on; -1 marks a point in no group.

    Raises
    ------
    ParameterError
        If the method is unknown, or `k` is missing, not wanted or out of range.
    DataError
        If Z is not a finite matrix, or has more points than the method can take.

    Examples
    --------
    >>> Z = [[0.0], [0.1], [9.0], [9.1]]
    >>> labels = cluster(Z, "agglomerative", 2)
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
    True
    """
    check_value("cluster", "method", method, (Options(tuple(CLUSTERERS)),))
    check_value("cluster", "random_state", random_state, (Seed(),))
    chosen, points = CLUSTERERS[method], as_matrix(Z)
    _check_k(method, chosen, k, len(points))
    if chosen.max_samples is not None and len(points) > chosen.max_samples:
        raise DataError(
            f"The method {method!r} takes at most {chosen.max_samples:,} points, as it needs "
            f"{chosen.memory}. Got {len(points):,}: draw some of them, or use 'kmeans'."
        )
    if not chosen.takes_k and len(points) == 1:  # nothing is dense about one point
        return np.array([-1])
    if k in (1, len(points)):
        return np.arange(len(points)) if k != 1 else np.zeros(len(points), dtype=np.intp)
    estimator = chosen.make(k or 0, seed_from(random_state), len(points))
    return _labels(estimator, points, method)


def _labels(estimator: Any, points: npt.NDArray[np.float64], method: str) -> npt.NDArray[np.intp]:
    """Return the labels of a fit, with errors of scikit-learn turned into ours."""
    try:
        with warnings.catch_warnings():
            # Groups that stand apart make such a graph; that is no fault of theirs.
            warnings.filterwarnings("ignore", "Graph is not fully connected")
            return np.asarray(estimator.fit_predict(points), dtype=np.intp)
    except (ValueError, TypeError, ArithmeticError) as error:
        if isinstance(error, LatensError):
            raise
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataError(
            f"The method {method!r} cannot cluster these {len(points)} points ({reason}). "
            "Try 'kmeans'."
        ) from error


def _check_k(method: str, chosen: Clusterer, k: int | None, n_samples: int) -> None:
    if not chosen.takes_k:
        if k is not None:
            check_value("cluster", "k", k, (Nothing(),))
        return
    if k is None:
        raise ParameterError(
            f"The 'k' parameter of cluster must be given for the method {method!r}: it cannot find "
            "the number of groups by itself. Let choose_k find it, or use 'hdbscan'."
        )
    check_value("cluster", "k", k, (Integer(1, n_samples),))
