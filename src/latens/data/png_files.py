"""Whether a PNG file holds all its pixels: Pillow leaves rows black where the data end early.

The parts of a PNG carry checksums, and its header says how many bytes of pixels there are (W3C, PNG
specification, third edition, 2025, sections 5 and 7).
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from latens.exceptions import DataError

__all__ = ["check_png", "check_png_pixels"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK_BYTES = 2**20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# The seven passes of an interlaced image: first column and row, and the steps between them.
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


def check_png(file: BinaryIO) -> None:
    """Hold every part of a PNG file that cannot be left out against its checksum.

    Parameters
    ----------
    file : binary file
        Left where it was.

    Raises
    ------
    DataError
        If a part is damaged, or the last is not there. The message is the reason alone.
    """
    with _restored(file):
        for _ in _parts(file):
            pass


def check_png_pixels(file: BinaryIO) -> None:
    """Unpack the pixels of a PNG file, and hold how many there are against its header.

    Parameters
    ----------
    file : binary file
        Left where it was.

    Raises
    ------
    DataError
        If some are missing. The message is the reason alone.
    """
    pixels: _Pixels | None = None
    with _restored(file):
        for kind, block in _parts(file):
            if kind == b"IHDR":
                pixels = _Pixels.announced_by(block)
            elif kind == b"IDAT" and pixels is not None:
                pixels.count(block)
    if pixels is None or pixels.missing > 0:
        raise DataError("it is damaged: its pixels end before the last row")


@contextmanager
def _restored(file: BinaryIO) -> Iterator[None]:
    place = file.tell()
    try:
        file.seek(len(_SIGNATURE))
        yield
    finally:
        file.seek(place)


def _parts(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the content of every part that cannot be left out, long ones in blocks."""
    kind = b""
    while kind != b"IEND":
        head = file.read(8)
        if len(head) < 8:
            raise DataError("it is cut short: the end that a PNG file has is missing")
        length, kind = struct.unpack(">I4s", head)
        if kind[:1].isupper():
            for block in _content(file, length, kind):
                yield kind, block
        else:
            file.seek(length + 4, 1)


def _content(file: BinaryIO, length: int, kind: bytes) -> Iterator[bytes]:
    """What a part holds, block by block, its checksum verified at the end."""
    checksum = zlib.crc32(kind)
    left = length
    while left > 0:
        block = file.read(min(left, _BLOCK_BYTES))
        if not block:
            raise DataError("it is cut short")
        checksum = zlib.crc32(block, checksum)
        left -= len(block)
        yield block
    if file.read(4) != struct.pack(">I", checksum):
        raise DataError("it is damaged: a checksum is wrong")


@dataclass
class _Pixels:
    """How many bytes of rows are still to come out of the compressed data."""

    missing: int
    stream: "zlib._Decompress"

    @classmethod
    def announced_by(cls, header: bytes) -> "_Pixels":
        if len(header) < 13:
            raise DataError("it is damaged: its header is too short")
        width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", header[:13])
        bits = depth * _CHANNELS.get(color, 0)
        passes = _PASSES if interlaced else ((0, 0, 1, 1),)
        sizes = [
            (-(-max(0, width - x) // x_step), -(-max(0, height - y) // y_step))
            for x, y, x_step, y_step in passes
        ]
        # Every row begins with a byte that names its filter.
        total = sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns)
        return cls(total, zlib.decompressobj())

    def count(self, block: bytes) -> None:
        """Unpack a block of compressed data, and forget it."""
        while block and self.missing > 0 and not self.stream.eof:
            try:
                self.missing -= len(self.stream.decompress(block, _BLOCK_BYTES))
            except zlib.error as error:
                raise DataError("it is damaged: its pixels cannot be unpacked") from error
            block = self.stream.unconsumed_tail
