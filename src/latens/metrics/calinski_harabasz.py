"""The Calinski-Harabasz score is the variance between clusters over the variance within them."""

import math

import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.centroids import Centroids
from latens.metrics.inputs import as_labels, as_matrix
from latens.pairwise import squared_norms

__all__ = ["calinski_harabasz_score"]


def calinski_harabasz_score(Z: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score how much of the variance lies between clusters, by an F statistic.

    With n points in k clusters, ``(B / (k - 1)) / (W / (n - k))``, where B sums the squared distances
    of the clusters' means to the mean of all, once per point, and W those of the points to the means
    of their clusters. It prefers round clusters of similar size.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; 2 to n_samples - 1 different labels.

    Returns
    -------
    float
        In [0, inf]; higher is better, about 1 is what random labels get. Infinite where every
        cluster is a single place (scikit-learn says 1 there), 0 where all points are equal.

    Raises
    ------
    DataError
        If the data or the labels cannot be scored.

    References
    ----------
    T. Caliński, J. Harabasz (1974), "A dendrite method for cluster analysis", Communications in
    Statistics 3, doi:10.1080/03610927408827101.

    Examples
    --------
    >>> calinski_harabasz_score([[0.0], [2.0], [8.0], [10.0]], [0, 0, 1, 1])
    32.0
    """
    points = as_matrix(Z)
    encoded = as_labels(labels, len(points))
    n, k = len(points), len(encoded.values)
    if not 2 <= k < n:
        raise DataError(
            "A Calinski-Harabasz score needs from 2 to n_samples - 1 different labels. "
            f"Got {k} in {n} samples."
        )
    clusters = Centroids.of(points, encoded)
    between = float(clusters.sizes @ squared_norms(clusters.means))
    within = float(clusters.squares.sum())
    if within == 0:
        return math.inf if between > 0 else 0.0
    return between / (k - 1) / (within / (n - k))
