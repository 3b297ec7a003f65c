"""Whether samples follow one another in time, which says what new ones will be like."""

import numpy as np

from latens.applications.anomalies.distances import NeighborDistances

__all__ = ["follow_one_another"]

# Samples that are this near in the order are compared with as many that are up to three times as far.
_NEAR = 5
# How much larger the share of samples whose nearest one is near in the order must be than the share of those
# whose nearest one is a little further away. In a random order both are 10 of n, and in a table that is
# sorted, by its classes say, nearly alike.
_EXCESS = 0.25
_FEWEST = 100


def follow_one_another(rows: np.ndarray) -> bool:
    """Return whether the order of samples is that of a series: each is most like those just beside it.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_values)
        In their order, with columns of one range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> steps = rng.normal(size=(300, 3))
    >>> follow_one_another(steps), follow_one_another(steps.cumsum(axis=0))
    (False, True)
    """
    if len(rows) < _FEWEST:
        return False
    nearest = NeighborDistances(rows, np.array([1])).nearest_one(rows)
    apart = np.abs(nearest - np.arange(len(rows)))
    # Of equal rows, one may be named as its own nearest.
    near = float(np.mean((apart > 0) & (apart <= _NEAR)))
    further = float(np.mean((apart > _NEAR) & (apart <= 3 * _NEAR))) / 2
    return near - further >= _EXCESS
