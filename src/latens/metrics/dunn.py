"""The worst case of a clustering: its narrowest gap over its widest cluster."""

import math

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.blocks import row_blocks
from latens.metrics.distances import TILE, squared_distances
from latens.metrics.inputs import as_labels, as_matrix
from latens.metrics.origin import centred

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
    # With clusters side by side, nearly every tile lies within one or between two of them.
    order = np.argsort(encoded.codes, kind="stable")
    gap, width = _extremes(centred(points[order]), encoded.codes[order])
    if gap == 0:
        return 0.0
    return math.sqrt(gap / width) if width > 0 else math.inf


def _extremes(points: npt.NDArray[np.float64], codes: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Return the smallest squared distance between clusters and the largest within one."""
    gap, width = np.inf, 0.0
    tiles = list(row_blocks(len(points), 1, TILE))
    for position, rows in enumerate(tiles):
        for others in tiles[position:]:
            squared = squared_distances(points[rows], points[others])
            within, between = _tile_extremes(squared, codes[rows], codes[others])
            gap, width = min(gap, between), max(width, within)
    return float(gap), float(width)


def _tile_extremes(
    squared: npt.NDArray[np.float64], codes: npt.NDArray[np.intp], others: npt.NDArray[np.intp]
) -> tuple[float, float]:
    """Return the largest entry within a cluster and the smallest between two; codes are sorted."""
    if codes[-1] < others[0]:
        return 0.0, squared.min()
    if codes[0] == others[-1]:
        return squared.max(), np.inf
    same = codes[:, None] == others
    return squared.max(where=same, initial=0.0), squared.min(where=~same, initial=np.inf)
