"""Whatever holds numbers as a NumPy array, without a copy where the memory can be shared."""

import math
import sys
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from latens._memory import check_memory
from latens._sparse import checked_sparse
from latens.data.map_style import array_from_items, holds_items
from latens.exceptions import DataError

__all__ = ["as_array", "as_sparse"]


def as_array(X: Any) -> np.ndarray:
    """Turn what users pass to estimators into an array.

    Only the container changes. Types, shapes and missing values are left for the estimator to check,
    with two exceptions that an array cannot express: masked values and columns that are not numbers.

    Parameters
    ----------
    X : array-like
        A NumPy array or memory map (given back as it is), a torch tensor on any device, a data frame
        or series that narwhals knows (pandas, polars, arrow), a scipy.sparse matrix, a map-style torch
        Dataset (of items with several entries the first), nested lists, or anything that NumPy converts.

    Returns
    -------
    ndarray
        Shares its memory with `X` where that is possible, so it must not be written to.

    Raises
    ------
    DataError
        If `X` is none of these, has rows of different lengths, columns that are not numeric, masked
        values, or is sparse and too large to be made dense, or has an index outside its shape.

    Examples
    --------
    >>> as_array([[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    >>> as_array({"a": 1})
    Traceback (most recent call last):
    ...
    latens.exceptions.DataError: X must be an array, a data frame, a tensor or nested lists. Got dict instead.
    """
    if isinstance(X, np.ndarray):
        return _plain(X)
    if _is_sparse(X):
        return _dense(X)
    if _is_tensor(X):
        return _from_tensor(X)
    if isinstance(X, list | tuple):
        return _from_list(X)
    frame = _as_narwhals(X)
    if frame is not None:
        return _from_frame(frame)
    return array_from_items(X) if holds_items(X) else _converted(X)


def _plain(X: np.ndarray) -> np.ndarray:
    """Drop the subclasses that change what indexing means; keep memory maps."""
    if isinstance(X, np.ma.MaskedArray):
        if np.ma.is_masked(X):
            raise DataError(
                f"X has {np.ma.count_masked(X):,} masked values. Fill them with X.filled(value)."
            )
        return np.asarray(X.data)
    return X if isinstance(X, np.memmap) else np.asarray(X)


def _is_sparse(X: Any) -> bool:
    # Whoever holds a sparse matrix has imported scipy.sparse.
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(X))


def as_sparse(X: Any) -> Any:
    """Return a matrix of scipy.sparse, after a look at every index of it.

    SciPy looks at them once a matrix is made, and not when its parts are changed: compiled code would
    follow one that lies outside the shape out of the memory.

    Parameters
    ----------
    X : matrix or array of scipy.sparse

    Returns
    -------
    csr_array, csc_array, bsr_array, coo_array or dia_array
        Shares its memory with `X` where that is possible.

    Raises
    ------
    DataError
        If it has other than two dimensions, or an index outside its shape.
    """
    if X.ndim != 2:
        raise DataError(f"A sparse X must have rows and columns. Got the shape {X.shape}.")
    names = ("data", "indices", "indptr", "row", "col", "offsets")
    try:
        # Lists of rows and dictionaries are checked as what they are about to become.
        stored = X if X.format in ("csr", "csc", "bsr", "coo", "dia") else X.tocoo()
        parts = {name: getattr(stored, name) for name in names if hasattr(stored, name)}
        return checked_sparse(stored.format, parts, stored.shape)
    except ValueError as error:
        raise DataError(f"The sparse X is damaged: {str(error).rstrip('.')}.") from error


def _dense(X: Any) -> np.ndarray:
    checked = as_sparse(X)
    _check_dense_size(X.shape, X.dtype.itemsize)
    return np.asarray(checked.toarray())


def _check_dense_size(shape: Sequence[int], itemsize: int) -> None:
    check_memory(
        math.prod(int(size) for size in shape) * itemsize,
        f"The sparse X of shape {tuple(shape)}, made dense,",
    )


