"""How far groups of samples differ from all others in one column: effect sizes from -1 to 1, gaps left out.

Numbers are compared by Cliff's delta, which asks for order alone, so that no unit, skew or huge value
matters: the probability that a value of the group is larger than one of the others, less the probability
that it is smaller [1]_. Of a category or a gap, which is there or not, it is the difference of the two
shares. So all columns are on one scale.

References
----------
.. [1] N. Cliff (1993), "Dominance statistics: ordinal analyses to answer ordinal questions",
   Psychological Bulletin 114, 494-509.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["FEWEST", "SMALL", "Contrast", "order_contrast", "share_contrast"]

Floats = npt.NDArray[np.float64]

# Below it an effect is called negligible: J. Romano et al. (2006), who translate Cohen's d of 0.2.
SMALL = 0.147
# So many standard errors of no difference lie within chance, of dozens of columns and clusters, too.
_ERRORS = 3.0
# Of fewer samples, neither shares nor their errors say anything.
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Contrast:
    """What sets each group apart from all others in one respect.

    Attributes
    ----------
    effects : ndarray of shape (k,)
        From -1 to 1, positive where the group has more; NaN for a group of which nothing is known.
    is_clear : ndarray of bool of shape (k,)
        Whether an effect is not negligible, and larger than chance gives to so few samples.
    """

    effects: Floats
    is_clear: npt.NDArray[np.bool_]


def order_contrast(values: npt.ArrayLike, groups: npt.NDArray[np.int64], k: int) -> Contrast:
    """Compare the values of every group with those of all others by Cliff's delta.

    Parameters
    ----------
    values : array-like of shape (n,)
        NaN for a gap, which is left out.
    groups : ndarray of int of shape (n,)
        From 0 to k - 1.
    k : int

    Examples
    --------
    >>> order_contrast([1, 2, 3, 4, np.nan], np.array([0, 0, 1, 1, 1]), 2).effects
    array([-1.,  1.])
    """
    from scipy.stats import rankdata

    numbers = np.asarray(values, dtype=np.float64)
    is_known = ~np.isnan(numbers)
    of, ranks = groups[is_known], rankdata(numbers[is_known])
    here = np.bincount(of, minlength=k).astype(np.float64)
    others = len(of) - here
    with np.errstate(divide="ignore", invalid="ignore"):
        wins = np.bincount(of, ranks, minlength=k) - here * (here + 1) / 2
        effects = 2 * wins / (here * others) - 1
        error = np.sqrt((here + others + 1) / (3 * here * others))
    return _contrast(effects, error, here)


def share_contrast(is_so: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64], k: int) -> Contrast:
    """Compare the share of samples of which something is so in every group with that in all others.

    Examples
    --------
    >>> share_contrast(np.array([True, True, True, False]), np.array([0, 0, 1, 1]), 2).effects
    array([ 0.5, -0.5])
    """
    here = np.bincount(groups, minlength=k).astype(np.float64)
    count = np.bincount(groups, is_so, minlength=k)
    others, n_so = len(groups) - here, float(is_so.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        effects = count / here - (n_so - count) / others
        share = n_so / max(1, len(groups))
        error = np.sqrt(share * (1 - share) * (1 / here + 1 / others))
    return _contrast(effects, error, here)


def _contrast(effects: Floats, error: Floats, here: Floats) -> Contrast:
    size = np.abs(np.nan_to_num(effects))
    is_known = np.isfinite(error) & (here >= FEWEST)
    return Contrast(effects, is_known & (size >= SMALL) & (size > _ERRORS * error))
