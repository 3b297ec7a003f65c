"""Sparse matrices from the parts that a file holds, every part checked before compiled code follows it."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["checked_sparse"]

Parts = Mapping[str, npt.NDArray[Any]]
Integers = npt.NDArray[np.int64]

# SciPy's products know no other kinds of numbers: no float16, no objects, no text.
_KINDS = "biufc"
# What SciPy's indices can count to.
_MOST = np.iinfo(np.int64).max


def checked_sparse(format: str, parts: Parts, shape: Sequence[Any]) -> Any:
    """Make a sparse matrix of parts that may be damaged.

    SciPy's compiled code follows indices wherever they lead, out of the memory too, so nothing is left to
    it: every index, pointer, length and type is looked at here. Whether the values are finite is not.
    What the matrix takes once it is dense, or has another format, is for the caller to hold against
    `check_memory`, as its shape may be anything.

    Parameters
    ----------
    format : {"csr", "csc", "bsr", "coo", "dia"}
    parts : mapping of str to ndarray
        "data" and, as `scipy.sparse.save_npz` names them: "indices" and "indptr" for the first three
        formats, "row" and "col", or "coords", for "coo", "offsets" for "dia".
    shape : sequence of int
        Rows and columns.

    Returns
    -------
    csr_array, csc_array, bsr_array, coo_array or dia_array
        Its parts are those given, copied only where their type has to change.

    Raises
    ------
    ValueError
        If a part is missing or does not fit, with the reason.

    Examples
    --------
    >>> parts = {"data": np.ones(1), "indices": np.array([7]), "indptr": np.array([0, 1])}
    >>> checked_sparse("csr", parts, (1, 5))
    Traceback (most recent call last):
    ...
    ValueError: 'indices' must lie in [0, 5). Got 7 instead.
    """
    make = _FORMATS.get(format) if isinstance(format, str) else None
    if make is None:
        raise ValueError(f"{str(format)[:20]!r} is no sparse format that is read")
    rows, columns = _checked_shape(shape)
    return make(parts, rows, columns)


def _csr(parts: Parts, rows: int, columns: int) -> "sparse.csr_array":
    from scipy import sparse

    return sparse.csr_array(_compressed(parts, rows, columns), shape=(rows, columns))


def _csc(parts: Parts, rows: int, columns: int) -> "sparse.csc_array":
    from scipy import sparse

    return sparse.csc_array(_compressed(parts, columns, rows), shape=(rows, columns))


def _compressed(parts: Parts, lines: int, width: int, ndim: int = 1) -> tuple[Any, ...]:
    """Data, indices and pointers of this many lines, with indices below a width."""
    data = _numbers(parts, ndim)
    pointers = _integers(parts, "indptr")
    if len(pointers) != lines + 1:
        raise ValueError(f"'indptr' must have length {lines + 1}. Got {len(pointers)} instead.")
    if pointers[0] != 0 or pointers[-1] != len(data) or (pointers[1:] < pointers[:-1]).any():
        raise ValueError(f"'indptr' must grow from 0 to {len(data)}, the length of 'data'.")
    return data, _places(parts, "indices", len(data), width), pointers


def _bsr(parts: Parts, rows: int, columns: int) -> "sparse.bsr_array":
    from scipy import sparse

    height, width = _numbers(parts, 3).shape[1:]
    if height < 1 or width < 1 or rows % height or columns % width:
        raise ValueError(f"blocks of {height} x {width} do not fill {rows} x {columns}.")
    blocks = _compressed(parts, rows // height, columns // width, ndim=3)
    return sparse.bsr_array(blocks, shape=(rows, columns))


def _coo(parts: Parts, rows: int, columns: int) -> "sparse.coo_array":
    from scipy import sparse

    data = _numbers(parts, 1)
    if "coords" in parts:
        pair = _part(parts, "coords")
        if pair.ndim != 2 or len(pair) != 2:
            raise ValueError(f"'coords' must have shape (2, n). Got {pair.shape} instead.")
        parts = {"row": pair[0], "col": pair[1]}
    row, column = _places(parts, "row", len(data), rows), _places(parts, "col", len(data), columns)
    return sparse.coo_array((data, (row, column)), shape=(rows, columns))


def _dia(parts: Parts, rows: int, columns: int) -> "sparse.dia_array":
    from scipy import sparse

    data, offsets = _numbers(parts, 2), _integers(parts, "offsets")
    if len(offsets) != len(data) or len(np.unique(offsets)) != len(offsets):
        raise ValueError(f"'offsets' must be {len(data)} different numbers, one for each diagonal.")
    # Diagonals beyond the corners are legal and hold nothing; as numbers they are too large for int32.
    is_inside = (offsets > -rows) & (offsets < columns)
    return sparse.dia_array((data[is_inside], offsets[is_inside]), shape=(rows, columns))


_FORMATS: Mapping[str, Callable[[Parts, int, int], Any]] = {
    "csr": _csr,
    "csc": _csc,
    "bsr": _bsr,
    "coo": _coo,
    "dia": _dia,
}


def _checked_shape(shape: Sequence[Any]) -> tuple[int, int]:
    sizes = [int(size) for size in shape if isinstance(size, Integral)]
    if len(sizes) != 2 or min(sizes) < 0 or max(sizes) >= _MOST:
        raise ValueError(f"a matrix has rows and columns, of which there are none below 0: {sizes}")
    return sizes[0], sizes[1]


def _part(parts: Parts, name: str) -> npt.NDArray[Any]:
    if name not in parts:
        raise ValueError(f"'{name}' is missing")
    return np.asarray(parts[name])


def _numbers(parts: Parts, ndim: int) -> npt.NDArray[Any]:
    """The values, in the byte order of the machine: compiled code knows no other."""
    data = _part(parts, "data")
    if data.dtype.kind not in _KINDS or data.dtype == np.float16:
        raise ValueError(
            f"'data' must be numbers that SciPy computes with. Got {data.dtype} instead."
        )
    if data.ndim != ndim:
        raise ValueError(f"'data' must have {ndim} dimension(s). Got {data.ndim} instead.")
    return data.astype(data.dtype.newbyteorder("="), copy=False)


def _integers(parts: Parts, name: str) -> Integers:
    found = _part(parts, name)
    # Some writers leave the type of an empty list, which is float64.
    if found.ndim != 1 or (found.dtype.kind not in "iu" and found.size):
        raise ValueError(
            f"'{name}' must be a list of integers. Got {found.dtype} of shape {found.shape}."
        )
    if found.size and not -_MOST <= int(found.min()) <= int(found.max()) <= _MOST:
        raise ValueError(f"'{name}' must be integers below 2**63. Got {found.max()} instead.")
    return found.astype(np.int64, copy=False)


def _places(parts: Parts, name: str, length: int, width: int) -> Integers:
    """One index below the width for each of this many values."""
    found = _integers(parts, name)
    if len(found) != length:
        raise ValueError(
            f"'{name}' must have length {length}, as 'data'. Got {len(found)} instead."
        )
    if length and not 0 <= int(found.min()) <= int(found.max()) < width:
        wrong = found.min() if found.min() < 0 else found.max()
        raise ValueError(f"'{name}' must lie in [0, {width}). Got {wrong} instead.")
    return found
