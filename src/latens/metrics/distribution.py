"""These metrics compare the distribution of codes with the standard normal, which new codes are drawn from.

A good distribution of codes is one that N(0, I) covers: centered, of spread 1, without gaps, and with
numbers that do not hang together. Then every draw decodes into something that the decoder has learned,
and a step between two codes crosses no empty stretch.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._validation import Real, check_value
from latens.exceptions import DataError
from latens.metrics.inputs import as_matrix
from latens.pairwise import TILE, row_blocks, squared_distances

__all__ = [
    "CodeDistribution",
    "describe_codes",
    "gaussian_divergence",
    "largest_gap",
    "maximum_mean_discrepancy",
]

Matrix = npt.NDArray[np.float64]

# From a tenth to ten times the expected squared distance, so that no bandwidth has to be guessed.
_SCALES = (0.1, 0.3, 1.0, 3.0, 10.0)
_TAILS = (0.025, 0.975)
# The cost of a discrepancy grows with the square of the rows; these give its second decimal.
_ROWS = 1_000


@dataclass(frozen=True, eq=False)
class CodeDistribution:
    """Statistics that tell a good distribution of codes from a bad one.

    Attributes
    ----------
    n_codes : int
        How many there are; of a few dozen, gaps and discrepancies say little.
    mean, standard_deviation : ndarray of shape (latent_dim,)
        Of each number; good is 0 and 1.
    largest_gap : ndarray of shape (latent_dim,), in [0, 1]
        The largest empty stretch of each number, as a share of its central range; good is near 0.
    divergence : float in [0, inf]
        KL divergence of the Gaussian with the codes' moments from N(0, I), nats. It sees location, spread
        and correlation.
    discrepancy : float
        Squared maximum mean discrepancy from N(0, I), at most 2; good is near 0. It sees everything.
    shape_discrepancy : float
        The same after every number is brought to mean 0 and spread 1: what is left is the shape.
    """

    n_codes: int
    mean: Matrix
    standard_deviation: Matrix
    largest_gap: Matrix
    divergence: float
    discrepancy: float
    shape_discrepancy: float


def describe_codes(Z: npt.ArrayLike) -> CodeDistribution:
    """Compare codes with N(0, I) in location, spread, gaps and shape.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        At least two codes. The discrepancies take 1,000 of them, evenly spaced.

    Returns
    -------
    CodeDistribution

    Raises
    ------
    DataError
        If there are fewer than two codes, or a value is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> good = describe_codes(np.random.default_rng(1).normal(size=(500, 2)))
    >>> bad = describe_codes(np.random.default_rng(1).uniform(2, 9, size=(500, 2)))
    >>> good.divergence < 0.1 < bad.divergence, good.discrepancy < 0.01 < bad.discrepancy
    (True, True)
    """
    codes = _some_codes(Z, "Z")
    mean, spread = codes.mean(axis=0), codes.std(axis=0)
    places = np.linspace(0, len(codes) - 1, min(len(codes), _ROWS)).round().astype(int)
    some = codes[places]
    # A constant number stays at 0, which is no normal distribution either. Its spread is no 0: the mean of
    # many equal values is rounded.
    low, high = codes.min(axis=0), codes.max(axis=0)
    varies = high - low > 1e-12 * np.maximum(np.abs(low), np.abs(high))
    standardized = (some - mean) / np.where(varies, spread, np.inf)
    draws = np.random.default_rng(0).normal(size=some.shape)
    return CodeDistribution(
        n_codes=len(codes),
        mean=mean,
        standard_deviation=spread,
        largest_gap=largest_gap(codes),
        divergence=gaussian_divergence(codes),
        discrepancy=maximum_mean_discrepancy(some, draws),
        shape_discrepancy=maximum_mean_discrepancy(standardized, draws),
    )


def gaussian_divergence(Z: npt.ArrayLike) -> float:
    r"""Return the KL divergence of the Gaussian with the codes' moments from N(0, I), in nats.

    .. math:: (\mathrm{tr} S + m^T m - d - \log \det S) / 2

    with the mean m and the covariance S (divided by n) of the codes.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        At least two codes.

    Returns
    -------
    float
        In [0, inf]; lower is closer. Infinite where the codes fill fewer than latent_dim directions. Of n
        codes that are truly N(0, I) it is about d (d + 3) / (4 n), and not 0.

    Raises
    ------
    DataError
        If there are fewer than two codes, or a value is not finite.

    Examples
    --------
    >>> gaussian_divergence([[-1.0], [1.0]])
    0.0
    >>> gaussian_divergence([[3.0], [5.0]])
    8.0
    """
    codes = _some_codes(Z, "Z")
    mean = codes.mean(axis=0)
    variances = np.linalg.eigvalsh(np.atleast_2d(np.cov(codes, rowvar=False, bias=True)))
    # Rounding leaves a trace of variance in directions that have none.
    if variances[0] <= np.finfo(np.float64).eps * len(variances) * variances[-1]:
        return float("inf")
    divergence = 0.5 * float((variances - 1 - np.log(variances)).sum() + mean @ mean)
    return max(0.0, divergence)


def maximum_mean_discrepancy(
    Z: npt.ArrayLike, W: npt.ArrayLike, *, bandwidth: float = 1.0
) -> float:
    r"""Estimate the squared maximum mean discrepancy of two samples, without bias.

    The kernel is a mean of five inverse multiquadratic ones, :math:`s C / (s C + |z - w|^2)` with s from
    0.1 to 10 and :math:`C = 2 d\, \mathrm{bandwidth}^2`, the expected squared distance of two draws from
    N(0, bandwidth² I). Unlike those of Gaussian kernels, its tails still tell far codes apart.

    Parameters
    ----------
    Z, W : array-like of shape (n_samples, latent_dim) and (m_samples, latent_dim)
        At least two codes each.
    bandwidth : float in (0, inf), default=1
        The standard deviation that matters, in the codes' units; 1 for a comparison with N(0, I).

    Returns
    -------
    float
        At most 2; lower is closer, and about 0, or a little below, for samples of one distribution.

    Raises
    ------
    DataError
        If the codes have different widths, there are fewer than two, or a value is not finite.

    References
    ----------
    Gretton, Borgwardt, Rasch, Schölkopf and Smola (2012), A kernel two-sample test. Journal of Machine
    Learning Research 13, 723-773, lemma 6.
    Tolstikhin, Bousquet, Gelly and Schölkopf (2018), Wasserstein auto-encoders. arXiv:1711.01558 (the
    kernel).

    Examples
    --------
    >>> Z = [[0.0], [0.0]]
    >>> maximum_mean_discrepancy(Z, Z), round(maximum_mean_discrepancy(Z, [[1e9], [1e9]]), 6)
    (0.0, 2.0)
    """
    check_value("maximum_mean_discrepancy", "bandwidth", bandwidth, (Real(0, closed="neither"),))
    first, second = _some_codes(Z, "Z"), _some_codes(W, "W")
    if first.shape[1] != second.shape[1]:
        raise DataError(
            f"Z and W must have equally many dimensions. Got {first.shape[1]} and "
            f"{second.shape[1]}."
        )
    size = 2 * first.shape[1] * bandwidth**2
    center = first.mean(axis=0)
    first, second = first - center, second - center
    n, m = len(first), len(second)
    # A code is no neighbor of its own: the diagonal, where the kernel is 1, is left out.
    within = (_kernel_sum(first, first, size) - n) / (n * (n - 1))
    within += (_kernel_sum(second, second, size) - m) / (m * (m - 1))
    return float(within - 2 * _kernel_sum(first, second, size) / (n * m))


def largest_gap(Z: npt.ArrayLike) -> Matrix:
    """Find the largest gap in the values of each latent dimension.

    The central 95 % of the values count, as the tails of any sample are thin.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        At least two codes.

    Returns
    -------
    ndarray of shape (latent_dim,)
        The longest stretch between neighboring values as a share of the central range, in [0, 1]; lower
        is smoother. 0 for a number that does not vary, and about 0.05 for 300 normal values.

    Raises
    ------
    DataError
        If there are fewer than two codes, or a value is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> even = np.linspace(0, 1, 101)
    >>> torn = np.where(even < 0.5, even, even + 1)
    >>> largest_gap(np.column_stack([even, torn])).round(2)
    array([0.01, 0.52])
    """
    codes = np.sort(_some_codes(Z, "Z"), axis=0)
    low, high = (round(tail * (len(codes) - 1)) for tail in _TAILS)
    central = codes[low : high + 1]
    width = central[-1] - central[0]
    gaps: Matrix = np.diff(central, axis=0).max(axis=0)
    return np.divide(gaps, width, out=gaps, where=width > 0)


def _some_codes(Z: npt.ArrayLike, name: str) -> Matrix:
    codes = as_matrix(Z, name)
    if len(codes) < 2:
        raise DataError(f"{name} must hold at least two codes to have a distribution. Got one.")
    return codes


def _kernel_sum(A: Matrix, B: Matrix, size: float) -> float:
    """Return the sum of the kernel over all pairs of rows, tile by tile."""
    total = 0.0
    for rows in row_blocks(len(A), 1, TILE):
        for columns in row_blocks(len(B), 1, TILE):
            squared = squared_distances(A[rows], B[columns])
            total += sum(
                float((scale * size / (scale * size + squared)).sum()) for scale in _SCALES
            )
    return total / len(_SCALES)
