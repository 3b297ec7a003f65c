"""How many clusters there are, as far as the silhouette can tell."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering.kmeans import KMeans
from latens.exceptions import DataError, ParameterError
from latens.metrics import silhouette_sweep
from latens.metrics.inputs import as_matrix

__all__ = ["ChosenK", "choose_k"]


@dataclass(frozen=True, eq=False)
class ChosenK:
    """What K-means found for each number of clusters.

    Attributes
    ----------
    ks : tuple of int
        The numbers of clusters tried.
    silhouettes : ndarray of shape (n_ks,)
        The silhouette score of each, in [-1, 1]; higher is better.
    inertias : ndarray of shape (n_ks,)
        The inertia of each, in squared units; it falls with k and cannot choose.
    labelings : ndarray of shape (n_ks, n_samples)
        The cluster of every sample, for each.
    scored : ndarray of shape (n_scored,)
        The positions of the samples that the silhouettes were computed on.
    """

    ks: tuple[int, ...]
    silhouettes: npt.NDArray[np.float64]
    inertias: npt.NDArray[np.float64]
    labelings: npt.NDArray[np.intp]
    scored: npt.NDArray[np.intp]

    @property
    def best(self) -> int:
        """The number of clusters with the highest silhouette; the first tried on a tie."""
        return self.ks[int(self.silhouettes.argmax())]

    @property
    def labels(self) -> npt.NDArray[np.intp]:
        """The cluster of every sample for the best number of clusters."""
        labels: npt.NDArray[np.intp] = self.labelings[int(self.silhouettes.argmax())]
        return labels


def choose_k(
    Z: npt.ArrayLike,
    ks: Iterable[int] = range(2, 11),
    *,
    n_init: int = 10,
    random_state: RandomState = None,
    max_samples: int = 10_000,
) -> ChosenK:
    """Choose the number of clusters by the silhouette, without any labels.

    K-means runs on all points for every k. The silhouettes are exact on at most `max_samples`
    points, the same random subset for all k, as their cost grows with the square. A cluster that
    the subset misses is represented by one more point.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    ks : iterable of int, default=range(2, 11)
        The numbers of clusters to try, each from 2 to the number of scored samples minus 1.
    n_init : int in [1, inf), default=10
        Starts of K-means for every k.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of K-means and of the subset.
    max_samples : int in [3, inf), default=10_000
        How many points the silhouettes are computed on.

    Returns
    -------
    ChosenK

    Raises
    ------
    ParameterError
        If a number of clusters is not possible.
    DataError
        If Z is not a finite matrix, or all its points are equal.

    References
    ----------
    P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis", doi:10.1016/0377-0427(87)90125-7.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> choose_k(Z, range(2, 6), random_state=0).best
    3
    """
    check_value("choose_k", "max_samples", max_samples, (Integer(3),))
    points = as_matrix(Z)
    tried = _checked_ks(ks, min(max_samples, len(points)))
    if (points == points[0]).all():
        raise DataError("Z of choose_k must hold different points. Got one point, repeated.")
    seed = seed_from(random_state)
    found = [KMeans(k, n_init=n_init, random_state=seed).fit(points) for k in tried]
    labelings = np.stack([model.labels_ for model in found])
    scored = _subset(labelings, max_samples, seed)
    return ChosenK(
        tried,
        silhouette_sweep(points[scored], labelings[:, scored]),
        np.array([model.inertia_ for model in found]),
        labelings,
        scored,
    )


def _checked_ks(ks: Iterable[int], n_scored: int) -> tuple[int, ...]:
    tried = tuple(ks) if np.iterable(ks) else ()
    if not tried:
        raise ParameterError(
            "The 'ks' parameter of choose_k must be a list of at least one number."
        )
    for k in tried:
        if not Integer(2, n_scored - 1).accepts(k):
            raise ParameterError(
                "The 'ks' parameter of choose_k must hold integers from 2 to the number of scored "
                f"samples minus 1, {n_scored - 1}. Got {k!r} instead."
            )
    return tuple(int(k) for k in tried)


def _subset(labelings: npt.NDArray[np.intp], max_samples: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the positions of the scored samples, among which every cluster has a member."""
    n_samples = labelings.shape[1]
    if n_samples <= max_samples:
        return np.arange(n_samples)
    rng = np.random.default_rng(derive(seed, n_samples))
    drawn = rng.choice(n_samples, max_samples, replace=False)
    missed = []
    for labels in labelings:
        clusters, first = np.unique(labels, return_index=True)
        missed.append(first[~np.isin(clusters, labels[drawn])])
    return np.unique(np.concatenate([drawn, *missed]))
