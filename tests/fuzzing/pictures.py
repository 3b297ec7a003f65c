"""Changes to what the files of images say of themselves, with checksums that are right."""

import re
import struct
import zlib
from random import Random

from mutations import Mutation, mutated, plain
from values import INTEGERS

__all__ = ["png", "png_mutations", "ppm_mutations", "tiff_mutations"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
Chunk = tuple[bytes, bytes]


def png(chunks: list[Chunk]) -> bytes:
    """A PNG file of these chunks."""
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def _chunks(content: bytes) -> list[Chunk]:
    found, at = [], len(_SIGNATURE)
    while at < len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _change_head(rng: Random, content: bytes) -> bytes:
    """Width, height, depth, kind of colors and interlacing."""
    chunks = _chunks(content)
    head = bytearray(chunks[0][1])
    for _ in range(rng.choice((1, 1, 2))):
        if rng.random() < 0.5:
            at = rng.choice((0, 4))
            sides = (0, 1, 7, 9, 63, 4096, 9000, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
            head[at : at + 4] = struct.pack(">I", rng.choice(sides))
        else:
            head[rng.randrange(8, 13)] = rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))
    return png([(b"IHDR", bytes(head)), *chunks[1:]])


def _change_chunk(rng: Random, content: bytes) -> bytes:
    chunks = _chunks(content)
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    chunks[at] = (kind, mutated(rng, body or b"\x00", plain))
    return png(chunks)


def _change_pixels(rng: Random, content: bytes) -> bytes:
    """Other bytes behind a sound deflate: wrong filters, too many rows, too few."""
    chunks = _chunks(content)
    pixels = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    packed = zlib.compress(mutated(rng, pixels, plain))
    rest = [chunk for chunk in chunks if chunk[0] != b"IDAT"]
    return png([*rest[:-1], (b"IDAT", packed), rest[-1]])


def _change_order(rng: Random, content: bytes) -> bytes:
    chunks = _chunks(content)
    one, other = rng.randrange(len(chunks)), rng.randrange(len(chunks))
    changes = (
        lambda: chunks.pop(one),
        lambda: chunks.insert(other, chunks[one]),
        lambda: chunks.__setitem__(slice(None), chunks[::-1]),
        lambda: chunks.extend([chunks[one]] * 500),
    )
    rng.choice(changes)()
    return png(chunks)


def _add_chunk(rng: Random, content: bytes) -> bytes:
    chunks = _chunks(content)
    text = zlib.compress(b"x" * rng.choice((10, 10**6, 5 * 10**7)), 9)
    exif = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + bytes(
        (rng.randrange(12),)
    )
    added = (
        (b"tEXt", b"a\x00" + b"x" * rng.choice((0, 5, 10**5))),
        (b"zTXt", b"a\x00\x00" + text),
        (b"iTXt", b"a\x00\x01\x00\x00\x00" + text),
        (b"iCCP", b"a\x00\x00" + text),
        (b"eXIf", exif + b"\x00" * 7),
        (b"eXIf", rng.randbytes(40)),
        (b"tRNS", rng.randbytes(rng.choice((0, 1, 2, 6, 300)))),
        (b"PLTE", rng.randbytes(rng.choice((0, 3, 4, 768, 900)))),
        (b"acTL", struct.pack(">II", rng.choice((0, 1, 2, 2**31)), 0)),
        (b"fcTL", rng.randbytes(26)),
        (b"fdAT", rng.randbytes(30)),
        (b"gAMA", b"\x00" * 4),
        (b"sRGB", b""),
        (b"xxXx", rng.randbytes(9)),
        (b"XXXX", b""),
        (b"IEND", b""),
    )
    chunks.insert(rng.randrange(1, len(chunks)), rng.choice(added))
    return png(chunks)


png_mutations: tuple[Mutation, ...] = (
    *[_change_head] * 2,
    *[_change_chunk] * 2,
    *[_change_pixels] * 2,
    _change_order,
    *[_add_chunk] * 2,
)


def _change_tag(rng: Random, content: bytes) -> bytes:
    """One entry of the first directory of a TIFF: its tag, type, count or value."""
    at = struct.unpack("<I", content[4:8])[0]
    n = struct.unpack("<H", content[at : at + 2])[0]
    entry = at + 2 + 12 * rng.randrange(n)
    place, width = rng.choice(((0, 2), (2, 2), (4, 4), (8, 4), (8, 2)))
    tags = (
        256,
        257,
        258,
        259,
        262,
        273,
        274,
        277,
        278,
        279,
        284,
        317,
        320,
        322,
        323,
        324,
        330,
        338,
        339,
    )
    pool = tags if place == 0 else (*range(14), 4096, 65535, *INTEGERS)
    value = rng.choice(pool) % 256**width
    return (
        content[: entry + place]
        + value.to_bytes(width, "little")
        + content[entry + place + width :]
    )


def _change_next(rng: Random, content: bytes) -> bytes:
    """Where the next directory is: perhaps this one again."""
    at = struct.unpack("<I", content[4:8])[0]
    n = struct.unpack("<H", content[at : at + 2])[0]
    end = at + 2 + 12 * n
    value = rng.choice((at, 0, 8, end, len(content), 2**32 - 1))
    return content[:end] + struct.pack("<I", value) + content[end + 4 :]


tiff_mutations: tuple[Mutation, ...] = (_change_tag, _change_tag, _change_tag, _change_next)


def _change_number(rng: Random, content: bytes) -> bytes:
    """A number of a header in text."""
    numbers = list(re.finditer(rb"\d+", content[:40]))
    found = rng.choice(numbers)
    value = rng.choice((b"%d" % rng.choice(INTEGERS), b"9" * 5000, b"#", b"# x\n5", b"1e3", b""))
    return content[: found.start()] + value + content[found.end() :]


ppm_mutations: tuple[Mutation, ...] = (_change_number,)
