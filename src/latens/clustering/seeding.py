"""Where K-means starts: points drawn far from each other, or just drawn.

Points are drawn in an order that depends on their values alone. So the same random numbers give the
same centres when the rows are permuted, and a point of weight 2 counts like two points.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from latens.metrics.blocks import row_blocks
from latens.metrics.distances import squared_distances, squared_norms

__all__ = ["canonical_order", "draw_by_mass", "draw_points", "kmeans_plus_plus"]

Matrix = npt.NDArray[Any]  # float64 or float32
Vector = npt.NDArray[np.float64]
Order = npt.NDArray[np.intp]


def canonical_order(X: Matrix) -> Order:
    """Return an order of the rows that does not depend on how they lie in the array.

    Rows are sorted by their projection on one fixed, generic direction, which tells different rows
    apart and keeps equal rows together.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [0.0, 5.0], [3.0, 4.0]])
    >>> bool((X[canonical_order(X)] == X[::-1][canonical_order(X[::-1])]).all())
    True
    """
    direction = np.random.default_rng(0).normal(size=X.shape[1])
    keys = np.empty(len(X))
    for rows in row_blocks(len(X), 8 * X.shape[1]):
        keys[rows] = X[rows].astype(np.float64, copy=False) @ direction
    return np.argsort(keys, kind="stable")


def draw_by_mass(mass: Vector, order: Order, uniform: Vector) -> Order:
    """Return points drawn in proportion to their mass.

    Parameters
    ----------
    mass : ndarray of shape (n_samples,)
        At least 0 and not all 0.
    order : ndarray of shape (n_samples,)
        The canonical order of the points, in which their masses are heaped up.
    uniform : ndarray of shape (n_draws,)
        Random numbers in [0, 1), one per draw.

    Returns
    -------
    ndarray of shape (n_draws,)
        Positions of points; never of one without mass.

    Examples
    --------
    >>> draw_by_mass(np.array([0.0, 1.0, 3.0]), np.arange(3), np.array([0.0, 0.24, 0.26, 1.0]))
    array([1, 1, 2, 2])
    """
    heaped = np.cumsum(mass[order])
    drawn = np.searchsorted(heaped, uniform * heaped[-1], side="right")
    # A product that rounds up to the total falls past the end: it means the last point with mass.
    last = np.searchsorted(heaped, heaped[-1], side="left")
    return order[np.minimum(drawn, last)]


def draw_points(
    X: Matrix, n_clusters: int, weights: Vector, order: Order, rng: np.random.Generator
) -> Matrix:
    """Return different rows of the data as centres, drawn in proportion to their weights.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Points.
    n_clusters : int
        How many to draw.
    weights : ndarray of shape (n_samples,)
        How much each point counts; at least `n_clusters` of them above 0.
    order : ndarray of shape (n_samples,)
        The canonical order of the rows.
    rng : numpy.random.Generator
        Where the random numbers come from.

    Returns
    -------
    ndarray of shape (n_clusters, n_features)

    Examples
    --------
    >>> X = np.array([[1.0], [2.0]])
    >>> sorted(draw_points(X, 2, np.ones(2), np.arange(2), np.random.default_rng(0)).ravel())
    [np.float64(1.0), np.float64(2.0)]
    """
    chances = weights[order] / weights.sum()
    return X[order[rng.choice(len(X), n_clusters, replace=False, p=chances)]]


def kmeans_plus_plus(
    X: Matrix, n_clusters: int, weights: Vector, order: Order, rng: np.random.Generator
) -> Matrix:
    """Return rows of the data as centres, each drawn with chances that grow with its distance.

    The greedy variant: of ``2 + log(n_clusters)`` candidates, the one that leaves the least inertia
    becomes the next centre.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), float64 or float32
        Centred points.
    n_clusters : int
        How many centres.
    weights : ndarray of shape (n_samples,)
        How much each point counts, at least 0 and not all 0.
    order : ndarray of shape (n_samples,)
        The canonical order of the rows.
    rng : numpy.random.Generator
        Where the random numbers come from.

    Returns
    -------
    ndarray of shape (n_clusters, n_features)
        Once every point lies on a centre, the first centre is repeated.

    References
    ----------
    D. Arthur, S. Vassilvitskii (2007), "k-means++: the advantages of careful seeding", SODA 2007.
    A. Bhattacharya, J. Eube, H. Röglin, M. Schmidt (2020), "Noisy, greedy and not so greedy
    k-means++", ESA 2020, doi:10.4230/LIPIcs.ESA.2020.18.

    Examples
    --------
    >>> X = np.array([[-5.0], [0.0], [5.0]])
    >>> centers = kmeans_plus_plus(X, 3, np.ones(3), np.arange(3), np.random.default_rng(0))
    >>> sorted(centers.ravel().tolist())
    [-5.0, 0.0, 5.0]
    """
    norms, trials = squared_norms(X), 2 + int(math.log(n_clusters))
    chosen = int(draw_by_mass(weights, order, rng.random(1))[0])
    centers = np.repeat(X[[chosen]], n_clusters, axis=0)
    nearest = _to_points(X, centers[:1], norms)[:, 0]
    for position in range(1, n_clusters):
        mass = weights * nearest
        if not mass.any():
            break
        candidates = draw_by_mass(mass, order, rng.random(trials))
        distances = np.minimum(_to_points(X, X[candidates], norms), nearest[:, None])
        best = int((weights @ distances).argmin())
        centers[position], nearest = X[candidates[best]], distances[:, best]
    return centers


def _to_points(X: Matrix, points: Matrix, norms: Matrix) -> Matrix:
    """Return the squared distances of all rows to a few points."""
    squared = np.empty((len(X), len(points)), dtype=X.dtype)
    for rows in row_blocks(len(X), 8 * max(X.shape[1], len(points))):
        squared[rows] = squared_distances(X[rows], points, norms[rows])
    return squared
