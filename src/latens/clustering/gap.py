"""The gap statistic compares clusters with those of data that has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering.check_ks import check_ks
from latens.clustering.kmeans import KMeans
from latens.metrics.inputs import as_matrix
from latens.pairwise import centered

__all__ = ["Gaps", "gap_statistic"]

Matrix = npt.NDArray[np.float64]

_STARTS = 3  # of K-means, on data and references alike


@dataclass(frozen=True, eq=False)
class Gaps:
    """The gap for each number of clusters: how much tighter the clusters are than by chance.

    Attributes
    ----------
    ks : tuple of int
        The numbers of clusters tried.
    gaps : ndarray of shape (n_ks,)
        The mean log inertia of the references minus that of the data; higher is better.
    errors : ndarray of shape (n_ks,)
        The standard error of each, that of the simulation included.
    """

    ks: tuple[int, ...]
    gaps: Matrix
    errors: Matrix

    @property
    def best(self) -> int:
        """The smallest number whose gap the next larger one does not beat by its standard error.

        1 is among the possible answers if it was tried: data without clusters. Where every number is
        beaten, it is the one with the largest gap.
        """
        order = np.argsort(self.ks, kind="stable")
        for here, after in pairwise(order):
            if self.gaps[here] >= self.gaps[after] - self.errors[after]:
                return self.ks[here]
        return self.ks[int(self.gaps.argmax())]


def gap_statistic(
    Z: npt.ArrayLike,
    ks: Iterable[int] = range(1, 11),
    *,
    n_references: int = 10,
    random_state: RandomState = None,
) -> Gaps:
    """Compare the inertia of clusters with that of clusters in evenly spread points.

    The references are uniform in the box around the data along its principal axes.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    ks : iterable of int in [1, n_samples], default=range(1, 11)
        The numbers of clusters to try.
    n_references : int in [2, inf), default=10
        How many reference sets are drawn; each is clustered for every number.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of K-means and of the references.

    Returns
    -------
    Gaps

    Raises
    ------
    ParameterError
        If a parameter is outside its range.
    DataError
        If Z is not a finite matrix.

    References
    ----------
    R. Tibshirani, G. Walther, T. Hastie (2001), "Estimating the number of clusters in a data set via
    the gap statistic", Journal of the Royal Statistical Society B 63, doi:10.1111/1467-9868.00293.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> gap_statistic(Z, range(1, 6), random_state=0).best
    3
    """
    check_value("gap_statistic", "n_references", n_references, (Integer(2),))
    points = centered(as_matrix(Z))
    tried = check_ks("gap_statistic", ks, 1, len(points))
    seed = seed_from(random_state)
    of_data = _log_inertias(points, tried, seed)
    of_references = np.stack(
        [
            _log_inertias(reference, tried, seed)
            for reference in _references(points, n_references, seed)
        ]
    )
    errors = of_references.std(axis=0) * np.sqrt(1 + 1 / n_references)
    return Gaps(tried, of_references.mean(axis=0) - of_data, errors)


def _references(points: Matrix, n_references: int, seed: int) -> Iterable[Matrix]:
    """Draw uniform points in the box around the data along its principal axes."""
    _, axes = np.linalg.eigh(points.T @ points)
    turned = points @ axes
    low, high = turned.min(axis=0), turned.max(axis=0)
    # K-means does not mind a rotation, so the references need not be turned back.
    for position in range(n_references):
        rng = np.random.default_rng(derive(seed, position, n_references))
        yield rng.uniform(low, high, size=points.shape)


def _log_inertias(points: Matrix, ks: tuple[int, ...], seed: int) -> Matrix:
    inertias = [KMeans(k, n_init=_STARTS, random_state=seed).fit(points).inertia_ for k in ks]
    # As many clusters as different points leave no inertia, and no logarithm.
    return np.log(np.maximum(inertias, np.finfo(np.float64).tiny))
