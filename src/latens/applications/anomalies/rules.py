"""What the score of tables, plain and mixed, of images and of series is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from latens.applications.anomalies.calibration import Joined
from latens.applications.anomalies.distances import all_scales, wide_scales

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """What the score of a kind of data is made of.

    Attributes
    ----------
    weights : mapping of str to float
        The share of each distance in the score.
    reasons : mapping of str to float
        The share of each distance in what `explain` gives.
    scales : callable
        From a number of samples to the numbers of neighbors.
    joined : "mean" or "largest"
        How the distances to neighbors on several scales become one.
    """

    weights: Mapping[str, float]
    reasons: Mapping[str, float]
    scales: Callable[[int], np.ndarray]
    joined: Joined


# docs/developers/decisions.md has how they were found. Images have few near neighbors, so that what the
# network could not reconstruct of them says more. The nearest rows of a series are those just before and
# after, and say where in the series a row is rather than whether it is normal.
_IMAGE_SHARES = {"neighbours": 1 / 3, "model": 2 / 3}
_TABLE_SHARES = {"neighbours": 2 / 3, "model": 1 / 3}
# Levels make neighbors blind: a usual level beside another usual one is never far from all rows. What no
# autoencoder that was tried sees better than principal axes and pairs do.
_THIRDS = {"neighbours": 1 / 3, "axes": 1 / 3, "pairs": 1 / 3}
RULES = {
    "images": Rule(_IMAGE_SHARES, _IMAGE_SHARES, wide_scales, "mean"),
    "table": Rule({"neighbours": 1.0}, _TABLE_SHARES, all_scales, "largest"),
    "mixed": Rule(_THIRDS, _THIRDS, all_scales, "largest"),
    "series": Rule({"axes": 1.0}, {"axes": 2 / 3, "model": 1 / 3}, all_scales, "largest"),
    # Of tables, in detectors that latens 0.1 saved.
    "blend": Rule(_TABLE_SHARES, _TABLE_SHARES, wide_scales, "mean"),
}