def _is_tensor(X: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(X, torch.Tensor)


def _from_tensor(X: Any) -> np.ndarray:
    import torch

    X = X.detach()
    if X.layout != torch.strided:
        _check_dense_size(X.shape, X.element_size())
        X = _checked_tensor(X).to_dense()
    if X.dtype == torch.bfloat16:  # NumPy has no such type
        X = X.to(torch.float32)
    return np.asarray(X.cpu().resolve_conj().resolve_neg().numpy())


def _checked_tensor(X: Any) -> Any:
    """The same sparse tensor, its indices held against its shape, which torch does only when asked."""
    import torch

    try:
        if X.layout == torch.sparse_coo:
            parts = X._indices(), X._values()
            return torch.sparse_coo_tensor(*parts, X.shape, check_invariants=True)
        by_rows = X.layout in (torch.sparse_csr, torch.sparse_bsr)
        parts = (
            (X.crow_indices(), X.col_indices()) if by_rows else (X.ccol_indices(), X.row_indices())
        )
        return torch.sparse_compressed_tensor(
            *parts, X.values(), X.shape, layout=X.layout, check_invariants=True
        )
    except RuntimeError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"The sparse tensor X is damaged: {reason}.") from error


def _from_list(X: list[Any] | tuple[Any, ...]) -> np.ndarray:
    try:
        if X and (_is_tensor(X[0]) or isinstance(X[0], np.ndarray)):
            return np.stack([as_array(row) for row in X])
        return np.asarray(X)
    except ValueError as error:
        if isinstance(X, tuple) and len(X) == 2:
            raise DataError(
                "X is a pair of which the parts differ in shape. Samples and labels are two arguments, as in "
                "fit(X, y)."
            ) from error
        raise DataError(
            "The rows of X differ in length or shape. Expected nested lists of equal length."
        ) from error


def _as_narwhals(X: Any) -> Any:
    """Return a narwhals frame or series over `X`, or None where narwhals does not know it."""
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    try:
        frame = nw.from_native(X, eager_only=True, allow_series=True, pass_through=True)
    except DuplicateError as error:
        raise DataError("Two columns of X have the same name. Rename one of them.") from error
    return frame if isinstance(frame, nw.DataFrame | nw.Series) else None


def _from_frame(frame: Any) -> np.ndarray:
    import narwhals as nw

    if isinstance(frame, nw.Series):
        return np.asarray(frame.to_numpy())
    unusable = [
        f"'{name}' ({dtype})"
        for name, dtype in frame.schema.items()
        if not (dtype.is_numeric() or dtype == nw.Boolean)
    ]
    if unusable:
        raise DataError(
            f"These columns of X are not numbers: {', '.join(unusable)}. Encode or drop them; "
            "latens.data.load does so for .csv and .parquet files."
        )
    return np.asarray(_plain_columns(frame).to_numpy())


def _plain_columns(frame: Any) -> Any:
    """Cast what NumPy would make objects of: booleans beside numbers, and decimals."""
    import narwhals as nw

    schema = frame.schema
    targets = {
        name: nw.Int8 if dtype == nw.Boolean else nw.Float64
        for name, dtype in schema.items()
        if dtype in (nw.Boolean, nw.Decimal)
    }
    if not targets or (set(schema.values()) == {nw.Boolean}):
        return frame
    return frame.with_columns(nw.col(name).cast(target) for name, target in targets.items())


def _converted(X: Any) -> np.ndarray:
    """What NumPy makes of any other object that offers its numbers."""
    try:
        array = np.asarray(X)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"X of type {type(X).__name__} is no array: {error}.") from error
    if isinstance(X, str | PurePath):
        raise DataError(
            f"X must be an array, a data frame, a tensor or nested lists. Got {type(X).__name__} instead; a "
            "file is read by latens.data.load(path).X."
        )
    if array.ndim == 0:
        hint = "; give its samples, .X" if isinstance(getattr(X, "X", None), np.ndarray) else ""
        raise DataError(
            "X must be an array, a data frame, a tensor or nested lists. "
            f"Got {type(X).__name__} instead{hint}."
        )
    return array
