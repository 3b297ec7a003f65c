"""Images in a .npy file, read one by one: of a file that shrinks meanwhile, a map would end the process."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, overload

import numpy as np
import numpy.typing as npt

from latens._npy import read_npy_header_of
from latens.exceptions import RunError

__all__ = ["StoredImages"]


@dataclass(frozen=True, eq=False)
class StoredImages:
    """The images of a .npy file, or some of them, in an order of their own.

    Attributes
    ----------
    path : Path
    shape : tuple of int
        (n, height, width[, channels]).
    rows : ndarray of int of shape (n,)
        Where in the file each of them is.
    data_start : int
        Where in the file the first of all is.
    """

    path: Path
    shape: tuple[int, ...]
    rows: npt.NDArray[np.int64]
    data_start: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Open a file.

        Raises
        ------
        RunError
            If it is missing or damaged, or holds no images of bytes.
        """
        header = read_npy_header_of(path, RunError)
        is_right = (
            header.dtype == np.uint8 and len(header.shape) in (3, 4) and 0 not in header.shape
        )
        if not is_right or header.fortran_order:
            raise RunError(
                f"'{path}' should hold images: bytes of the shape (n, height, width[, channels]). "
                f"Got {header.dtype} of shape {header.shape} instead."
            )
        rows = np.arange(header.shape[0], dtype=np.int64)
        return cls(path, header.shape, rows, header.data_start)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> npt.NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, at: npt.NDArray[np.integer]) -> "StoredImages": ...

    def __getitem__(
        self, at: int | npt.NDArray[np.integer]
    ) -> "npt.NDArray[np.uint8] | StoredImages":
        """Read one image; or choose some, and read nothing.

        Raises
        ------
        RunError
            If the file has become shorter, or is gone.
        """
        if isinstance(at, np.ndarray):
            rows = self.rows[at]
            return StoredImages(self.path, (len(rows), *self.shape[1:]), rows, self.data_start)
        size = math.prod(self.shape[1:])
        try:
            file = os.open(self.path, os.O_RDONLY)
            try:
                content = os.pread(file, size, self.data_start + int(self.rows[at]) * size)
            finally:
                os.close(file)
        except OSError as error:
            raise RunError(f"'{self.path}' cannot be read: {error.strerror or error}.") from error
        if len(content) != size:
            raise RunError(f"'{self.path}' has become shorter since it was opened.")
        return np.frombuffer(content, np.uint8).reshape(self.shape[1:])

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        return (self[at] for at in range(len(self)))
