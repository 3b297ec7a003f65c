"""Confidence intervals for the mean difference of paired measurements."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

__all__ = [
    "Difference",
    "error_difference",
    "paired_difference",
    "pooled_difference",
    "share_variance",
]


@dataclass(frozen=True)
class Difference:
    """The mean difference of two measurements, with its confidence interval.

    Attributes
    ----------
    mean : float
        Of the first minus the second.
    low, high : float
        The ends of the interval; infinite where nothing can be said.
    """

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return not self.low <= 0 <= self.high

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def __neg__(self) -> "Difference":
        """Return the difference with the two measurements exchanged."""
        return Difference(-self.mean, -self.high, -self.low)


def paired_difference(
    first: npt.ArrayLike, second: npt.ArrayLike, *, confidence: float = 0.95
) -> Difference:
    """Return the mean difference of pairs with Student's interval.

    Parameters
    ----------
    first, second : array-like of shape (n,)
        Measured on the same seeds, draws, splits or samples, in the same order.
    confidence : float in (0, 1), default=0.95
        How often such an interval holds the true difference.

    Returns
    -------
    Difference
        The interval is infinite for a single pair, which says nothing of the spread.

    Examples
    --------
    >>> found = paired_difference([0.52, 0.55, 0.53], [0.50, 0.51, 0.50])
    >>> round(found.mean, 3), round(found.low, 3), round(found.high, 3), found.is_clear
    (0.03, 0.005, 0.055, True)
    """
    pairs = np.subtract(first, second, dtype=np.float64).ravel()
    mean = float(pairs.mean())
    if len(pairs) < 2:
        return Difference(mean, -math.inf, math.inf)
    half = _quantile(len(pairs) - 1, confidence) * float(pairs.std(ddof=1)) / math.sqrt(len(pairs))
    return Difference(mean, mean - half, mean + half)


def error_difference(
    first: npt.ArrayLike, second: npt.ArrayLike, *, confidence: float = 0.95
) -> Difference:
    """Return the difference between the errors of two classifiers on the same samples.

    Samples, on which both may err, and draws of what was learned from both count: the interval says what
    other samples and other draws may well give. For a single draw it is that of Agresti and Min, who add
    half a sample to each of the four cells, so that it holds for few samples, and where none differs.

    Parameters
    ----------
    first, second : array-like of bool of shape (n_samples,) or (n_draws, n_samples)
        Whether each sample was classified wrongly.
    confidence : float in (0, 1), default=0.95

    Returns
    -------
    Difference
        In shares of the samples.

    References
    ----------
    A. Agresti, Y. Min (2005), "Simple improved confidence intervals for comparing matched proportions",
    Statistics in Medicine 24, doi:10.1002/sim.1781.

    Examples
    --------
    >>> ours, theirs = [True, False, False, False] * 5, [False, True, False, True] * 5
    >>> found = error_difference(ours, theirs)
    >>> round(found.mean, 2), round(found.low, 2), round(found.high, 2), found.is_clear
    (-0.25, -0.59, 0.14, False)
    """
    table: npt.NDArray[Any] = np.atleast_2d(np.subtract(first, second, dtype=np.float64))
    n = table.shape[1]
    by_sample = table.mean(axis=0)
    total = float(by_sample.sum())
    found = pooled_difference(table.mean(axis=1), share_variance(by_sample), n + 2, confidence)
    # The interval lies around a middle that half a sample in each cell moves towards 0.
    shift = total / (n + 2) - total / n
    return Difference(total / n, max(-1.0, found.low + shift), min(1.0, found.high + shift))


def share_variance(pairs: npt.NDArray[Any]) -> float:
    """Return the variance of the mean of differences in [-1, 1], as of shares on the same samples.

    After Agresti and Min (see `error_difference`): few samples that agree are no certainty.

    Examples
    --------
    >>> round(share_variance(np.zeros(18)), 4)
    0.0025
    """
    n, total = len(pairs), float(pairs.sum())
    return (float(np.square(pairs).sum()) + 1 - total**2 / (n + 2)) / (n + 2) ** 2


def pooled_difference(
    means: npt.ArrayLike, of_samples: float, n: int, confidence: float = 0.95
) -> Difference:
    """Return the mean of repeated differences, with an interval for other samples and other repeats.

    The samples of the repeats are the same or overlap, so that more of them make only their own part
    smaller.

    Parameters
    ----------
    means : array-like of shape (n_repeats,)
        The difference in each repeat, such as a seed or a draw of labels.
    of_samples : float
        The variance of a mean over other samples.
    n : int
        How many samples that is known from.
    confidence : float in (0, 1), default=0.95

    Examples
    --------
    >>> found = pooled_difference([0.04, 0.05, 0.06], of_samples=1e-4, n=400)
    >>> round(found.mean, 2), round(found.low, 3), round(found.high, 3)
    (0.05, 0.026, 0.074)
    """
    repeats = np.asarray(means, dtype=np.float64)
    of_repeats = float(repeats.var(ddof=1)) / len(repeats) if len(repeats) > 1 else 0.0
    # Differences that are all equal still have the precision of what they are computed with.
    variance = max(of_samples + of_repeats, 1e-30)
    # Welch's and Satterthwaite's count of the degrees of freedom of a sum of two variances.
    parts = of_samples**2 / (n - 1) + of_repeats**2 / max(1, len(repeats) - 1)
    half = _quantile(variance**2 / max(parts, 1e-60), confidence) * math.sqrt(variance)
    mean = float(repeats.mean())
    return Difference(mean, mean - half, mean + half)


def _quantile(freedom: float, confidence: float) -> float:
    """Return how many standard errors Student's interval reaches to either side."""
    return float(stdtrit(freedom, 0.5 + confidence / 2))
