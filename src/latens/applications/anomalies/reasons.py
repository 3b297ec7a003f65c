"""Why a sample is anomalous, in words: which columns of a table, or where in an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

__all__ = ["LEAST_SHARE", "MOST_REASONS", "USUAL", "ColumnReasons", "places"]

MOST_REASONS, LEAST_SHARE = 3, 0.1
USUAL = (0.05, 0.95)
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "center", "right")


@dataclass(frozen=True)
class ColumnReasons:
    """Names the columns that make a row anomalous, each with its value and the usual ones.

    Attributes
    ----------
    names : tuple of str
    low, high : ndarray of shape (n_features,)
        The middle 90 % of the samples learned from.

    Examples
    --------
    >>> reasons = ColumnReasons.fit(np.array([[1.0, 5.0], [2.0, 5.0]]), ("age", "rooms"))
    >>> reasons.words(np.array([90.0, 5.0]), np.array([0.97, 0.03]))
    'age = 90 (usually 1.05 to 1.95), 97 %'
    """

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def fit(cls, X: np.ndarray, names: Sequence[str] | None) -> Self:
        """Take the usual values from samples of shape (n_samples, n_features)."""
        low, high = np.quantile(np.asarray(X, dtype=np.float64), USUAL, axis=0)
        given = [f"column {place}" for place in range(X.shape[1])] if names is None else names
        return cls(tuple(given), low, high)

    def words(self, row: np.ndarray, shares: np.ndarray) -> str:
        """Return the reasons for one row, the largest share first, of what `explain` gives for it."""
        largest = np.argsort(-shares, kind="stable")[:MOST_REASONS]
        chosen = [place for place in largest if shares[place] >= LEAST_SHARE] or largest[
            :1
        ].tolist()
        return "; ".join(self._one(int(place), row, shares) for place in chosen)

    def _one(self, place: int, row: np.ndarray, shares: np.ndarray) -> str:
        low, high = self.low[place], self.high[place]
        usual = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
        value = f"{float(row[place]):.4g}"
        return f"{self.names[place]} = {value} (usually {usual}), {shares[place]:.0%}".replace(
            "%", " %"
        )


def places(shares: np.ndarray) -> str:
    """Return where in an image its anomaly lies: the fullest ninth of it, and what share is there.

    Parameters
    ----------
    shares : ndarray of shape (height, width[, channels])
        What `explain` gives for one image.

    Examples
    --------
    >>> shares = np.zeros((6, 6))
    >>> shares[0, 5] = 1.0
    >>> places(shares)
    'upper right, 100 %'
    """
    plane = shares if shares.ndim == 2 else shares.sum(axis=2)
    ninths = np.array(
        [
            [part.sum() for part in np.array_split(band, 3, axis=1)]
            for band in np.array_split(plane, 3)
        ]
    )
    row, column = divmod(int(ninths.argmax()), ninths.shape[1])
    name = "center" if (row, column) == (1, 1) else f"{_ROWS[row]} {_COLUMNS[column]}"
    return f"{name}, {100 * ninths[row, column] / plane.sum():.0f} %"
