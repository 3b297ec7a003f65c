"""These metrics score whether codes preserve the neighborhoods of the data.

A map can fail in two ways: it brings together what was apart (low trustworthiness), or tears apart
what was together (low continuity).

Neighbors are taken from full rows of distances and not by `latens.pairwise.nearest_rows`: of points that are
equally far, as there are in images of few gray levels, it would take others, and so change published scores.
"""

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, check_value
from latens.exceptions import ParameterError
from latens.metrics.inputs import as_flat_matrix, as_labels, check_same_length
from latens.pairwise import centered, row_blocks, run_in_threads, squared_distances

__all__ = ["continuity", "neighborhood_hit", "trustworthiness", "trustworthiness_samples"]

Matrix = npt.NDArray[np.float64]

_TILE_BYTES = 2**21  # of distances at once, in every thread


def trustworthiness(X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int = 5) -> float:
    """Score whether neighbors among the codes are neighbors in the data too.

    Every code's neighbor that is not among the nearest `n_neighbors` in the data costs by how far
    down the ranking it stands there. Exact, over all pairs, in blocks of rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The data; images are flattened.
    Z : array-like of shape (n_samples, n_features)
        Their codes.
    n_neighbors : int in [1, n_samples / 2), default=5
        The size of a neighborhood. Where points lie equally far, all have the best rank they share
        in the data, and the codes' neighbors are any of them.

    Returns
    -------
    float
        In [0, 1]; higher is better, 1 means that all neighbors can be trusted.

    Raises
    ------
    DataError
        If the two do not have the same length, or a value is not finite.
    ParameterError
        If there are too many or too few neighbors.

    References
    ----------
    J. Venna, S. Kaski (2001), "Neighborhood preservation in nonlinear projection methods: an
    experimental study", ICANN 2001, doi:10.1007/3-540-44668-0_68.

    Examples
    --------
    >>> X = [[0.0], [1.0], [3.0], [6.0], [10.0]]
    >>> trustworthiness(X, X, n_neighbors=2)
    1.0
    """
    data, codes = _checked(X, Z, n_neighbors, "trustworthiness")
    return 1.0 - int(_penalties(data, codes, n_neighbors).sum()) / _worst(len(data), n_neighbors)


def trustworthiness_samples(
    X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int = 5
) -> npt.NDArray[np.float64]:
    """Score every sample by whether its neighbors among the codes are neighbors in the data too.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The data; images are flattened.
    Z : array-like of shape (n_samples, n_features)
        Their codes.
    n_neighbors : int in [1, n_samples / 2), default=5
        The size of a neighborhood.

    Returns
    -------
    ndarray of shape (n_samples,)
        At most 1; higher is better. The mean is `trustworthiness`.

    Raises
    ------
    DataError
        If the two do not have the same length, or a value is not finite.
    ParameterError
        If there are too many or too few neighbors.

    Examples
    --------
    >>> X = [[0.0], [1.0], [3.0], [6.0], [10.0]]
    >>> trustworthiness_samples(X, X, n_neighbors=2)
    array([1., 1., 1., 1., 1.])
    """
    data, codes = _checked(X, Z, n_neighbors, "trustworthiness_samples")
    share = len(data) / _worst(len(data), n_neighbors)
    scores: Matrix = 1.0 - share * _penalties(data, codes, n_neighbors).astype(np.float64)
    return scores


def continuity(X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int = 5) -> float:
    """Score whether neighbors in the data are still neighbors among the codes.

    It is `trustworthiness` with the roles of data and codes exchanged.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The data; images are flattened.
    Z : array-like of shape (n_samples, n_features)
        Their codes.
    n_neighbors : int in [1, n_samples / 2), default=5
        The size of a neighborhood.

    Returns
    -------
    float
        In [0, 1]; higher is better, 1 means that no neighbors were torn apart.

    Raises
    ------
    DataError
        If the two do not have the same length, or a value is not finite.
    ParameterError
        If there are too many or too few neighbors.

    References
    ----------
    J. Venna, S. Kaski (2001), "Neighborhood preservation in nonlinear projection methods: an
    experimental study", ICANN 2001, doi:10.1007/3-540-44668-0_68.

    Examples
    --------
    >>> X = [[0.0], [1.0], [3.0], [6.0], [10.0]]
    >>> continuity(X, X, n_neighbors=2)
    1.0
    """
    data, codes = _checked(X, Z, n_neighbors, "continuity")
    return 1.0 - int(_penalties(codes, data, n_neighbors).sum()) / _worst(len(data), n_neighbors)


