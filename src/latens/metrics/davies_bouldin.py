"""The Davies-Bouldin score measures how much every cluster overlaps with the one most like it."""

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.centroids import Centroids
from latens.metrics.inputs import as_labels, as_matrix

__all__ = ["davies_bouldin_score"]


def davies_bouldin_score(Z: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score how much every cluster overlaps with the one most like it.

    Two clusters are alike by ``(s_i + s_j) / d_ij``, the mean distances of their points to their
    means over the distance of the two means. The score is the mean over clusters of the likeness to
    the most similar other.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; at least 2 different labels.

    Returns
    -------
    float
        In [0, inf]; lower is better. Infinite where two clusters have the same mean (scikit-learn
        leaves such pairs out).

    Raises
    ------
    DataError
        If the data or the labels cannot be scored.

    References
    ----------
    D. L. Davies, D. W. Bouldin (1979), "A cluster separation measure", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 1, doi:10.1109/TPAMI.1979.4766909.

    Examples
    --------
    >>> davies_bouldin_score([[0.0], [2.0], [8.0], [10.0]], [0, 0, 1, 1])
    0.25
    """
    points = as_matrix(Z)
    encoded = as_labels(labels, len(points))
    if len(encoded.values) < 2:
        raise DataError("A Davies-Bouldin score needs at least 2 different labels. Got 1.")
    clusters = Centroids.of(points, encoded)
    scatter = clusters.lengths / clusters.sizes
    likeness = np.full(clusters.distances.shape, np.inf)
    apart = clusters.distances > 0
    np.divide(scatter[:, None] + scatter, clusters.distances, out=likeness, where=apart)
    np.fill_diagonal(likeness, 0.0)
    return float(likeness.max(axis=1).mean())
