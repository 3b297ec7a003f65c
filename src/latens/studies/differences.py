"""How much better a code is than a baseline, row by row of the held-out part, and how sure that is."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy.special import stdtrit

from latens.metrics import METRICS
from latens.metrics.intervals import Difference

__all__ = ["differences", "pooled"]

Samples = Mapping[str, np.ndarray]

# Of an image that is reconstructed without error it is infinite.
_MOST_DECIBELS = 100.0
_SHARES = ("knn_accuracy", "linear_probe_accuracy")
_CONFIDENCE = 0.95


def differences(
    model: str, baselines: Mapping[str, Samples], ours: Samples, is_new: np.ndarray, seed: int
) -> list[dict[str, Any]]:
    """Return by how much a model is better than each baseline in every metric that both have.

    Parameters
    ----------
    model : str
    baselines : mapping of str to mapping
        By their names, what every held-out row contributes to each metric.
    ours : mapping of str to ndarray of shape (n_scored_test,)
        The same of the model.
    is_new : ndarray of bool of shape (n_scored_test,)
        The rows that are no copies of training rows; the others do not count.
    seed : int

    Returns
    -------
    list of dict
        `gain` is positive where the model is better; `standard_error` is that of pairs of rows.
    """
    is_lower = {metric.name for metric in METRICS if metric.better == "lower"}
    found = []
    for against, theirs in baselines.items():
        for metric in (one for one in ours if one in theirs):
            pairs = [
                np.minimum(one[metric].astype(np.float64), _MOST_DECIBELS) for one in (ours, theirs)
            ]
            gains = (pairs[0] - pairs[1])[is_new & np.isfinite(pairs[0] - pairs[1])]
            if len(gains) < 2:
                continue
            found.append(
                {
                    "model": model,
                    "against": against,
                    "metric": metric,
                    "seed": seed,
                    "gain": float(gains.mean()) * (-1 if metric in is_lower else 1),
                    "standard_error": _standard_error(gains, is_share=metric in _SHARES),
                    "n": len(gains),
                }
            )
    return found


def _standard_error(gains: np.ndarray, *, is_share: bool) -> float:
    n = len(gains)
    if not is_share:
        return float(gains.std(ddof=1)) / math.sqrt(n)
    # Half a row in each of the four cells, after Agresti and Min: few rows that agree are no certainty.
    return math.sqrt((np.square(gains).sum() + 1 - gains.sum() ** 2 / (n + 2)) / (n + 2) ** 2)


def pooled(found: Iterable[Mapping[str, Any]]) -> Difference:
    """Return the mean gain over seeds with its 95 % interval.

    Other rows and other seeds both count. The rows of different seeds overlap, so that more seeds make only
    the part of the seeds smaller.
    """
    seeds = list(found)
    gains = np.array([one["gain"] for one in seeds])
    of_rows = float(np.mean([one["standard_error"] ** 2 for one in seeds]))
    of_seeds = float(gains.var(ddof=1)) / len(gains) if len(gains) > 1 else 0.0
    # Differences that are all equal still have the precision of what they are computed with.
    variance = max(of_rows + of_seeds, 1e-30)
    # Welch's and Satterthwaite's degrees of freedom of a sum of two variances.
    n = min(one["n"] for one in seeds)
    freedom = variance**2 / max(of_rows**2 / (n - 1) + of_seeds**2 / max(1, len(gains) - 1), 1e-60)
    half = float(stdtrit(freedom, 0.5 + _CONFIDENCE / 2)) * math.sqrt(variance)
    mean = float(gains.mean())
    return Difference(mean, mean - half, mean + half)
