"""Labels of the kinds that learn from them."""

from typing import Any

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length

from latens.exceptions import DataError

__all__ = ["UNKNOWN", "encode_labels"]

UNKNOWN = -1


def encode_labels(owner: str, y: Any, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes, and for each sample the number of its class or -1.

    Parameters
    ----------
    owner : str
        The kind, for errors.
    y : array-like of shape (n_samples,)
        Labels; -1 where there is none.
    n_samples : int

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    codes : ndarray of shape (n_samples,), int64

    Raises
    ------
    DataError
        If there are no labels.
    ValueError
        If there are not as many labels as samples, or they are no classes.

    Examples
    --------
    >>> encode_labels("ConditionalVAE", [7, -1, 3, 7], 4)
    (array([3, 7]), array([ 1, -1,  0,  1]))
    """
    if y is None:
        raise DataError(
            f"{owner} requires y to be passed, but the target y is None. "
            "Give labels, with -1 for samples that have none, or use a kind that needs none."
        )
    labels = column_or_1d(y, warn=True)
    if len(labels) != n_samples:
        check_consistent_length(np.empty(n_samples), labels)
    # Among words a -1 is "-1".
    is_known = (labels != UNKNOWN) & (labels != str(UNKNOWN))
    if not is_known.any():
        raise DataError(f"{owner} needs at least one label that is not -1.")
    check_classification_targets(labels[is_known])
    classes, known = np.unique(labels[is_known], return_inverse=True)
    codes = np.full(len(labels), UNKNOWN, dtype=np.int64)
    codes[is_known] = known
    return classes, codes
