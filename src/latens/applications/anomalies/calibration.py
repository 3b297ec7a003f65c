"""From distances of any unit to one scale: how unusual a distance is among the samples fitted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

__all__ = ["Calibration", "Joined"]

Joined = Literal["mean", "largest"]

# Distances below this share of the usual one count as equal: rows that occur twice have a distance of 0.
_LEAST_SHARE = 0.01
# The standard deviations of a Gaussian between its 10 % and 90 % quantiles.
_DEVIATIONS = 2.5631
# The least spread of a logarithm, where all samples fitted are at nearly one distance.
_LEAST_SPREAD = 0.02
# Below this quantile a smaller distance makes no sample more normal.
_INNERMOST = 0.05
_JOINING: Mapping[Joined, Callable[[np.ndarray], np.ndarray]] = {
    "mean": lambda scaled: np.asarray(scaled.mean(axis=1)),
    "largest": lambda scaled: np.asarray(scaled.max(axis=1)),
}


@dataclass(frozen=True)
class Calibration:
    """The logarithm of a distance, as spreads from the median of the samples fitted.

    Median and quantiles are what they are with a tenth of anomalies among the samples, and unlike ranks
    they do not end at the largest distance seen. Several distances are brought to one scale each, joined
    by their mean or by the largest of them, and brought to that scale again.

    Attributes
    ----------
    least : float
        The smallest distance that is told from 0.
    centers, spreads, floors : ndarray of shape (n_distances,)
        Of the logarithms.
    center, spread : float
        Of the joined distance.
    joined : "mean" or "largest"
        How several distances become one.

    Examples
    --------
    >>> distances = np.exp(np.linspace(-1, 1, 101))[:, None]
    >>> Calibration.fit(distances).apply(np.array([[1.0], [np.e]])).round(2)
    array([0.  , 1.6])
    """

    least: float
    centers: np.ndarray
    spreads: np.ndarray
    floors: np.ndarray
    center: float
    spread: float
    joined: Joined = "mean"

    @classmethod
    def fit(cls, distances: np.ndarray, joined: Joined = "mean") -> Self:
        """Take the scales from distances of shape (n_samples, n_distances)."""
        positive = distances[distances > 0]
        least = _LEAST_SHARE * float(np.median(positive)) if len(positive) else 1.0
        logarithms = np.log(np.maximum(distances, least))
        floors, low, centers, high = np.quantile(logarithms, [_INNERMOST, 0.1, 0.5, 0.9], axis=0)
        spreads = np.maximum((high - low) / _DEVIATIONS, _LEAST_SPREAD)
        rough = cls(least, centers, spreads, floors, 0.0, 1.0, joined)
        low, center, high = np.quantile(rough.apply(distances), [0.1, 0.5, 0.9])
        spread = max((high - low) / _DEVIATIONS, _LEAST_SPREAD)
        return cls(least, centers, spreads, floors, float(center), float(spread), joined)

    def facts(self) -> dict[str, float]:
        """Return the scalars that are saved."""
        return {"least": self.least, "center": self.center, "spread": self.spread}

    def apply(self, distances: np.ndarray) -> np.ndarray:
        """Return how unusual distances of shape (n_samples, n_distances) are, shape (n_samples,)."""
        logarithms = np.maximum(np.log(np.maximum(distances, self.least)), self.floors)
        joined = _JOINING[self.joined]((logarithms - self.centers) / self.spreads)
        return np.asarray((joined - self.center) / self.spread)
