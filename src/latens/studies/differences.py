"""How much better a code is than a baseline, row by row of the held-out part, and how sure that is."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from latens.metrics import METRICS
from latens.metrics.intervals import Difference, pooled_difference, share_variance
from latens.runs import PairedDifference

__all__ = ["differences", "pooled"]

Samples = Mapping[str, np.ndarray]

# Of an image that is reconstructed without error it is infinite.
_MOST_DECIBELS = 100.0
_SHARES = ("knn_accuracy", "linear_probe_accuracy")


def differences(
    model: str, baselines: Mapping[str, Samples], ours: Samples, is_new: np.ndarray, seed: int
) -> list[PairedDifference]:
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
    list of PairedDifference
    """
    is_lower = {metric.name for metric in METRICS if metric.better == "lower"}
    found = []
    for against, theirs in baselines.items():
        for metric in (one for one in ours if one in theirs):
            most = _MOST_DECIBELS if metric == "psnr" else np.inf
            values = [np.minimum(one[metric], most, dtype=np.float64) for one in (ours, theirs)]
            gains = np.subtract(*values)[is_new]
            gains = gains[np.isfinite(gains)]
            if len(gains) < 2:
                continue
            found.append(
                PairedDifference(
                    model=model,
                    against=against,
                    metric=metric,
                    seed=seed,
                    gain=float(gains.mean()) * (-1 if metric in is_lower else 1),
                    standard_error=math.sqrt(_variance(gains, is_share=metric in _SHARES)),
                    n=len(gains),
                )
            )
    return found


def _variance(gains: np.ndarray, *, is_share: bool) -> float:
    return share_variance(gains) if is_share else float(gains.var(ddof=1)) / len(gains)


def pooled(found: Iterable[PairedDifference]) -> Difference:
    """Return the mean gain over seeds with its 95 % interval, for other rows and other seeds."""
    seeds = list(found)
    of_rows = float(np.mean([one.standard_error**2 for one in seeds]))
    gains = [one.gain for one in seeds]
    return pooled_difference(gains, of_rows, min(one.n for one in seeds))
