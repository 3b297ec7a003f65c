"""What is said when the samples scored differ as a whole from those learned from."""

import numpy as np

__all__ = ["OUTER", "alert_of"]

OUTER = 0.2
# Fewer samples than this may all be anomalies, and a share of them says little.
_FEWEST = 20
# The line is in doubt where more than this share lies beyond it, and this many times the promised one.
_DOUBTFUL, _TIMES = 0.25, 3


def alert_of(
    scores: np.ndarray, *, offset: float, rate: float | None, outer: float | None
) -> str | None:
    """Return a warning where the line does not fit the samples scored, in a sentence or two.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Larger is more normal.
    offset : float
        The line.
    rate : float or None
        The share of normal samples that is meant to lie beyond; None if nobody promised one.
    outer : float or None
        The score below which a fifth of samples like those learned from lie.

    Examples
    --------
    >>> alert_of(np.linspace(-1, 1, 50), offset=-3.0, rate=0.01, outer=-0.8) is None
    True
    """
    if len(scores) < _FEWEST:
        return None
    share = float(np.mean(scores < offset))
    if share > max(_DOUBTFUL, _TIMES * (rate or 0.0)):
        promised = "" if rate is None else f" that {100 * rate:g} % of normal samples exceed"
        return (
            f"{100 * share:.0f} % of these samples lie beyond a line{promised}. Unless so many are "
            "anomalies, they differ as a whole from the samples learned from: trust the order of the "
            "scores, not the line, or learn from samples of the same time and source."
        )
    if outer is not None and float(np.median(scores)) < outer:
        return (
            f"Half of these samples are more unusual than {100 - 100 * OUTER:.0f} % of those learned from: "
            "they differ as a whole, and more normal samples than promised will lie beyond the line."
        )
    return None
