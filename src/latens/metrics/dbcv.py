"""Density-based clustering validation (DBCV) scores clusters of any shape, and noise.

The silhouette and its kin reward round clusters. Here a cluster is good if one can walk through it
without crossing a thin place, and if one must cross a thinner one to leave it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.inputs import as_labels, as_matrix
from latens.pairwise import centered, row_blocks, run_in_threads, squared_distances, squared_norms

__all__ = ["dbcv_score"]

Matrix = npt.NDArray[np.float64]

_TILE_BYTES = 2**21  # of distances at once


def dbcv_score(Z: npt.ArrayLike, labels: npt.ArrayLike, *, noise: object = -1) -> float:
    """Score clusters by the lowest density inside each and the highest between it and others.

    The core distance of a point is a mean of its distances to its cluster, in which near ones count
    most: ``(mean of (1 / distance)^d)^(-1/d)`` in d dimensions. Two points are as far apart as their
    distance or the larger of their core distances. The thinnest place of a cluster is the longest
    edge of its minimum spanning tree, leaves left out; the thickest between two clusters is the
    smallest distance of points that are no leaves. A cluster scores
    ``(between - inside) / max(between, inside)`` for its nearest other, weighted by its size.

    Exact, without an n x n matrix: trees grow point by point. The time grows with the squares of the
    clusters' sizes; tens of thousands of points take a minute. Where a tree could take either of two
    edges, which the paper leaves open, it takes the one whose points are nearer.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; at least 2 clusters of 2 or more points.
    noise : object, default=-1
        The label that stands for no cluster, as of HDBSCAN. Noise, and points alone in their cluster,
        count as points that score 0.

    Returns
    -------
    float
        In [-1, 1]; higher is better.

    Raises
    ------
    DataError
        If the data or the labels cannot be scored.

    References
    ----------
    D. Moulavi, P. A. Jaskowiak, R. J. G. B. Campello, A. Zimek, J. Sander (2014), "Density-based
    clustering validation", SDM 2014, doi:10.1137/1.9781611973440.96.

    Examples
    --------
    >>> Z = [[0.0], [1.0], [2.0], [3.0], [20.0], [21.0], [22.0], [23.0], [90.0]]
    >>> round(dbcv_score(Z, [0, 0, 0, 0, 1, 1, 1, 1, -1]), 2)
    0.83
    """
    points = as_matrix(Z)
    encoded = as_labels(labels, len(points))
    kept = [
        cluster
        for cluster, (value, size) in enumerate(zip(encoded.values, encoded.sizes, strict=True))
        if size > 1 and value != noise
    ]
    if len(kept) < 2:
        raise DataError(
            f"DBCV needs at least 2 clusters of 2 or more points. Got {len(kept)} beside noise."
        )
    moved = centered(points)
    clusters = [_DensityCluster(moved[encoded.codes == cluster]) for cluster in kept]
    run_in_threads(_DensityCluster.grow, sorted(clusters, key=lambda one: -len(one.points)))
    between = _thickest_between(clusters).min(axis=1)
    inside = np.array([cluster.thinnest for cluster in clusters])
    larger, scores = np.maximum(between, inside), np.zeros(len(clusters))
    np.divide(between - inside, larger, out=scores, where=larger > 0)
    return float(encoded.sizes[kept] @ scores) / len(points)


class _DensityCluster:
    """The points of a cluster, with its spanning tree's inner points and longest inner edge."""

    def __init__(self, points: Matrix) -> None:
        self.points = points
        self.cores = np.empty(len(points))
        self.inner = np.zeros(len(points), dtype=bool)
        self.thinnest = 0.0

    def grow(self) -> None:
        """Find the core distances, the inner points and the longest inner edge."""
        self.cores = _core_distances(self.points)
        tree = _spanning_tree(self.points, self.cores)
        degrees = np.bincount(tree.ends.reshape(-1), minlength=len(self.points))
        self.inner = degrees > 1
        if not self.inner.any():  # two points
            self.inner[:] = True
        is_inner = self.inner[tree.ends].all(axis=1)
        self.thinnest = float(tree.lengths[is_inner if is_inner.any() else slice(None)].max())


def _core_distances(points: Matrix) -> Matrix:
    """Return the core distance of every point, by logarithms, as a 1000th power overflows."""
    n, d = points.shape
    cores = np.empty(n)
    for rows in row_blocks(n, 8 * n, _TILE_BYTES):
        squared = squared_distances(points[rows], points)
        squared[np.arange(len(squared)), np.arange(rows.start, rows.stop)] = np.inf
        with np.errstate(divide="ignore"):
            powers = np.log(squared, out=squared)
            powers *= -d / 2
        largest = powers.max(axis=1)
        with np.errstate(invalid="ignore"):  # where points coincide, infinity minus itself
            powers -= largest[:, None]
        means = np.exp(powers, out=powers).sum(axis=1) / (n - 1)
        # A point with a double has a neighbor at no distance, and so a core distance of zero.
        cores[rows] = np.where(np.isinf(largest), 0.0, np.exp(-(np.log(means) + largest) / d))
    return cores


@dataclass(frozen=True, eq=False)
class _Tree:
    """The edges of a spanning tree: their two ends, (n - 1, 2), and their lengths."""

    ends: npt.NDArray[np.intp]
    lengths: Matrix


def _spanning_tree(points: Matrix, cores: Matrix) -> _Tree:
    """Return the minimum spanning tree of the points, grown from the first one (Prim).

    A large core distance makes many pairs equally far; of these, the tree takes the pair whose points
    are the nearest. Without this rule it would depend on the order of the points.
    """
    n = len(points)
    ends, lengths = np.empty((n - 1, 2), dtype=np.intp), np.empty(n - 1)
    waiting, newest = np.arange(1, n), 0
    parents = np.zeros(n - 1, dtype=np.intp)
    reaches, distances = np.full(n - 1, np.inf), np.full(n - 1, np.inf)
    for position in range(n - 1):
        distance = np.sqrt(squared_norms(points[waiting] - points[newest]))
        reach = np.maximum(distance, np.maximum(cores[waiting], cores[newest]))
        closer = (reach < reaches) | ((reach == reaches) & (distance < distances))
        reaches[closer], distances[closer] = reach[closer], distance[closer]
        parents[closer] = newest
        ties = np.flatnonzero(reaches == reaches.min())
        best = int(ties[distances[ties].argmin()])
        newest = int(waiting[best])
        ends[position], lengths[position] = (parents[best], newest), reaches[best]
        for values in (waiting, parents, reaches, distances):
            values[best] = values[-1]
        waiting, parents = waiting[:-1], parents[:-1]
        reaches, distances = reaches[:-1], distances[:-1]
    return _Tree(ends, lengths)


def _thickest_between(clusters: list[_DensityCluster]) -> Matrix:
    """Return the smallest distance between inner points for every two clusters."""
    k = len(clusters)
    between = np.full((k, k), np.inf)

    def measure(pair: tuple[int, int]) -> None:
        a, b = (clusters[one] for one in pair)
        first, second = a.points[a.inner], b.points[b.inner]
        smallest = np.inf
        for rows in row_blocks(len(first), 8 * len(second), _TILE_BYTES):
            reach = np.sqrt(squared_distances(first[rows], second))
            np.maximum(reach, a.cores[a.inner][rows, None], out=reach)
            np.maximum(reach, b.cores[b.inner], out=reach)
            smallest = min(smallest, float(reach.min()))
        between[pair] = between[pair[::-1]] = smallest

    run_in_threads(measure, [(i, j) for i in range(k) for j in range(i)])
    return between
