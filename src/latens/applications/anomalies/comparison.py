"""The detector beside what needs no network: which samples each would pick, and how well."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

__all__ = ["BY_NEIGHBORS", "BaselineScore", "compare_rankings"]

BY_NEIGHBORS = "neighbors only"


@dataclass(frozen=True)
class BaselineScore:
    """One way to score samples, beside the detector's.

    Attributes
    ----------
    name : str
    shared : int
        How many of the detector's most unusual samples are among as many of its own.
    rank_correlation : float or None
        Spearman's, of both scores; None if one is constant.
    auroc : float or None
        The share of pairs of an anomaly and another sample that are in the right order, if labels are known.
    """

    name: str
    shared: int
    rank_correlation: float | None
    auroc: float | None


def compare_rankings(
    unusual: Mapping[str, np.ndarray], n_odd: int, is_anomaly: np.ndarray | None = None
) -> tuple[BaselineScore, ...]:
    """Compare scores with the first of them.

    Parameters
    ----------
    unusual : mapping of str to ndarray of shape (n_samples,)
        Scores by name, larger for more unusual samples.
    n_odd : int
        How many of the most unusual samples are looked at.
    is_anomaly : ndarray of bool of shape (n_samples,), optional

    Examples
    --------
    >>> scores = {"ours": np.array([1.0, 2.0, 9.0]), "theirs": np.array([5.0, 4.0, 8.0])}
    >>> compare_rankings(scores, 1)[1]
    BaselineScore(name='theirs', shared=1, rank_correlation=0.5, auroc=None)
    """
    first = next(iter(unusual.values()))
    picked = _most_unusual(first, n_odd)
    return tuple(
        BaselineScore(
            name,
            len(np.intersect1d(picked, _most_unusual(scores, n_odd))),
            _rank_correlation(first, scores),
            None if is_anomaly is None else _auroc(scores, is_anomaly),
        )
        for name, scores in unusual.items()
    )


def _most_unusual(scores: np.ndarray, n: int) -> np.ndarray:
    return np.argsort(-scores, kind="stable")[:n]


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return round(float(spearmanr(one, other).statistic), 6)


def _auroc(scores: np.ndarray, is_anomaly: np.ndarray) -> float | None:
    has_both = len(np.unique(is_anomaly)) == 2
    return float(roc_auc_score(is_anomaly, scores)) if has_both else None
