"""NumPy's .npy files: the header is held against the file's size, the values are mapped, never unpickled."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, Literal

import numpy as np

from latens.data.dataset import Dataset
from latens.data.labels import Labels, check_labels, encode_labels
from latens.data.regular_files import open_regular
from latens.exceptions import DataError

__all__ = ["NpyHeader", "load_npy", "open_npy", "read_npy_header"]

_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}

# What NumPy lets through on nonsense. KeyError is ours: version 3 exists for field names beyond Latin-1
# only, and named fields are refused below anyway.
_HEADER_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    SyntaxError,
    TokenError,
    MemoryError,
    RecursionError,
)
# Numbers, text and moments. Anything else has values within values, or none.
_KINDS = "biufcSUmM"
# What NumPy can address.
_MOST_BYTES = 2**62
_MOST_DIMENSIONS = 32


@dataclass(frozen=True)
class NpyHeader:
    """What a .npy header promises, and where its data begin."""

    shape: tuple[int, ...]
    dtype: np.dtype
    data_start: int
    by_columns: bool = False

    @property
    def data_bytes(self) -> int:
        """What the values take."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def total_bytes(self) -> int:
        """The length of a whole file with this header."""
        return self.data_start + self.data_bytes


def read_npy_header(stream: IO[bytes], where: str) -> NpyHeader:
    """Read the header of a .npy stream and nothing else.

    Parameters
    ----------
    stream : binary file
        At its beginning; left where the data begin.
    where : str
        The source, as the beginning of an error.

    Raises
    ------
    DataError
        If it is no .npy stream, or holds Python objects or named fields.
    """
    try:
        version = np.lib.format.read_magic(stream)
        shape, by_columns, dtype = _READERS[version](stream)
    except _HEADER_ERRORS as error:
        raise DataError(
            f"{where} is no .npy file that can be read. Write it with numpy.save."
        ) from error
    if dtype.hasobject:
        raise DataError(
            f"{where} holds Python objects, which could run code when they are read. "
            "Save it with a plain type, as in X.astype('float32') or y.astype(str)."
        )
    if dtype.names is not None:
        raise DataError(
            f"{where} holds records with the fields {', '.join(dtype.names)}. "
            "Save a plain array, or the table as .csv or .parquet."
        )
    if dtype.kind not in _KINDS or dtype.itemsize == 0:
        raise DataError(f"{where} holds values of type {dtype}. Save plain numbers or text.")
    largest = math.prod(max(1, size) for size in shape) * dtype.itemsize
    is_possible = all(size >= 0 for size in shape) and largest <= _MOST_BYTES
    if not is_possible or len(shape) > _MOST_DIMENSIONS:
        raise DataError(f"{where} gives the impossible shape {_in_words(shape)} in its header.")
    return NpyHeader(shape, dtype, stream.tell(), by_columns)


def _in_words(shape: tuple[int, ...]) -> str:
    # A header may hold integers that Python refuses to write, of more than 4,300 digits.
    sizes = [str(size) if abs(size) < 2**64 else "over 2**64" for size in shape[:5]]
    return f"({', '.join(sizes)}{', ...' if len(shape) > 5 else ''})"


def open_npy(path: Path) -> np.ndarray:
    """Map a .npy file into memory, read-only: nothing is read until it is used.

    Raises
    ------
    DataError
        If the file is no plain .npy file, or is shorter or longer than its header says.
    """
    where = f"The file '{path}'"
    try:
        with open_regular(path) as file:
            header = read_npy_header(file, where)
            file_bytes = os.fstat(file.fileno()).st_size
            if file_bytes != header.total_bytes:
                raise DataError(
                    f"{where} does not hold what its header says: the shape {header.shape} of "
                    f"{header.dtype} makes {header.total_bytes:,} bytes, and it has {file_bytes:,}. "
                    "Get it again."
                )
            if 0 in header.shape:  # an empty file cannot be mapped
                return np.empty(header.shape, header.dtype)
            order: Literal["F", "C"] = "F" if header.by_columns else "C"
            return np.memmap(file, header.dtype, "r", header.data_start, header.shape, order)
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error


def load_npy(path: Path) -> Dataset:
    """Load samples from a .npy file, with the labels of ``y.npy`` for ``X.npy`` where that is there.

    Parameters
    ----------
    path : Path
        The file; ``X_train.npy`` goes with ``y_train.npy`` in the same way.

    Returns
    -------
    Dataset
        `X` is a read-only memory map.
    """
    X = open_npy(path)
    beside = path.with_name("y" + path.name[1:])
    if path.name[:1] not in ("X", "x") or not beside.is_file():
        return Dataset(X)
    labels = _labels_from(beside, len(X) if X.ndim else 0)
    notes = (labels.note,) if labels.note else ()
    return Dataset(X, labels.codes, labels.names, notes=notes)


def _labels_from(path: Path, n_samples: int) -> Labels:
    values = open_npy(path)
    if values.ndim == 0 or len(values) != n_samples:
        return Labels(
            note=f"The labels in '{path.name}' have the shape {values.shape}, "
            f"not one for each of {n_samples:,} samples, and were left out."
        )
    check_labels(values.shape, values.dtype, f"The file '{path}'")
    return encode_labels(np.asarray(values), f"The labels in '{path.name}'")
