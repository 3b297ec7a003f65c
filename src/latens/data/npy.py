"""NumPy's .npy files: the header is held against the file's size, the values are mapped, never unpickled."""

import math
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO

import numpy as np

from latens.data.dataset import Dataset
from latens.data.labels import Labels, encode_labels
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
    KeyError,
    EOFError,
    SyntaxError,
    TokenError,
    MemoryError,
    RecursionError,
)


@dataclass(frozen=True)
class NpyHeader:
    """What a .npy header promises, and where its data begin."""

    shape: tuple[int, ...]
    dtype: np.dtype
    data_start: int

    @property
    def total_bytes(self) -> int:
        """The length of a whole file with this header."""
        return self.data_start + math.prod(self.shape) * self.dtype.itemsize


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
        shape, _, dtype = _READERS[version](stream)
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
    if any(size < 0 for size in shape):
        raise DataError(f"{where} gives the impossible shape {shape} in its header.")
    return NpyHeader(shape, dtype, stream.tell())


def open_npy(path: Path) -> np.ndarray:
    """Map a .npy file into memory, read-only: nothing is read until it is used.

    Raises
    ------
    DataError
        If the file is no plain .npy file, or is shorter or longer than its header says.
    """
    where = f"The file '{path}'"
    try:
        with path.open("rb") as file:
            header = read_npy_header(file, where)
        file_bytes = path.stat().st_size
        if file_bytes != header.total_bytes:
            raise DataError(
                f"{where} does not hold what its header says: the shape {header.shape} of "
                f"{header.dtype} makes {header.total_bytes:,} bytes, and it has {file_bytes:,}. "
                "Get it again."
            )
        if 0 in header.shape:  # an empty file cannot be mapped
            return np.empty(header.shape, header.dtype)
        return np.load(path, mmap_mode="r", allow_pickle=False)
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
    return encode_labels(np.asarray(values), f"The labels in '{path.name}'")
