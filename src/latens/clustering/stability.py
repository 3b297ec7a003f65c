"""Stability measures whether the same clusters come back from other samples of the same kind."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering.check_ks import check_ks
from latens.clustering.kmeans import KMeans
from latens.metrics import adjusted_rand_score
from latens.metrics.inputs import as_matrix

__all__ = ["Stabilities", "stability"]

Matrix = npt.NDArray[np.float64]

_STARTS = 3  # of K-means on every half


@dataclass(frozen=True, eq=False)
class Stabilities:
    """The agreement of clusters of different halves of the data, for each number of clusters.

    Attributes
    ----------
    ks : tuple of int
        The numbers of clusters tried.
    agreements : ndarray of shape (n_ks, n_resamples)
        The adjusted Rand score of every two halves, in [-0.5, 1].
    """

    ks: tuple[int, ...]
    agreements: Matrix

    @property
    def means(self) -> Matrix:
        """The mean agreement for each number of clusters; higher is better."""
        means: Matrix = self.agreements.mean(axis=1)
        return means

    @property
    def best(self) -> int:
        """The number with the most stable clusters; the largest on a tie, which says more."""
        most = self.means.max()
        return max(k for k, mean in zip(self.ks, self.means, strict=True) if mean == most)


def stability(
    Z: npt.ArrayLike,
    ks: Iterable[int] = range(2, 11),
    *,
    n_resamples: int = 10,
    random_state: RandomState = None,
) -> Stabilities:
    """Score how alike the clusterings of two halves of the data divide all of it.

    Every half names the cluster of every point, and the adjusted Rand score compares the two answers.
    It is used, rather than the Jaccard or prediction strength of single clusters, because it is
    corrected for chance: agreement by chance falls with the number of clusters, and numbers are what
    is compared here. Low stability speaks against a number of clusters. High stability alone does not
    speak for it: two halves of one round cloud may be cut alike.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    ks : iterable of int in [2, n_samples // 2], default=range(2, 11)
        The numbers of clusters to try.
    n_resamples : int in [1, inf), default=10
        How many times the data is divided into halves.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of K-means and of the halves, which are the same for all numbers.

    Returns
    -------
    Stabilities

    Raises
    ------
    ParameterError
        If a parameter is outside its range.
    DataError
        If Z is not a finite matrix.

    References
    ----------
    T. Lange, V. Roth, M. L. Braun, J. M. Buhmann (2004), "Stability-based validation of clustering
    solutions", Neural Computation 16, doi:10.1162/089976604773717621.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> found = stability(Z, range(2, 6), n_resamples=5, random_state=0)
    >>> found.best, round(float(found.means[1]), 3)
    (3, 1.0)
    """
    check_value("stability", "n_resamples", n_resamples, (Integer(1),))
    points = as_matrix(Z)
    half = len(points) // 2
    tried = check_ks("stability", ks, 2, half, "half the number of samples")
    seed = seed_from(random_state)
    agreements = np.empty((len(tried), n_resamples))
    for resample in range(n_resamples):
        order = np.random.default_rng(derive(seed, resample)).permutation(len(points))
        for position, k in enumerate(tried):
            first, second = (
                KMeans(k, n_init=_STARTS, random_state=seed).fit(points[rows]).predict(points)
                for rows in (order[:half], order[half:])
            )
            agreements[position, resample] = adjusted_rand_score(first, second)
    return Stabilities(tried, agreements)
