"""Samples that an object gives one by one, by their number: torch's map-style Dataset and its like."""

import sys
from collections.abc import Mapping
from math import prod
from numbers import Number
from typing import Any

import numpy as np

from latens._memory import check_memory
from latens.exceptions import DataError

__all__ = ["array_from_items", "holds_items"]


def holds_items(X: Any) -> bool:
    """Whether an object is no array but has samples to ask for, or is a Dataset or DataLoader of torch.

    NumPy would ask such an object for one item after the other until an IndexError, which a Dataset need not
    raise.
    """
    if _is_torch(X, "Dataset") or _is_torch(X, "DataLoader"):
        return True
    is_array = any(hasattr(X, name) for name in ("__array__", "__array_interface__", "__dlpack__"))
    is_plain = isinstance(X, str | bytes | bytearray | memoryview | Mapping | list | tuple | range)
    is_sequence = hasattr(X, "__getitem__") and hasattr(X, "__len__")
    return is_sequence and not is_array and not is_plain and not hasattr(X, "typecode")


def array_from_items(X: Any) -> np.ndarray:
    """Return the samples of an object, each asked for once, by its number.

    Parameters
    ----------
    X : map-style Dataset
        With ``len(X)`` and ``X[i]``; where items have several entries, such as a sample and its label, the
        first one is the sample. A list of plain numbers is one sample.

    Raises
    ------
    DataError
        If it has no length, holds no arrays of one shape, or only hands out batches.
    """
    name = type(X).__name__
    if _is_torch(X, "DataLoader"):
        raise DataError(
            f"X is a {name}, which hands out batches, perhaps shuffled. Give its Dataset, X.dataset; the "
            "batch size is the Trainer's."
        )
    tensors = getattr(X, "tensors", None)
    if _is_torch(X, "TensorDataset") and tensors:
        return _array(tensors[0], name, 0)
    try:
        n = len(X)
    except (TypeError, NotImplementedError) as error:
        raise DataError(
            f"X is a {name} without a length, whose samples nobody can count. Give an array of them, "
            "np.stack([x for x, *_ in dataset])."
        ) from error
    if n == 0:
        raise DataError(f"X is a {name} with no samples.")
    return _filled(X, n, name)


def _filled(X: Any, n: int, name: str) -> np.ndarray:
    first = _sample(X, 0, name)
    check_memory(n * max(1, prod(first.shape)) * first.itemsize, f"The {n:,} samples of the {name}")
    made = np.empty((n, *first.shape), dtype=first.dtype)
    made[0] = first
    for number in range(1, n):
        sample = _sample(X, number, name)
        if sample.shape != first.shape:
            raise DataError(
                f"The samples of the {name} differ in shape: {first.shape} for number 0 and {sample.shape} "
                f"for number {number}. Bring them to one shape first."
            )
        if sample.dtype != made.dtype:
            made = made.astype(np.result_type(made, sample), copy=False)
        made[number] = sample
    return made


def _sample(X: Any, number: int, name: str) -> np.ndarray:
    try:
        item = X[number]
    except (IndexError, KeyError, TypeError) as error:
        raise DataError(
            f"The {name} has no sample number {number}, though it says that it has {len(X):,} "
            f"({type(error).__name__}: {error})."
        ) from error
    if isinstance(item, Mapping):
        keys = ", ".join(repr(key) for key in list(item)[:5])
        raise DataError(
            f"The items of the {name} are dictionaries ({keys}), and it is not clear which entry is the "
            "sample. Give an array of it: np.stack([item[key] for item in dataset])."
        )
    has_entries = isinstance(item, tuple | list) and item and not isinstance(item[0], Number)
    return _array(item[0] if has_entries else item, name, number)


def _array(sample: Any, name: str, number: int) -> np.ndarray:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(sample, torch.Tensor):
        sample = sample.detach().cpu()
        sample = sample.float() if sample.dtype == torch.bfloat16 else sample
    try:
        array = np.asarray(sample)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"Sample {number} of the {name} is no array: {error}.") from error
    if array.dtype.kind not in "buif":
        raise DataError(
            f"Sample {number} of the {name} is of type {type(sample).__name__}, and no array of numbers. "
            "Make the Dataset give arrays or tensors."
        )
    return array


def _is_torch(X: Any, name: str) -> bool:
    """Whether an object is of a class of torch.utils.data, which whoever holds one has imported."""
    module = sys.modules.get("torch.utils.data")
    return module is not None and isinstance(X, getattr(module, name))
