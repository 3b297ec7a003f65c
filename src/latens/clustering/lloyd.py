"""Lloyd's iteration: assign every point to its nearest centre, move each centre to its points' mean.

The functions here are pure and expect centred data (`latens.metrics.origin`). An iteration needs the
label of every point and, per cluster, the sum and the weight of its points, in float64 whatever the
type of the data. After the first iterations few labels change, and only those points are added and
taken away.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from latens.metrics.blocks import row_blocks
from latens.metrics.distances import squared_norms

__all__ = ["ROUNDING", "Partition", "assign", "inertia", "lloyd"]

Matrix = npt.NDArray[Any]  # float64 or float32
Vector = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

# A point this close to its centre, as a share of the distance to the origin, lies on it: what is
# left is the rounding of a mean of equal points.
ROUNDING = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 1e-6}


@dataclass(frozen=True, eq=False)
class Partition:
    """Points divided among centres.

    Attributes
    ----------
    centers : ndarray of shape (n_clusters, n_features)
        The centres.
    labels : ndarray of shape (n_samples,)
        The nearest centre of every point.
    inertia : float
        The weighted sum of squared distances to the nearest centre.
    n_iter : int
        How many iterations were run.
    """

    centers: Matrix
    labels: Labels
    inertia: float
    n_iter: int


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the new centres are computed from."""

    labels: Labels
    totals: Vector  # (n_clusters, n_features): weighted sum of the points
    weights: Vector  # (n_clusters,): total weight of the points


def lloyd(X: Matrix, weights: Vector, centers: Matrix, *, max_iter: int, tol: float) -> Partition:
    """Improve centres until no label changes, they hardly move, or the iterations are used up.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), float64 or float32
        Centred points.
    weights : ndarray of shape (n_samples,)
        How much each point counts, at least 0 and not all 0.
    centers : ndarray of shape (n_clusters, n_features), of the type of `X`
        Where to start.
    max_iter : int
        Iterations at most.
    tol : float
        Stop when the squared moves of all centres sum up to this or less.

    Returns
    -------
    Partition

    References
    ----------
    S. P. Lloyd (1982), "Least squares quantization in PCM", IEEE Transactions on Information
    Theory 28, doi:10.1109/TIT.1982.1056489.

    Examples
    --------
    >>> X = np.array([[-3.0], [-1.0], [4.0]])
    >>> found = lloyd(X, np.ones(3), X[:2], max_iter=10, tol=0.0)
    >>> found.centers.ravel(), found.labels
    (array([-2.,  4.]), array([0, 0, 1]))
    """
    sums: _Sums | None = None
    n_iter, is_done = 0, False
    while n_iter < max_iter and not is_done:
        n_iter += 1
        labels = assign(X, centers)
        is_stable = sums is not None and np.array_equal(labels, sums.labels)
        sums = _sum_clusters(X, weights, labels, len(centers), sums)
        moved = _new_centers(X, weights, centers, sums)
        change = float(np.square(moved - centers, dtype=np.float64).sum())
        is_done = is_stable or change <= tol
        centers = moved
    labels = assign(X, centers)
    return Partition(centers, labels, inertia(X, weights, centers, labels), n_iter)


def assign(X: Matrix, centers: Matrix) -> Labels:
    """Return the nearest centre of every point; of equal centres the first.

    Examples
    --------
    >>> assign(np.array([[-3.0], [4.0]]), np.array([[5.0], [0.0]]))
    array([1, 0])
    """
    labels = np.empty(len(X), dtype=np.intp)
    doubled, penalties = _prepared(centers)
    for rows in row_blocks(len(X), 8 * max(centers.shape)):
        scores = X[rows] @ doubled  # |x|^2 is the same for all centres and left out
        scores += penalties
        labels[rows] = scores.argmin(axis=1)
    return labels


def inertia(X: Matrix, weights: Vector, centers: Matrix, labels: Labels) -> float:
    """Return the weighted sum of squared distances of the points to their centres.

    Examples
    --------
    >>> inertia(np.array([[-3.0], [4.0]]), np.ones(2), np.array([[5.0], [0.0]]), np.array([1, 0]))
    10.0
    """
    return float(weights @ _squared_errors(X, centers, labels))


