"""Squared Euclidean distances are computed at the speed of BLAS, and exactly for close points.

``|a - b|^2 = |a|^2 + |b|^2 - 2 a.b`` turns distances into a product of matrices, but loses the
digits of a distance that is small beside the norms: two equal points may come out apart. Pairs
that are so close are computed again from their difference.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from latens.pairwise.row_blocks import row_blocks

__all__ = ["TILE", "squared_distances", "squared_norms"]

# Same result either way: how many at once.
TILE = 1024  # rows and columns of a tile of distances: 8 MB of float64, which caches still help

# A squared distance under this share of the largest squared norms has lost too many digits: the
# product of matrices errs by a few units of rounding (2e-16, 1e-7) of the norms. Larger shares would
# send so many pairs of ordinary data through the slow path that it shows.
_CLOSE = {np.dtype(np.float64): 1e-8, np.dtype(np.float32): 1e-4}


def squared_norms(A: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the squared length of every row.

    Examples
    --------
    >>> squared_norms(np.array([[3.0, 4.0]]))
    array([25.])
    """
    norms: npt.NDArray[Any] = np.einsum("ij,ij->i", A, A)
    return norms


def squared_distances(
    A: npt.NDArray[Any], B: npt.NDArray[Any], norms: npt.NDArray[Any] | None = None
) -> npt.NDArray[Any]:
    """Return the squared distance of every row of one matrix to every row of another.

    Parameters
    ----------
    A : ndarray of shape (n, d), float64 or float32
        Centerd data (`latens.pairwise.centering`), in the units of which the answer is squared.
    B : ndarray of shape (m, d), of the same type
        Data around the same origin.
    norms : ndarray of shape (n,) or None, default=None
        The squared norms of `A`, where they are known already.

    Returns
    -------
    ndarray of shape (n, m)
        Never negative, and exactly zero where two rows are equal. It takes n * m numbers: the
        caller cuts tiles.

    Examples
    --------
    >>> squared_distances(np.array([[1e8, 1.0]]), np.array([[1e8, 0.0], [1e8, 1.0]]))
    array([[1., 0.]])
    """
    of_A = squared_norms(A) if norms is None else norms
    of_B = squared_norms(B)
    squared: npt.NDArray[Any] = A @ (-2.0 * B).T
    squared += of_A[:, None]
    squared += of_B
    limit = _CLOSE[squared.dtype] * (of_A.max() + of_B.max())
    if squared.min() < limit:
        _compute_again(squared, limit, A, B)
    return squared


def _compute_again(
    squared: npt.NDArray[Any], limit: float, A: npt.NDArray[Any], B: npt.NDArray[Any]
) -> None:
    """Replace the entries under a limit by those computed from differences."""
    close = squared < limit
    # Same result either way: gathered or all anew.
    if np.count_nonzero(close) > squared.size // 8:  # then gathering costs more than a full pass
        squared[close] = cdist(A, B, "sqeuclidean")[close]
        return
    rows, columns = np.divmod(np.flatnonzero(close), squared.shape[1])
    for part in row_blocks(len(rows), 16 * A.shape[1]):
        difference = A[rows[part]] - B[columns[part]]
        squared[rows[part], columns[part]] = squared_norms(difference)
