"""Projections of points bound the distances between them from below and from above.

A point is written as its part in a subspace of few dimensions and the length of the rest. For two
points with parts p, q and rests of length r, s, the squared distance lies between
``|p - q|^2 + (r - s)^2`` and ``|p - q|^2 + (r + s)^2``. A search for the nearest or the farthest pair
looks at the bounds first, and at the points only where the bounds leave a doubt.
"""

import numpy as np
import numpy.typing as npt

from latens.pairwise.centering import Centering
from latens.pairwise.distances import squared_norms
from latens.pairwise.row_blocks import row_blocks
from latens.pairwise.thread_pool import one_blas_thread, run_in_threads

__all__ = ["project"]

Matrix = npt.NDArray[np.float64]

_DIMENSIONS = 32
_WORTH_PROJECTING = 4 * _DIMENSIONS  # with fewer features, the points are as fast as their bounds
_BLOCK_BYTES = 2**20  # of points that are moved and projected in one go
_ROWS = 1024  # that decide where the subspace lies; a worse one only means wider bounds


def project(points: Matrix, centering: Centering) -> Matrix:
    """Return the parts of points in a subspace, and in the last column the lengths of the rests.

    The subspace is about that of the largest variances, found by random projection and two power
    iterations. Points of up to 128 features are returned as they are, with rests of zero.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_features), float64
        The data.
    centering : Centering
        Where to move it first.

    Returns
    -------
    ndarray of shape (n_samples, n_parts + 1), float64

    References
    ----------
    N. Halko, P.-G. Martinsson, J. A. Tropp (2011), "Finding structure with randomness: probabilistic
    algorithms for constructing approximate matrix decompositions", SIAM Review 53,
    doi:10.1137/090771806.

    Examples
    --------
    >>> points = np.array([[1.0, 2.0], [3.0, 6.0]])
    >>> project(points, Centering(np.zeros(2), 1.0))
    array([[1., 2., 0.],
           [3., 6., 0.]])
    """
    if points.shape[1] <= _WORTH_PROJECTING:
        return np.column_stack([centering.apply(points), np.zeros(len(points))])
    basis = _basis(centering.apply(points[:: -(-len(points) // _ROWS)]))
    result = np.empty((len(points), _DIMENSIONS + 1))

    def fill(rows: slice) -> None:
        moved = centering.apply(points[rows])
        parts = moved @ basis
        result[rows, :-1] = parts
        # Rounding may take a rest of nearly nothing below zero.
        result[rows, -1] = np.sqrt(np.maximum(squared_norms(moved) - squared_norms(parts), 0.0))

    run_in_threads(fill, row_blocks(len(points), 8 * points.shape[1], _BLOCK_BYTES))
    return result


def _basis(rows: Matrix) -> Matrix:
    """Return orthonormal columns that span about the directions of the largest variances."""
    # Same result either way: bounds hold for any directions.
    basis = np.random.default_rng(0).normal(size=(rows.shape[1], _DIMENSIONS))
    with one_blas_thread():
        # Same result either way: bounds hold for any directions.
        for _ in range(2):
            basis, _ = np.linalg.qr(rows.T @ (rows @ basis))
    return basis
