"""What an estimator is given to fit or to use, checked as scikit-learn does, and images too."""

from math import prod
from typing import Any

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from latens._validation import forget_feature_names
from latens.data.arrays import as_array
from latens.exceptions import DataError

__all__ = ["checked_samples"]


def checked_samples(estimator: Any, X: Any, *, reset: bool = False) -> np.ndarray:
    """Return samples as an array, and check their shape against the one that was fitted.

    Parameters
    ----------
    estimator : estimator
        With `reset` it gets `input_shape_`, `n_features_in_` and, of tables, `feature_names_in_`.
    X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
            (n_samples, height, width, channels)
    reset : bool, default=False
        Whether these samples are to be fitted.

    Raises
    ------
    DataError
        If the shape is not the fitted one.
        If the shape is not the fitted one, or a value is no finite number.
    ValueError
        If scikit-learn refuses them: other columns, too few samples.
    """
    names = getattr(X, "columns", None)
    X = X if names is not None else as_array(X)
    try:
        checked = np.asarray(_checked(estimator, X, reset=reset))
    except ValueError as error:
        if "NaN" in str(error) or "infinity" in str(error):
            raise _not_finite(as_array(X), names, estimator) from error
        raise
    if reset:
        estimator.input_shape_ = checked.shape[1:]
    elif checked.shape[1:] != estimator.input_shape_:
        raise DataError(
            f"X has samples of shape {checked.shape[1:]}, but this {type(estimator).__name__} was fitted on "
            f"samples of shape {estimator.input_shape_}."
        )
    return checked


def _checked(estimator: Any, X: Any, *, reset: bool) -> Any:
    """What scikit-learn makes of samples; images get the attributes that it sets on tables."""
    least = 2 if reset else 1
    if np.ndim(X) <= 2:
        return validate_data(estimator, X, reset=reset, ensure_min_samples=least)
    checked = check_array(X, allow_nd=True, ensure_min_samples=least, estimator=estimator)
    if reset:
        estimator.n_features_in_ = prod(checked.shape[1:])
        forget_feature_names(estimator)
    return checked


def _not_finite(X: np.ndarray, names: Any, estimator: Any) -> DataError:
    """What is wrong with values that are no finite numbers, and where."""
    is_wrong = ~np.isfinite(np.asarray(X, dtype=np.float64))
    first = tuple(int(place) for place in np.argwhere(is_wrong)[0])
    what = "NaN" if np.isnan(float(X[first])) else "infinity"
    return DataError(
        f"Input X of {type(estimator).__name__} contains {what}, first in {_place(first, names)}, counted "
        f"from 0; {is_wrong.sum():,} of its values are no finite numbers. Fill them, or leave their rows or "
        "columns out."
    )


def _place(first: tuple[int, ...], names: Any) -> str:
    row, *rest = first
    if len(rest) == 1:
        column = f"column {rest[0]}" if names is None else f"column '{list(names)[rest[0]]}'"
        return f"row {row}, {column}"
    return f"sample {row} at {tuple(rest)}"
