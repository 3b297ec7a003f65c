"""Labels of any kind as codes 0..k-1 and names, or a sentence on why they are none."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latens._memory import check_memory

__all__ = ["Labels", "check_labels", "encode_labels", "label_bytes"]

# What sorting takes for each label, beside the labels: places, codes and copies of them.
_SORTING_BYTES = 40
# What comparing takes for each cell of one-hot rows.
_ONE_HOT_BYTES = 3


@dataclass(frozen=True, eq=False)
class Labels:
    """Class codes and their names; both None, with a note, where the values are no class labels."""

    codes: np.ndarray | None = None
    names: tuple[str, ...] | None = None
    note: str | None = None


def label_bytes(shape: Sequence[int], dtype: np.dtype) -> int:
    """Return the memory that encoding labels of a shape and a type takes, beside the labels themselves."""
    copies = dtype.itemsize if len(shape) == 1 else _ONE_HOT_BYTES
    return math.prod(shape) * copies + shape[0] * _SORTING_BYTES


def check_labels(
    shape: Sequence[int], dtype: np.dtype, where: str, *, stored: int | None = None
) -> None:
    """Refuse labels that would not fit in memory while they are encoded, before they are read.

    Raises
    ------
    DataError
        As `check_memory`.
    """
    check_memory(label_bytes(shape, dtype), f"Encoding the labels of {where}", stored=stored)


def encode_labels(values: np.ndarray, what: str = "The labels") -> Labels:
    """Turn class labels as people store them into codes and names.

    Integers, whole floats, strings, bytes, booleans, a single column and one-hot rows are understood.
    Classes are ordered by value. What cannot be a class label (missing values, numbers with
    fractions) is left out with a note, because labels only score and must not stop anybody.

    Parameters
    ----------
    values : ndarray of shape (n,), (n, 1) or (n, k)
        One label, or one one-hot row, per sample.
    what : str
        How the note calls them.

    Returns
    -------
    Labels

    Examples
    --------
    >>> encode_labels(np.array(["cat", "dog", "cat"]))
    Labels(codes=array([0, 1, 0]), names=('cat', 'dog'), note=None)
    >>> encode_labels(np.array([0.5, 1.5])).note
    'The labels are numbers with fractions, not classes, and were left out.'
    """
    values = _one_column(values)
    problem = _problem(values)
    if problem is not None:
        return Labels(note=f"{what} {problem} and were left out.")
    classes, codes = np.unique(values, return_inverse=True)
    return Labels(
        codes.astype(np.int64, copy=False), tuple(_class_name(value) for value in classes.tolist())
    )


def _one_column(values: np.ndarray) -> np.ndarray:
    """Undo a column shape and one-hot rows."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "buif":
        is_one_hot = ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()
        return values.argmax(axis=1) if is_one_hot else values
    return values


def _problem(values: np.ndarray) -> str | None:
    """Why the values are no class labels, as the end of a sentence."""
    if values.ndim != 1:
        return f"have the shape {values.shape}, not one label per sample,"
    if values.dtype.kind not in "buifSU":
        return f"have the type {values.dtype}, which is no kind of label,"
    if values.dtype.kind == "U" and not _are_characters(values):
        return "hold numbers of characters that there are not"
    if values.dtype.kind != "f":
        return None
    n_missing = int((~np.isfinite(values)).sum())
    if n_missing:
        return f"are missing for {n_missing:,} of {len(values):,} samples"
    return "are numbers with fractions, not classes," if (values % 1 != 0).any() else None


def _are_characters(texts: np.ndarray) -> bool:
    """Whether a file's text can be made Python's, which ends on a number beyond Unicode."""
    native = np.ascontiguousarray(texts.astype(texts.dtype.newbyteorder("="), copy=False))
    return not texts.size or int(native.view(np.uint32).max()) <= sys.maxunicode


def _class_name(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    # Halves of characters can neither be written nor shown.
    text = str(int(value)) if isinstance(value, float) else str(value)
    return text.encode("utf-8", "replace").decode("utf-8")
