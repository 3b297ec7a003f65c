"""Labels that were given, as numbers; some of them may be missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from latens.exceptions import DataError

__all__ = ["UNKNOWN", "PartialLabels", "are_missing", "read_partial_labels"]

UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class PartialLabels:
    """The labels that are there.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The different labels, sorted; at least one.
    codes : ndarray of shape (n_samples,), int64
        For each sample the position of its label in `classes`, or -1.
    """

    classes: np.ndarray
    codes: np.ndarray


def read_partial_labels(y: Any, n_samples: int, owner: str) -> PartialLabels:
    """Tell labels from gaps: -1, None and NaN mean that a sample has no label, and "-1" among words.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
    n_samples : int
    owner : str
        Whom an error speaks of.

    Raises
    ------
    DataError
        If there are no labels, or not as many as samples.
    ValueError
        If they are numbers with fractions, or infinite.

    Examples
    --------
    >>> read_partial_labels(["cat", None, "dog", "cat"], 4, "it").codes
    array([ 0, -1,  1,  0])
    """
    if y is None:
        raise DataError(
            f"{owner} requires y to be passed, but the target y is None. Give the labels that you have, "
            "with -1 or None for samples without one."
        )
    labels = column_or_1d(_as_column(y), warn=True)
    if len(labels) != n_samples:
        raise DataError(
            f"{owner} needs one label per sample, but found X and y with inconsistent numbers of samples: "
            f"{n_samples} and {len(labels)}."
        )
    known = ~are_missing(labels)
    if not known.any():
        raise DataError(f"{owner} needs at least one label. All labels are missing.")
    values = _of_one_kind(labels[known])
    assert_all_finite(values, input_name="y")
    check_classification_targets(values)
    classes, positions = np.unique(values, return_inverse=True)
    codes = np.full(n_samples, UNKNOWN, dtype=np.int64)
    codes[known] = positions
    return PartialLabels(classes, codes)


def _as_column(y: Any) -> Any:
    """Lists that mix strings and None stay what they are: NumPy would write "None"."""
    if isinstance(y, list | tuple) and any(one is None or isinstance(one, str) for one in y):
        column = np.empty(len(y), dtype=object)
        column[:] = y
        return column
    return y


def are_missing(labels: np.ndarray) -> np.ndarray:
    """Whether each stands for no label: -1, None or NaN."""
    kind = labels.dtype.kind
    if kind == "f":
        return np.isnan(labels) | (labels == UNKNOWN)
    if kind == "i":
        return np.asarray(labels == UNKNOWN)
    if kind == "O":
        return np.array([_is_missing(one) for one in labels], dtype=bool)
    if kind == "U":
        return np.asarray(labels == str(UNKNOWN))
    return np.zeros(len(labels), dtype=bool)


def _is_missing(label: Any) -> bool:
    # NaN, and pandas's NA and NaT, are not equal to themselves.
    if label is None or type(label).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(label, str | bytes):
        return label == str(UNKNOWN)
    return bool(label != label or label == UNKNOWN)


def _of_one_kind(values: np.ndarray) -> np.ndarray:
    """Objects as the strings or numbers that they are."""
    if values.dtype.kind != "O":
        return values
    kinds = {type(value) for value in values}
    if len(kinds) > 1 and any(issubclass(kind, str) for kind in kinds):
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise DataError(f"Labels must be all strings or all numbers. Got a mixture of {names}.")
    return values if kinds == {str} else np.array(values.tolist())
