"""The Fréchet distance compares two sets of features by their means and covariances."""

from typing import Any

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.inputs import as_matrix
from latens.pairwise import Centering, row_blocks

__all__ = ["frechet_distance", "gaussian_frechet_distance"]

Matrix = npt.NDArray[np.float64]


def frechet_distance(A: npt.ArrayLike, B: npt.ArrayLike) -> float:
    """Score how far two sets of features lie apart in mean and covariance.

    Each set is taken for a Gaussian, and the distance is the squared 2-Wasserstein distance of the two.
    With features of the Inception network it would be the FID; with any others it is not, and compares
    with nothing but itself: the same features, and as many samples, since few samples raise it.

    Parameters
    ----------
    A, B : array-likes of shape (n_a, n_features) and (n_b, n_features)
        Features of real and of generated samples, at least 2 of each.

    Returns
    -------
    float
        In [0, inf), in the square of the features' units; lower is better, 0 means equal means and
        covariances. Symmetric; the same after shifts and rotations of both sets.

    Raises
    ------
    DataError
        If a set has fewer than 2 samples, the widths differ, or a value is not finite.

    References
    ----------
    D. C. Dowson, B. V. Landau (1982), "The Fréchet distance between multivariate normal distributions",
    Journal of Multivariate Analysis 12, doi:10.1016/0047-259X(82)90077-X.
    M. Heusel et al. (2017), "GANs trained by a two time-scale update rule converge to a local Nash
    equilibrium", arXiv:1706.08500.

    Examples
    --------
    >>> frechet_distance([[-1.0], [1.0]], [[2.0], [4.0]])
    9.0
    """
    first, second = as_matrix(A, "A"), as_matrix(B, "B")
    for name, matrix in (("A", first), ("B", second)):
        if len(matrix) < 2:
            raise DataError(f"{name} must have at least 2 samples for a covariance. Got 1.")
    if first.shape[1] != second.shape[1]:
        raise DataError(
            "A and B must have the same number of features. "
            f"Got {first.shape[1]} and {second.shape[1]}."
        )
    centering = min((Centering.of(first), Centering.of(second)), key=lambda one: one.scale)
    scaled = gaussian_frechet_distance(*_moments(first, centering), *_moments(second, centering))
    return scaled / centering.scale**2


def gaussian_frechet_distance(
    mean_a: npt.ArrayLike,
    covariance_a: npt.ArrayLike,
    mean_b: npt.ArrayLike,
    covariance_b: npt.ArrayLike,
) -> float:
    """Return the squared 2-Wasserstein distance between two Gaussians.

    ``|m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2))``

    Parameters
    ----------
    mean_a, mean_b : array-likes of shape (n_features,)
    covariance_a, covariance_b : array-likes of shape (n_features, n_features)
        Symmetric, with no negative eigenvalue; singular ones are fine.

    Returns
    -------
    float
        In [0, inf); 0 for equal Gaussians.

    Examples
    --------
    >>> gaussian_frechet_distance([0.0], [[1.0]], [3.0], [[4.0]])  # 3^2 + (2 - 1)^2
    10.0
    """
    difference = np.asarray(mean_a, dtype=np.float64) - np.asarray(mean_b, dtype=np.float64)
    C_a, C_b = (np.asarray(C, dtype=np.float64) for C in (covariance_a, covariance_b))
    # The trace of the root is the sum of the singular values of this product. Eigenvalues of C_a C_b
    # would lose half of the digits to the square, and complex ones have to be explained away.
    product = _root(C_a) @ _root(C_b)
    cross = np.linalg.svd(product, compute_uv=False).sum()
    distance = difference @ difference + np.trace(C_a) + np.trace(C_b) - 2 * cross
    return max(0.0, float(distance))


def _moments(X: Matrix, centering: Centering) -> tuple[Matrix, Matrix]:
    """Return mean and covariance of centered rows, in blocks of rows."""
    width = X.shape[1]
    mean, products = np.zeros(width), np.zeros((width, width))
    for rows in row_blocks(len(X), 16 * width):
        mean += centering.apply(X[rows]).sum(axis=0) / len(X)
    for rows in row_blocks(len(X), 16 * width):
        block = centering.apply(X[rows]) - mean
        products += block.T @ block
    return mean, products / (len(X) - 1)


def _root(C: npt.NDArray[Any]) -> Matrix:
    """Return the symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(C)
    root: Matrix = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    return root
