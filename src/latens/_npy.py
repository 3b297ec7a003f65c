"""NumPy's .npy format: the header is held against the file's size, the values are never unpickled."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, BinaryIO, Literal

import numpy as np

from latens._regular_files import open_regular
from latens.exceptions import DataError, LatensError

__all__ = ["NpyHeader", "open_npy", "read_npy_header", "read_npy_header_of"]

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
    fortran_order: bool = False

    @property
    def data_bytes(self) -> int:
        """What the values take."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def total_bytes(self) -> int:
        """The length of a whole file with this header."""
        return self.data_start + self.data_bytes


def read_npy_header(
    stream: IO[bytes], where: str, failure: type[LatensError] = DataError
) -> NpyHeader:
    """Read the header of a .npy stream and nothing else.

    Parameters
    ----------
    stream : binary file
        At its beginning; left where the data begin.
    where : str
        The source, as the beginning of an error.
    failure : class, default=DataError
        What to raise.

    Raises
    ------
    DataError, or what `failure` is
        If it is no .npy stream, or holds Python objects or named fields.
    """
    try:
        version = np.lib.format.read_magic(stream)
        shape, fortran_order, dtype = _READERS[version](stream)
    except _HEADER_ERRORS as error:
        raise failure(
            f"{where} is no .npy file that can be read. Write it with numpy.save."
        ) from error
    if dtype.hasobject:
        raise failure(
            f"{where} holds Python objects, which could run code when they are read. "
            "Save it with a plain type, as in X.astype('float32') or y.astype(str)."
        )
    if dtype.names is not None:
        raise failure(
            f"{where} holds records with the fields {', '.join(dtype.names)}. "
            "Save a plain array, or the table as .csv or .parquet."
        )
    if dtype.kind not in _KINDS or dtype.itemsize == 0:
        raise failure(f"{where} holds values of type {dtype}. Save plain numbers or text.")
    if not all(type(size) is int for size in shape):  # NumPy takes any literal
        raise failure(f"{where} gives an impossible shape in its header.")
    largest = math.prod(max(1, size) for size in shape) * dtype.itemsize
    is_possible = all(size >= 0 for size in shape) and largest <= _MOST_BYTES
    if not is_possible or len(shape) > _MOST_DIMENSIONS:
        raise failure(f"{where} gives the impossible shape {_in_words(shape)} in its header.")
    return NpyHeader(shape, dtype, stream.tell(), fortran_order)


def _in_words(shape: tuple[int, ...]) -> str:
    # A header may hold integers that Python refuses to write, of more than 4,300 digits.
    sizes = [str(size) if abs(size) < 2**64 else "over 2**64" for size in shape[:5]]
    return f"({', '.join(sizes)}{', ...' if len(shape) > 5 else ''})"


def read_npy_header_of(path: Path, failure: type[LatensError] = DataError) -> NpyHeader:
    """Read the header of a .npy file, and hold it against the size of the file.

    Raises
    ------
    DataError, or what `failure` is
        If the file is no plain .npy file, or is shorter or longer than its header says.
    """
    where = f"The file '{path}'"
    try:
        with open_regular(path) as file:
            return _whole_header(file, where, failure)
    except OSError as error:
        raise failure(f"{where} cannot be read: {error.strerror or error}.") from error


def open_npy(path: Path, failure: type[LatensError] = DataError) -> np.ndarray:
    """Map a .npy file into memory, read-only: nothing is read until it is used.

    Raises
    ------
    DataError, or what `failure` is
        If the file is no plain .npy file, or is shorter or longer than its header says.
    """
    where = f"The file '{path}'"
    try:
        with open_regular(path) as file:
            header = _whole_header(file, where, failure)
            if 0 in header.shape:  # an empty file cannot be mapped
                return np.empty(header.shape, header.dtype)
            order: Literal["F", "C"] = "F" if header.fortran_order else "C"
            return np.memmap(file, header.dtype, "r", header.data_start, header.shape, order)
    except OSError as error:
        raise failure(f"{where} cannot be read: {error.strerror or error}.") from error


def _whole_header(file: BinaryIO, where: str, failure: type[LatensError]) -> NpyHeader:
    """The header of an open file that is as long as it says."""
    header = read_npy_header(file, where, failure)
    file_bytes = os.fstat(file.fileno()).st_size
    if file_bytes != header.total_bytes:
        raise failure(
            f"{where} does not hold what its header says: the shape {header.shape} of "
            f"{header.dtype} makes {header.total_bytes:,} bytes, and it has {file_bytes:,}. "
            "Get it again."
        )
    return header