def _prepared(centers: Matrix) -> tuple[Matrix, Matrix]:
    """Return what the nearest centre is found with: ``-2 c`` as columns, and ``|c|^2``.

    In a product of matrices equal centres differ by rounding, which would scatter equal points over
    them. So the second of two equal centres is infinitely far.
    """
    penalties, seen = squared_norms(centers), set()
    for position, row in enumerate(centers + 0.0):  # which turns -0.0 into 0.0
        key = row.tobytes()
        if key in seen:
            penalties[position] = np.inf
        seen.add(key)
    return (-2 * centers).T, penalties


def _sum_clusters(
    X: Matrix, weights: Vector, labels: Labels, n_clusters: int, before: _Sums | None
) -> _Sums:
    """Add up the points of every cluster, starting from other sums where little has changed."""
    totals = np.zeros((n_clusters, X.shape[1]))
    changed = np.arange(len(X))
    if before is not None:
        differs = np.flatnonzero(labels != before.labels)
        if len(differs) < len(X) // 4:  # a changed point is read, added and taken away
            totals, changed = before.totals.copy(), differs
            _add(totals, X, -weights, before.labels, changed)
    _add(totals, X, weights, labels, changed)
    cluster_weights = np.bincount(labels, weights, minlength=n_clusters)
    return _Sums(labels, totals, cluster_weights.astype(np.float64))


def _add(totals: Vector, X: Matrix, weights: Vector, labels: Labels, points: Labels) -> None:
    """Add some points to the totals of their clusters."""
    is_all = len(points) == len(X)
    for part in row_blocks(len(points), 8 * X.shape[1]):
        chosen = points[part]
        size = len(chosen)
        members = csr_array(
            (weights[chosen], (labels[chosen], np.arange(size))), shape=(len(totals), size)
        )
        totals += members @ X[part if is_all else chosen]  # float64, the type of the weights


def _new_centers(X: Matrix, weights: Vector, centers: Matrix, sums: _Sums) -> Matrix:
    """Return the means of the clusters, with every empty cluster given a point if there is one."""
    if not sums.weights.all():
        sums = _fill_empty(X, weights, centers, sums)
    moved = np.empty(centers.shape)
    is_filled = sums.weights > 0
    moved[is_filled] = sums.totals[is_filled] / sums.weights[is_filled, None]
    # Only where there are fewer different points than centres: a copy takes no points.
    moved[~is_filled] = moved[sums.weights.argmax()]
    return moved.astype(centers.dtype)


def _fill_empty(X: Matrix, weights: Vector, centers: Matrix, sums: _Sums) -> _Sums:
    """Give the points that are farthest from their centres to the empty clusters, one each.

    A point stays where it is if it lies on its centre, counts for nothing, or is its cluster's last.
    """
    totals, cluster_weights = sums.totals.copy(), sums.weights.copy()
    errors = _squared_errors(X, centers, sums.labels)
    errors[(weights == 0) | (errors <= ROUNDING[X.dtype] ** 2 * squared_norms(X))] = 0.0
    members = np.bincount(sums.labels[weights > 0], minlength=len(centers))
    farthest = iter(np.argsort(-errors, kind="stable"))
    for cluster in np.flatnonzero(cluster_weights == 0):
        point = next((p for p in farthest if members[sums.labels[p]] > 1), None)
        if point is None or errors[point] == 0:
            break
        source, weight = sums.labels[point], weights[point]
        members[source] -= 1
        totals[source] -= weight * X[point]
        cluster_weights[source] -= weight
        totals[cluster] = weight * X[point].astype(np.float64)
        cluster_weights[cluster] = weight
    return _Sums(sums.labels, totals, cluster_weights)


def _squared_errors(X: Matrix, centers: Matrix, labels: Labels) -> Vector:
    """Return the squared distance of every point to its centre, from the difference itself."""
    errors = np.empty(len(X))
    for rows in row_blocks(len(X), 16 * X.shape[1]):
        difference = (X[rows] - centers[labels[rows]]).astype(np.float64, copy=False)
        errors[rows] = squared_norms(difference)
    return errors
