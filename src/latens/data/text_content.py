"""What a file of text is, before it is taken apart: its encoding, its first lines, and how many there are."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from latens._regular_files import open_regular
from latens.data.encodings import guess_encoding, suspects
from latens.exceptions import DataError

__all__ = ["TextContent", "decoded", "open_text", "read_content"]

_BLOCK_BYTES = 2**20
_USUAL = "utf-8-sig"
_KEPT_BYTES = 2**16
# The longer mark first: that of UTF-16 is the beginning of that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, _USUAL),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How Python passes a byte on that is not of the encoding, and what is left beyond ASCII.
_BROKEN = re.compile(r"[\udc80-\udcff]")
_OTHER = re.compile(r"[^\x00-\x7f\udc80-\udcff]")


@dataclass(frozen=True)
class TextContent:
    """What a file of text is.

    Attributes
    ----------
    encoding : str
        As Python calls it.
    head : str
        Its beginning, of two whole lines at least if there are two.
    is_whole : bool
        Whether that is all there is.
    n_lines : int
        How many lines there are, empty ones too.
    n_bytes : int
    has_quotes : bool
        Whether a double quote is in it anywhere.
    """

    encoding: str
    head: str
    is_whole: bool
    n_lines: int
    n_bytes: int
    has_quotes: bool = False


@contextmanager
def open_text(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading its bytes, unpacked where its name ends in .gz.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with open_regular(path) as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast(BinaryIO, unpacked)


def read_content(path: Path, where: str, encoding: str | None = None) -> TextContent:
    """Decode a file of text from start to end, and keep its beginning.

    A text without a mark of its encoding is UTF-8, or what its letters leave no doubt of if it is not and was
    not meant to be: where most of what is beyond ASCII is UTF-8, the rest is damage.

    Parameters
    ----------
    path : Path
    where : str
        The source, as the beginning of an error.
    encoding : str or None, default=None
        The encoding, if a user gave it.

    Raises
    ------
    DataError
        If the file cannot be read, is not what its mark says, is damaged, or holds zero bytes.
    """
    try:
        with open_text(path) as file:
            start = file.read(4)
            marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
            known = encoding or marked
            try:
                return _content(file, known or _USUAL, where)
            except UnicodeDecodeError as error:
                if known is not None:
                    kind = known.removesuffix("-sig").upper()
                    begins = "is not" if encoding else "begins as"
                    rest = (
                        "."
                        if encoding
                        else " and holds something else: it is damaged or cut short."
                    )
                    raise DataError(f"{where} {begins} {kind}{rest}") from error
            _check_not_meant_as_usual(file, where)
            return _content(file, _guessed(file, where), where)
    except (EOFError, zlib.error) as error:
        raise DataError(f"{where} is damaged or cut short: it cannot be unpacked.") from error
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{where} is not in the encoding that its beginning has. Save it as UTF-8."
        ) from error


def _guessed(file: BinaryIO, where: str) -> str:
    """The encoding that the letters of a text leave no doubt of.

    Raises
    ------
    DataError
        If they do.
    """
    text = _beyond_ascii(file)
    found = guess_encoding(text)
    if found is not None:
        return found
    possible = suspects(text)
    if not possible:
        raise DataError(
            f"{where} is neither UTF-8 nor Windows-1252. Save it as UTF-8, if it is a table of text."
        )
    listed = ", ".join(f"{name} (--encoding {codec}: '{words}')" for name, codec, words in possible)
    raise DataError(
        f"{where} is neither UTF-8 nor Windows-1252 for certain, and may be {listed}, or another. Give the "
        "right one with encoding= (--encoding), or save it as UTF-8."
    )


def _beyond_ascii(file: BinaryIO) -> bytes:
    """The first lines of a text that hold something beyond ASCII."""
    file.seek(0)
    kept, size = [], 0
    for line in file:
        if not line.isascii():
            kept.append(line[:_BLOCK_BYTES])
            size += len(kept[-1])
        if size > _KEPT_BYTES:
            break
    return b"".join(kept)


def _content(file: BinaryIO, encoding: str, where: str) -> TextContent:
    head, is_whole, n_lines, has_quotes = "", True, 1, False
    for text in decoded(file, encoding, "strict"):
        if "\0" in text:
            raise DataError(
                f"{where} is no text: it holds zero bytes. Expected a table of text; of UTF-16 or UTF-32 "
                "without a mark, give the encoding (--encoding utf-16-le)."
            )
        has_quotes = has_quotes or '"' in text
        if len(head) < _BLOCK_BYTES or n_lines < 3:
            head += text
        else:
            is_whole = False
        n_lines += _count_lines(text)
    return TextContent(encoding, head, is_whole, n_lines, file.tell(), has_quotes)


def _check_not_meant_as_usual(file: BinaryIO, where: str) -> None:
    """Refuse what is not UTF-8 only because of damage."""
    n_broken, n_other, line = 0, 0, 1
    for text in decoded(file, _USUAL, "surrogateescape"):
        found = _BROKEN.search(text)
        if n_broken == 0:
            line += _count_lines(text[: found.start()] if found else text)
        n_broken += len(_BROKEN.findall(text))
        n_other += len(_OTHER.findall(text))
    if n_other >= n_broken:
        raise DataError(
            f"{where} is UTF-8 except in {n_broken:,} byte(s), first in line {line}: it is damaged or cut "
            "short, or was put together of two encodings."
        )


def _count_lines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def decoded(file: BinaryIO, encoding: str, errors: str = "strict") -> Iterator[str]:
    """Yield the text of a file, block by block."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    file.seek(0)
    while block := file.read(_BLOCK_BYTES):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
