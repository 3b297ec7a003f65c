"""Whether the values of samples are in the units that a model has learned from."""

import numpy as np

from latens.data.scaling import Scaling
from latens.data.warning import warn_caller

__all__ = ["warn_of_other_range"]

# Values that lie this many ranges away, or means of columns that many deviations away, have another unit.
_FAR = 10.0
# Fractions of 1, where values up to more than this were learned from.
_MANY = 50.0
_LOOKED_AT = 1_000
_FEWEST_ROWS = 10


def warn_of_other_range(X: np.ndarray, scaling: Scaling, who: str) -> None:
    """Warn where samples have another range than those learned from, as [0, 1] instead of [0, 255].

    Dark images are no other range, nor are a few samples far out, which may be anomalies: half of them must
    be, or the means of half of the columns of a table; of a table with a few rows nobody knows.

    Parameters
    ----------
    X : ndarray
        Finite numbers, in the standard layout.
    scaling : Scaling
        Of the samples learned from.
    who : str
        The estimator, for the message.
    """
    if X.dtype == np.uint8 and scaling.bounded and np.max(scaling.scale) == 255:
        return
    if X.ndim == 2 and len(X) < _FEWEST_ROWS:
        return
    some = np.asarray(X[:: max(1, len(X) // _LOOKED_AT)])
    found = _bounded(some, scaling) if scaling.bounded else _standardized(some, scaling)
    if found:
        warn_caller(
            f"X has {found}. This {who} takes X in the units of the samples it was fitted on; scale it "
            "likewise."
        )


def _bounded(X: np.ndarray, scaling: Scaling) -> str:
    low, high = float(X.min()), float(X.max())
    start = float(np.min(scaling.offset))
    end = float(np.max(scaling.offset + scaling.scale))
    width = end - start
    rows = X.reshape(len(X), -1)
    far_out = (rows.max(axis=1) > end + _FAR * width) | (rows.min(axis=1) < start - _FAR * width)
    is_far = 2 * far_out.sum() > len(X)
    is_fraction = (
        low >= 0
        and high <= 1
        and end >= _MANY
        and X.dtype.kind == "f"
        and bool((np.rint(X) != X).any())
    )
    if not (is_far or is_fraction):
        return ""
    return f"values from {low:.4g} to {high:.4g}, and those learned from lie in {start:.4g} to {end:.4g}"


def _standardized(X: np.ndarray, scaling: Scaling) -> str:
    with np.errstate(all="ignore"):
        away = np.abs(scaling.apply(X.astype(np.float64)).mean(axis=0))
    n_far = int((away > _FAR).sum())
    if 2 * n_far <= away.size:
        return ""
    return (
        f"{n_far:,} of {away.size:,} columns whose means lie more than {_FAR:g} standard deviations from "
        "those learned from"
    )
