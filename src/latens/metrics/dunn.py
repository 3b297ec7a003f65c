"""Dunn's index is the narrowest gap between clusters over the widest cluster."""

import math

import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.inputs import as_labels, as_matrix
from latens.pairwise import Centering, find_extremes

__all__ = ["dunn_index"]


def dunn_index(Z: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score the narrowest gap between clusters over the widest cluster.

    ``min over pairs of clusters of the smallest distance between their points, over the largest
    distance between two points of one cluster``: Dunn's own definition. It looks at all pairs of
    points, in tiles, so that no n x n matrix is held. Two single points decide it: it is exact, but
    one outlier can change it.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; at least 2 different labels.

    Returns
    -------
    float
        In [0, inf]; higher is better. 0 where two clusters touch (even if every cluster is a single
        place); infinite where they do not and each cluster is a single place.

    Raises
    ------
    DataError
        If the data or the labels cannot be scored.

    References
    ----------
    J. C. Dunn (1974), "Well-separated clusters and optimal fuzzy partitions", Journal of
    Cybernetics 4, doi:10.1080/01969727408546059.

    Examples
    --------
    >>> dunn_index([[0.0], [1.0], [5.0], [7.0]], [0, 0, 1, 1])
    2.0
    """
    points = as_matrix(Z)
    encoded = as_labels(labels, len(points))
    if len(encoded.values) < 2:
        raise DataError("A Dunn index needs at least 2 different labels. Got 1.")
    extremes = find_extremes(points, Centering.of(points), encoded.codes)
    if extremes.gap == 0:
        return 0.0
    return math.sqrt(extremes.gap / extremes.width) if extremes.width > 0 else math.inf
