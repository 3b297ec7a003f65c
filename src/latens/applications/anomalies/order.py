"""Whether samples follow one another in time, which says what new ones will be like."""

import numpy as np

from latens.applications.anomalies.distances import Neighbours

__all__ = ["follow_one_another"]

# Samples that are this near in the order are its neighbours, and those up to three times as far are compared.
_NEAR = 5
# The share of samples whose nearest one is near in the order, from which on the order counts. In a random
# order it is 10 of n.
_SHARE = 0.25
# How many times as frequent the near ones must be as those a little further away. In a table that is
# sorted, by its classes say, both are alike.
_TIMES = 2.0
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
    nearest = Neighbours(rows, np.array([1])).nearest_one(rows)
    apart = np.abs(nearest - np.arange(len(rows)))
    # Of equal rows, one may be named as its own nearest.
    near = float(np.mean((apart > 0) & (apart <= _NEAR)))
    further = float(np.mean((apart > _NEAR) & (apart <= 3 * _NEAR))) / 2
    return near >= _SHARE and near > _TIMES * further
