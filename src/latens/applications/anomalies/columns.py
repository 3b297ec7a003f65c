"""The columns of a table, brought to one range before a distance or a network sees them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

__all__ = ["Ranges"]

# How many times the spread of its middle 90 % the range of a column may be, before what lies further out
# counts as a tail. A value such as 1e12 in one row would else make all others of its column equal.
_WIDEST = 30.0


@dataclass(frozen=True)
class Ranges:
    """From the user's units to [0, 1], the range of the samples fitted; what lies outside is compressed.

    Outside of the range, values grow with the logarithm of their distance to it, so that no value is so
    large that a network cannot be trained or that all others lose their meaning.

    Attributes
    ----------
    low, width : ndarray of shape (n_features,), float64
        The smallest value and the length of the range; the length is positive.

    Examples
    --------
    >>> ranges = Ranges.fit(np.array([[0.0, 7.0], [4.0, 7.0]]))
    >>> ranges.apply(np.array([[2.0, 7.0]]))
    array([[0.5, 0. ]])
    """

    low: np.ndarray
    width: np.ndarray

    @classmethod
    def fit(cls, X: np.ndarray) -> Self:
        """Take the ranges from samples of shape (n_samples, n_features)."""
        X = np.asarray(X, dtype=np.float64)
        below, middle, above = np.quantile(X, [0.05, 0.5, 0.95], axis=0)
        # A column that is nearly always the same has no spread to judge its range by.
        reach = np.where(above > below, _WIDEST * (above - below), np.inf)
        low = np.maximum(X.min(axis=0), middle - reach)
        high = np.minimum(X.max(axis=0), middle + reach)
        return cls(low, np.where(high > low, high - low, 1.0))

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return samples of shape (n_samples, n_features) in the range, float64."""
        share = (np.asarray(X, dtype=np.float64) - self.low) / self.width
        inside = np.clip(share, 0.0, 1.0)
        outside = share - inside
        return np.asarray(inside + np.sign(outside) * np.log1p(np.abs(outside)))

    def undo(self, x: np.ndarray) -> np.ndarray:
        """Return samples in the user's units: the inverse of `apply`."""
        inside = np.clip(x, 0.0, 1.0)
        outside = x - inside
        share = inside + np.sign(outside) * np.expm1(np.abs(outside))
        return np.asarray(self.low + share * self.width)
