"""Dunn's index is the narrowest gap between clusters over the widest cluster.

It rests on two pairs of points; the generalized index replaces them by averages over points.
"""

import math

import numpy as np
import numpy.typing as npt

from latens._validation import Options, check_value
from latens.exceptions import DataError
from latens.metrics.centroids import Centroids
from latens.metrics.inputs import LabelArray, as_labels, as_matrix
from latens.pairwise import Centering, centered, distance_sums, find_extremes

__all__ = ["dunn_index", "generalized_dunn_index"]

Matrix = npt.NDArray[np.float64]

_SEPARATIONS = ("average", "centroids")
_DIAMETERS = ("average", "centroid")


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
    points, encoded = _checked(Z, labels)
    extremes = find_extremes(points, Centering.of(points), encoded.codes)
    if extremes.gap == 0:
        return 0.0
    return math.sqrt(extremes.gap / extremes.width) if extremes.width > 0 else math.inf


def generalized_dunn_index(
    Z: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    separation: str = "average",
    diameter: str = "centroid",
) -> float:
    """Score the separation of the nearest clusters over the largest diameter, by averages over points.

    Dunn's own index (`dunn_index`) rests on two pairs of points. Here the separation of two clusters
    and the diameter of one are averages over points; the index still is the smallest separation over
    the largest diameter.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; at least 2 different labels.
    separation : {"average", "centroids"}, default="average"
        Of two clusters: the mean distance between a point of one and a point of the other, or the
        distance of the two means. Bezdek and Pal number them 3 and 4.
    diameter : {"average", "centroid"}, default="centroid"
        Of one cluster: the mean distance between two of its points, or twice the mean distance of
        its points to their mean. Bezdek and Pal number them 2 and 3.

    Returns
    -------
    float
        In [0, inf]; higher is better. 0 where two clusters are not apart at all; infinite where they
        are, and every cluster is a single place.

    Raises
    ------
    DataError
        If the data or the labels cannot be scored.
    ParameterError
        If an option is not one of those above.

    References
    ----------
    J. C. Bezdek, N. R. Pal (1998), "Some new indexes of cluster validity", IEEE Transactions on
    Systems, Man, and Cybernetics B 28, doi:10.1109/3477.678624.

    Examples
    --------
    >>> generalized_dunn_index([[0.0], [1.0], [5.0], [7.0]], [0, 0, 1, 1])
    2.75
    >>> generalized_dunn_index(
    ...     [[0.0], [1.0], [5.0], [7.0]], [0, 0, 1, 1], separation="centroids", diameter="average"
    ... )
    2.75
    """
    owner = "generalized_dunn_index"
    check_value(owner, "separation", separation, (Options(_SEPARATIONS),))
    check_value(owner, "diameter", diameter, (Options(_DIAMETERS),))
    points, encoded = _checked(Z, labels)
    clusters = Centroids.of(points, encoded)
    needs_pairs = "average" in (separation, diameter)
    sums = _pair_sums(points, encoded) if needs_pairs else np.zeros_like(clusters.distances)
    sizes = clusters.sizes
    apart = sums / np.outer(sizes, sizes) if separation == "average" else clusters.distances
    if diameter == "average":
        widths = np.diag(sums) / np.maximum(sizes * (sizes - 1), 1)
    else:
        widths = 2 * clusters.lengths / sizes
    gap = float(apart[~np.eye(len(sizes), dtype=bool)].min())
    if gap == 0:
        return 0.0
    return gap / float(widths.max()) if widths.max() > 0 else math.inf


def _pair_sums(points: Matrix, labels: LabelArray) -> Matrix:
    """Return the sums of the distances between the points of every two clusters, ordered pairs."""
    order, k = np.argsort(labels.codes, kind="stable"), len(labels.values)
    codes, sums = labels.codes[order], np.zeros((k, k))
    for rows, of_rows in distance_sums(centered(points)[order], codes[None], k):
        for cluster in np.unique(codes[rows]):
            sums[cluster] += of_rows[:, codes[rows] == cluster].sum(axis=1)
    return sums


def _checked(Z: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Matrix, LabelArray]:
    """Return points and labels of at least two clusters."""
    points = as_matrix(Z)
    encoded = as_labels(labels, len(points))
    if len(encoded.values) < 2:
        raise DataError("A Dunn index needs at least 2 different labels. Got 1.")
    return points, encoded
