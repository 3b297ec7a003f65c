"""Data is centered and scaled before distances are computed, so that rounding does no harm.

Distances do not change when data is shifted, and scale with it. A product of matrices computes them
fast but subtracts large numbers when the data lies far from zero, and overflows when it is huge.
Hence the data is centered first, and brought near one by a power of two, which is exact.
"""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from latens.pairwise.row_blocks import row_blocks

__all__ = ["Centering", "centered"]

_BLOCK_BYTES = 2**20  # so that what is computed from a block is still in the cache


@dataclass(frozen=True, eq=False)
class Centering:
    """A shift and a scale: data `X` is moved to ``X * scale - shift``.

    Attributes
    ----------
    shift : ndarray of shape (n_features,)
        The mean of the scaled data; exactly the row itself where all rows are equal.
    scale : float
        A power of two.
    """

    shift: npt.NDArray[Any]
    scale: float

    @classmethod
    def of(cls, X: npt.NDArray[Any]) -> Self:
        """Return the centering of a matrix of floats."""
        scale = _scale(X)
        # Averaging the differences to the first row makes the mean of equal rows exact.
        first = X[0] * scale
        total = np.zeros(X.shape[1])
        for rows in row_blocks(len(X), 8 * X.shape[1], _BLOCK_BYTES):
            total += (X[rows] * scale - first).sum(axis=0, dtype=np.float64)
        return cls((first + total / len(X)).astype(X.dtype), scale)

    def apply(self, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the data, centered and scaled."""
        moved: npt.NDArray[Any] = X * self.scale
        moved -= self.shift
        return moved

    def apply_in_place(self, X: npt.NDArray[Any]) -> None:
        """Center and scale the data itself."""
        X *= self.scale
        X -= self.shift

    def undo(self, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return centered data in its own units."""
        return (X + self.shift) / self.scale


def centered(Z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a copy of the data around its mean, scaled to values near one.

    Examples
    --------
    >>> import numpy as np
    >>> centered(np.array([[1e200], [3e200]])).sum()
    np.float64(0.0)
    """
    return Centering.of(Z).apply(Z)


def _scale(X: npt.NDArray[Any]) -> float:
    """Return the power of two that brings the largest magnitude into [0.5, 1)."""
    largest = max(float(X.max()), -float(X.min()))
    limit = -int(np.finfo(X.dtype).minexp)  # so that the scale and its inverse are normal numbers
    exponent = min(max(math.frexp(largest)[1], -limit), limit)
    return math.ldexp(1.0, -exponent)
