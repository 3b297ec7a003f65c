"""Where anomalies begin: the line between scores, for a rate of normal samples that may lie beyond it."""

import numpy as np

__all__ = ["line_at"]

# An exponential tail is drawn through these quantiles of the scores. The steeper of its two parts counts,
# so that anomalies among the samples, which stretch the outer one, do not move it much.
_QUANTILES = np.array([0.5, 0.75, 0.9])
# The least length of the tail, in spreads of the scores: where many samples are equal, quantiles are, too.
_SHORTEST = 0.5
# With fewer different scores than this share, as in a table of few different rows, the quantiles say little
# of a tail: one value may hold a tenth of all.
_LEAST_DISTINCT = 0.5
# Scores that differ by less are equal: a network rounds equal samples not alike.
_ROUNDING = 1e-6


def line_at(unusual: np.ndarray, rate: float, *, among_anomalies: bool) -> float:
    """Return the score that a share `rate` of normal samples exceeds.

    Parameters
    ----------
    unusual : ndarray of shape (n,)
        Scores of samples that the score was not fitted on, larger for more unusual ones.
    rate : float
        The share.
    among_anomalies : bool
        Whether more than `rate` of them may be anomalies. The line is then no further out than an
        exponential tail through the quantiles of the middle has it, if most scores are different.

    Examples
    --------
    >>> unusual = np.arange(99.0)
    >>> round(line_at(unusual, 0.1, among_anomalies=False), 3)
    89.0
    """
    # With n scores the share of new ones beyond the k-th is 1 - k / (n + 1): conformal prediction.
    line = float(np.quantile(unusual, 1 - rate, method="weibull"))
    if among_anomalies and len(np.unique(unusual)) >= _LEAST_DISTINCT * len(unusual):
        line = min(line, _tail(unusual, rate))
    return line + _ROUNDING


def _tail(unusual: np.ndarray, rate: float) -> float:
    scores = np.quantile(unusual, _QUANTILES)
    lengths = np.diff(scores) / np.diff(-np.log1p(-_QUANTILES))
    length = max(float(lengths.min()), _SHORTEST)
    return float(scores[1] + length * np.log((1 - _QUANTILES[1]) / rate))
