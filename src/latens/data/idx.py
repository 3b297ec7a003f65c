"""The IDX format of MNIST and its relatives, plain or gzipped, checked against what the file holds.

Two zero bytes, a type code, the number of dimensions, each dimension as a big-endian integer of 32
bits, then the values (LeCun, Cortes and Burges, 1998, http://yann.lecun.com/exdb/mnist).
"""

import gzip
import math
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from latens._memory import check_memory
from latens._regular_files import open_regular
from latens.exceptions import DataError

__all__ = [
    "IdxHeader",
    "find_idx",
    "is_idx_name",
    "labels_beside",
    "read_idx",
    "read_idx_header",
    "write_idx",
]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(name): code for code, name in _TYPES.items()}
_MAX_DIMENSIONS = 8
_BLOCK_BYTES = 16 * 2**20
_NAME = re.compile(r"([-.]idx\d?(-ubyte)?|-ubyte)(\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class IdxHeader:
    """What an IDX header promises, and the length of its file, which may be packed."""

    dtype: np.dtype
    shape: tuple[int, ...]
    file_bytes: int

    @property
    def data_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def total_bytes(self) -> int:
        return 4 + 4 * len(self.shape) + self.data_bytes


def is_idx_name(name: str) -> bool:
    """Whether a file name says IDX: ``x.idx``, ``x.idx.gz``, ``x-idx3-ubyte.gz``, ``x.idx3-ubyte``.

    Examples
    --------
    >>> is_idx_name("train-images-idx3-ubyte.gz"), is_idx_name("x.idx"), is_idx_name("x.csv")
    (True, True, False)
    """
    return _NAME.search(name) is not None


def read_idx(path: Path) -> np.ndarray:
    """Read an array from an IDX file, gzipped or not (told by content, not by name).

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ndarray
        Of the stored type, in this machine's byte order.

    Raises
    ------
    DataError
        If the file is no IDX file, is cut short, or holds more or less than its header says.
    """
    with _opened(path) as (stream, where):
        header = _read_header(stream, path.stat().st_size, where)
        if not isinstance(stream, gzip.GzipFile) and header.file_bytes != header.total_bytes:
            raise _length_error(header, f"the file has {header.file_bytes:,} bytes", where)
        check_memory(header.total_bytes, where, stored=header.file_bytes)
        return _read_array(stream, header, where)


def read_idx_header(path: Path) -> IdxHeader:
    """Read what an IDX file, gzipped or not, says of its values, and none of them.

    Raises
    ------
    DataError
        If the file is no IDX file.
    """
    with _opened(path) as (stream, where):
        return _read_header(stream, path.stat().st_size, where)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO | gzip.GzipFile, str]]:
    """The bytes of a file, unpacked, and what to call it; its faults become errors of latens."""
    where = f"The file '{path}'"
    try:
        with open_regular(path) as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            yield (gzip.GzipFile(fileobj=file) if is_gzip else file), where
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{where} is a damaged gzip file: {error}. Get it again.") from error
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error


def _read_array(stream: BinaryIO | gzip.GzipFile, header: IdxHeader, where: str) -> np.ndarray:
    values = np.empty(header.shape, header.dtype)
    target = values.reshape(-1).view(np.uint8).data
    filled = 0
    while filled < len(target):
        # GzipFile.readinto may give less than was asked for, and 0 only at the end.
        count = stream.readinto(target[filled : filled + _BLOCK_BYTES])  # type: ignore[union-attr]
        if not count:
            raise _length_error(header, f"its data end after {filled:,} bytes", where)
        filled += count
    if stream.read(1):
        raise _length_error(header, "there are more", where)
    # In place: a copy would double what was just held against the memory.
    return (
        values
        if header.dtype.isnative
        else values.byteswap(inplace=True).view(header.dtype.newbyteorder("="))
    )


def _read_header(stream: BinaryIO | gzip.GzipFile, file_bytes: int, where: str) -> IdxHeader:
    magic = stream.read(4)
    is_idx = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in _TYPES
    if not is_idx or not 1 <= magic[3] <= _MAX_DIMENSIONS:
        raise DataError(
            f"{where} is no IDX file: it begins with {magic.hex(' ') or 'nothing'}. Expected two zero "
            "bytes, a type code (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions."
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(f"{where} is cut short within its header. Get it again.")
    shape = struct.unpack(f">{magic[3]}I", sizes)
    if 0 in shape:
        raise DataError(f"{where} is empty: its header gives the shape {shape}.")
    return IdxHeader(np.dtype(_TYPES[magic[2]]), shape, file_bytes)


def _length_error(header: IdxHeader, came: str, where: str) -> DataError:
    return DataError(
        f"{where} does not hold what its header says: the shape {header.shape} needs "
        f"{header.data_bytes:,} bytes of data, and {came}. Get it again."
    )


def write_idx(path: Path, values: np.ndarray) -> None:
    """Write an array as IDX, gzipped where the name ends with .gz.

    The bytes depend on the values alone, so that a file can be made again and compared.

    Parameters
    ----------
    path : Path
        Where to write.
    values : ndarray
        Of a type that IDX knows: uint8, int8, int16, int32, float32 or float64.
    """
    stored = values.astype(values.dtype.newbyteorder(">"))
    magic = bytes([0, 0, _CODES[stored.dtype], values.ndim])
    content = magic + struct.pack(f">{values.ndim}I", *values.shape) + stored.tobytes()
    if path.name.endswith(".gz"):
        content = gzip.compress(content, compresslevel=9, mtime=0)
    path.write_bytes(content)


def labels_beside(images: Path) -> Path | None:
    """Return the labels file that belongs to an images file by the usual names, if it is there.

    ``train-images-idx3-ubyte.gz`` goes with ``train-labels-idx1-ubyte``, gzipped or not.
    """
    name = images.name.removesuffix(".gz")
    if "images" not in name:
        return None
    stem = name.replace("images", "labels").replace("idx3", "idx1")
    return find_idx(images.parent, stem)


def find_idx(folder: Path, stem: str) -> Path | None:
    """Return the IDX file of that name in a folder, gzipped or not, or None.

    Also finds the spelling that some unpackers leave, ``train-images.idx3-ubyte``.
    """
    spellings = (stem, stem.replace("-idx", ".idx"))
    candidates = (folder / f"{name}{ending}" for ending in ("", ".gz") for name in spellings)
    return next((path for path in candidates if path.is_file()), None)
