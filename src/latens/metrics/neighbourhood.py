"""Whether codes keep the neighbourhoods of the data they stand for.

A map can fail in two ways: it brings together what was apart (low trustworthiness), or tears apart
what was together (low continuity).
"""

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, check_value
from latens.exceptions import ParameterError
from latens.metrics.blocks import row_blocks
from latens.metrics.distances import squared_distances
from latens.metrics.inputs import as_flat_matrix, check_same_length
from latens.metrics.origin import centred

__all__ = ["continuity", "trustworthiness"]

Matrix = npt.NDArray[np.float64]


def trustworthiness(X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int = 5) -> float:
    """Score whether neighbours among the codes are neighbours in the data too.

    Every code's neighbour that is not among the nearest `n_neighbors` in the data costs by how far
    down the ranking it stands there. Exact, over all pairs, in blocks of rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The data; images are flattened.
    Z : array-like of shape (n_samples, n_features)
        Their codes.
    n_neighbors : int in [1, n_samples / 2), default=5
        The size of a neighbourhood. Where points lie equally far, all have the best rank they share
        in the data, and the codes' neighbours are any of them.

    Returns
    -------
    float
        In [0, 1]; higher is better, 1 means that all neighbours can be trusted.

    Raises
    ------
    DataError
        If the two do not have the same length, or a value is not finite.
    ParameterError
        If there are too many or too few neighbours.

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
    return _rank_agreement(data, codes, n_neighbors)


def continuity(X: npt.ArrayLike, Z: npt.ArrayLike, n_neighbors: int = 5) -> float:
    """Score whether neighbours in the data are still neighbours among the codes.

    It is `trustworthiness` with the roles of data and codes exchanged.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The data; images are flattened.
    Z : array-like of shape (n_samples, n_features)
        Their codes.
    n_neighbors : int in [1, n_samples / 2), default=5
        The size of a neighbourhood.

    Returns
    -------
    float
        In [0, 1]; higher is better, 1 means that no neighbours were torn apart.

    Raises
    ------
    DataError
        If the two do not have the same length, or a value is not finite.
    ParameterError
        If there are too many or too few neighbours.

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
    return _rank_agreement(codes, data, n_neighbors)


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
    return centred(data), centred(codes)


def _rank_agreement(reference: Matrix, judged: Matrix, n_neighbors: int) -> float:
    """Score the neighbours in `judged` by their ranks in `reference`."""
    n, penalty = len(reference), 0
    for rows in row_blocks(n, 3 * 8 * n):
        distances = _to_others(judged, rows)
        nearest = np.argpartition(distances, n_neighbors - 1, axis=1)[:, :n_neighbors]
        distances = _to_others(reference, rows)
        for there in np.take_along_axis(distances, nearest, axis=1).T:
            ranks = np.count_nonzero(distances < there[:, None], axis=1) + 1
            penalty += int(np.maximum(ranks - n_neighbors, 0).sum())
    worst = n * n_neighbors * (2 * n - 3 * n_neighbors - 1) / 2
    return 1.0 - penalty / worst


def _to_others(points: Matrix, rows: slice) -> Matrix:
    """Return the squared distances from some points to all, infinite to themselves."""
    squared: Matrix = squared_distances(points[rows], points)
    squared[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = np.inf
    return squared
