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
    ValueError
        If scikit-learn refuses them: other columns, values that are no finite numbers, too few samples.
    """
    least = 2 if reset else 1
    X = X if hasattr(X, "columns") else as_array(X)
    if np.ndim(X) <= 2:
        checked = validate_data(estimator, X, reset=reset, ensure_min_samples=least)
    else:
        checked = check_array(X, allow_nd=True, ensure_min_samples=least, estimator=estimator)
        if reset:
            estimator.n_features_in_ = prod(checked.shape[1:])
            forget_feature_names(estimator)
    if reset:
        estimator.input_shape_ = checked.shape[1:]
    elif checked.shape[1:] != estimator.input_shape_:
        raise DataError(
            f"X has samples of shape {checked.shape[1:]}, but this {type(estimator).__name__} was fitted on "
            f"samples of shape {estimator.input_shape_}."
        )
    return np.asarray(checked)
