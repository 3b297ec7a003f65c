"""Inputs of metrics are checked here: matrices of finite numbers, and labels of any kind."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError

__all__ = [
    "LabelArray",
    "as_flat_matrix",
    "as_labels",
    "as_matrix",
    "as_numbers",
    "check_same_length",
]


@dataclass(frozen=True, eq=False)
class LabelArray:
    """Labels encoded as numbers from zero on.

    Attributes
    ----------
    values : ndarray of shape (n_values,)
        The different labels, sorted.
    codes : ndarray of shape (n_samples,), integers in [0, n_values)
        For every sample the position of its label in `values`.
    """

    values: npt.NDArray[Any]
    codes: npt.NDArray[np.intp]

    @property
    def sizes(self) -> npt.NDArray[np.intp]:
        """The number of samples of each label."""
        return np.bincount(self.codes, minlength=len(self.values))


def as_numbers(X: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    """Return an array of real numbers with at least one sample, without a copy where possible.

    Raises
    ------
    DataError
        If it is sparse, ragged, empty, or holds anything but real numbers.

    Examples
    --------
    >>> as_numbers([[0, 1]], "X").shape
    (1, 2)
    """
    if hasattr(X, "tocsr"):
        raise DataError(f"{name} must be a dense array. Got a sparse one: pass {name}.toarray().")
    try:
        array = np.asarray(X)
        if array.dtype.kind == "O":
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be an array of numbers. Got {_short(error)}.") from error
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name} must hold real numbers. Got an array of {array.dtype}.")
    if array.size == 0 or array.ndim == 0:
        raise DataError(f"{name} must hold at least one number per sample. Got {_shape(array)}.")
    return array


def as_matrix(Z: npt.ArrayLike, name: str = "Z") -> npt.NDArray[np.float64]:
    """Return a float64 matrix of finite numbers, without a copy where it is one already.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        Real numbers of any type.
    name : str, default="Z"
        The name that errors use.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float64

    Raises
    ------
    DataError
        If it has another shape, no samples, no features, or a value that is not finite.

    Examples
    --------
    >>> as_matrix([[1, 2], [3, 4]]).dtype
    dtype('float64')
    """
    array = as_numbers(Z, name)
    if array.ndim != 2:
        way_out = (
            f"{name}.reshape(-1, 1)" if array.ndim == 1 else f"{name}.reshape(len({name}), -1)"
        )
        raise DataError(
            f"{name} must have the shape (n_samples, n_features). "
            f"Got {_shape(array)}: pass {way_out}."
        )
    matrix = array.astype(np.float64, copy=False)
    # One sum is cheaper than a mask, and is finite unless a value is not (or the values are huge).
    with np.errstate(over="ignore", invalid="ignore"):
        is_suspect = not np.isfinite(matrix.sum())
    if is_suspect and not np.isfinite(matrix).all():
        row = int(np.flatnonzero(~np.isfinite(matrix).all(axis=1))[0])
        raise DataError(
            f"{name} must hold finite numbers. Row {row} has NaN or infinity: "
            "drop such samples or fill the gaps first."
        )
    return matrix


def as_flat_matrix(X: npt.ArrayLike, name: str = "X") -> npt.NDArray[np.float64]:
    """Return a float64 matrix like `as_matrix`, with images and the like flattened to rows.

    Examples
    --------
    >>> as_flat_matrix(np.zeros((3, 28, 28))).shape
    (3, 784)
    """
    array = as_numbers(X, name)
    return as_matrix(array.reshape(len(array), -1) if array.ndim > 2 else array, name)


def as_labels(
    labels: npt.ArrayLike, n_samples: int | None = None, name: str = "labels"
) -> LabelArray:
    """Return labels of any kind (numbers, strings, booleans) as numbers from zero on.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        One label per sample.
    n_samples : int or None, default=None
        How many there must be; None takes any number above zero.
    name : str, default="labels"
        The name that errors use.

    Returns
    -------
    Labels

    Raises
    ------
    DataError
        If the shape or the length is wrong, a label is missing, or labels of different kinds mix.

    Examples
    --------
    >>> as_labels(["cat", "dog", "cat"]).codes
    array([0, 1, 0])
    """
    try:
        array = np.asarray(labels)
        if array.dtype.kind == "U" and isinstance(labels, list | tuple):
            # NumPy writes NaN and numbers beside text as text.
            array = np.array(labels, dtype=object if set(map(type, labels)) != {str} else None)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be a list of labels. Got {_short(error)}.") from error
    if array.ndim != 1 or not len(array):
        raise DataError(f"{name} must have the shape (n_samples,). Got {_shape(array)}.")
    if n_samples is not None and len(array) != n_samples:
        raise DataError(f"{name} must have one label per sample, {n_samples}. Got {len(array)}.")
    try:
        if _has_missing(array):
            raise DataError(f"{name} must have a label for every sample. Some are missing.")
        values, codes = np.unique(array, return_inverse=True)
    except TypeError as error:  # such as text beside numbers, which have no order
        raise DataError(f"{name} must be all of one kind. Got {_short(error)}.") from error
    return LabelArray(values, codes)


def check_same_length(first: npt.NDArray[Any], second: npt.NDArray[Any], names: str) -> None:
    """Refuse two arrays that do not describe the same number of samples.

    Examples
    --------
    >>> check_same_length(np.zeros(2), np.zeros(3), "X and Z")
    Traceback (most recent call last):
    ...
    latens.exceptions.DataError: X and Z must have the same number of samples. Got 2 and 3.
    """
    if len(first) != len(second):
        raise DataError(
            f"{names} must have the same number of samples. Got {len(first)} and {len(second)}."
        )


def _has_missing(array: npt.NDArray[Any]) -> bool:
    if array.dtype.kind in "fcmM":
        return bool(np.isnan(array).any())
    return array.dtype.kind == "O" and any(value is None or value != value for value in array)


def _shape(array: npt.NDArray[Any]) -> str:
    return f"an array of shape {array.shape}"


def _short(error: Exception) -> str:
    """Return one line of a foreign error, to be quoted in ours."""
    return f"something else ({str(error).splitlines()[0].rstrip('.')})"