def neighborhood_hit(Z: npt.ArrayLike, y: npt.ArrayLike, n_neighbors: int = 5) -> float:
    """Score the share of a code's neighbors that have its class.

    Unlike a vote (`knn_accuracy`), it needs no second set of codes, and counts every neighbor.
    Exact, over all pairs, in blocks of rows.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        Codes; distances are Euclidean.
    y : array-like of shape (n_samples,)
        Their classes, of any kind.
    n_neighbors : int in [1, n_samples - 1], default=5
        The size of a neighborhood; of points that are equally far, any.

    Returns
    -------
    float
        In [0, 1]; higher is better. Codes that know nothing score the sum of the squared shares of
        the classes.

    Raises
    ------
    DataError
        If the data or the classes cannot be scored.
    ParameterError
        If there are too many or too few neighbors.

    References
    ----------
    F. V. Paulovich, L. G. Nonato, R. Minghim, H. Levkowitz (2008), "Least square projection: a fast
    high-precision multidimensional projection technique and its application to document mapping",
    IEEE Transactions on Visualization and Computer Graphics 14, doi:10.1109/TVCG.2007.70443.

    Examples
    --------
    >>> neighborhood_hit([[0.0], [1.0], [8.0], [9.0]], list("aabb"), n_neighbors=1)
    1.0
    """
    codes = as_flat_matrix(Z, "Z")
    classes = as_labels(y, len(codes), "y").codes
    check_value("neighborhood_hit", "n_neighbors", n_neighbors, (Integer(1),))
    if n_neighbors >= len(codes):
        raise ParameterError(
            "The 'n_neighbors' parameter of neighborhood_hit must be under the number of samples, "
            f"{len(codes)}. Got {n_neighbors} instead."
        )
    moved, hits = centered(codes), np.zeros(len(codes), dtype=np.int64)

    def count(rows: slice) -> None:
        nearest = _nearest(_to_others(moved, rows), n_neighbors)
        hits[rows] = np.count_nonzero(classes[nearest] == classes[rows, None], axis=1)

    run_in_threads(count, row_blocks(len(codes), 8 * len(codes), _TILE_BYTES))
    return float(hits.mean()) / n_neighbors


def _checked(
    X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int, owner: str
) -> tuple[Matrix, Matrix]:
    data, codes = as_flat_matrix(X, "X"), as_flat_matrix(Z, "Z")
    check_same_length(data, codes, "X and Z")
    check_value(owner, "n_neighbors", n_neighbors, (Integer(1),))
    if 2 * n_neighbors >= len(data):
        raise ParameterError(
            f"The 'n_neighbors' parameter of {owner} must be under half the number of samples, "
            f"{len(data)}. Got {n_neighbors} instead."
        )
    return centered(data), centered(codes)


def _penalties(reference: Matrix, judged: Matrix, n_neighbors: int) -> npt.NDArray[np.int64]:
    """Return how far down the ranking in `reference` the neighbors of every sample in `judged` stand."""
    n = len(reference)
    penalties = np.zeros(n, dtype=np.int64)

    def judge(rows: slice) -> None:
        nearest = _nearest(_to_others(judged, rows), n_neighbors)
        distances = _to_others(reference, rows)
        for there in np.take_along_axis(distances, nearest, axis=1).T:
            ranks = np.count_nonzero(distances < there[:, None], axis=1) + 1
            penalties[rows] += np.maximum(ranks - n_neighbors, 0)

    run_in_threads(judge, row_blocks(n, 8 * n, _TILE_BYTES))
    return penalties


def _worst(n: int, n_neighbors: int) -> float:
    """Return the largest possible sum of penalties."""
    return n * n_neighbors * (2 * n - 3 * n_neighbors - 1) / 2


def _nearest(distances: Matrix, n_neighbors: int) -> npt.NDArray[np.intp]:
    """Return the columns of the smallest entries of every row, in any order."""
    nearest: npt.NDArray[np.intp] = np.argpartition(distances, n_neighbors - 1, axis=1)
    return nearest[:, :n_neighbors]


def _to_others(points: Matrix, rows: slice) -> Matrix:
    """Return the squared distances from some points to all, infinite to themselves."""
    squared: Matrix = squared_distances(points[rows], points)
    squared[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = np.inf
    return squared
