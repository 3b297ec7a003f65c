"""What a file of text is, before it is taken apart: its encoding, its first lines, and how many there are."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from latens._regular_files import open_regular
from latens.exceptions import DataError

__all__ = ["TextContent", "read_content"]

_BLOCK_BYTES = 2**20
_USUAL, _WESTERN = "utf-8-sig", "cp1252"
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
    """

    encoding: str
    head: str
    is_whole: bool
    n_lines: int
    n_bytes: int


def read_content(path: Path, where: str) -> TextContent:
    """Decode a file of text from start to end, and keep its beginning.

    A text without a mark of its encoding is UTF-8, or Windows-1252 if it is not and was not meant to be:
    where most of what is beyond ASCII is UTF-8, the rest is damage.

    Raises
    ------
    DataError
        If the file cannot be read, is not what its mark says, is damaged, or holds zero bytes.
    """
    try:
        with open_regular(path) as file:
            start = file.read(4)
            marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
            try:
                return _content(file, marked or _USUAL, where)
            except UnicodeDecodeError as error:
                if marked is not None:
                    kind = marked.removesuffix("-sig").upper()
                    raise DataError(
                        f"{where} begins as {kind} and holds something else: it is damaged or cut short."
                    ) from error
            _check_not_meant_as_usual(file, where)
            return _content(file, _WESTERN, where)
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{where} is neither UTF-8 nor Windows-1252. Save it as UTF-8, if it is a table of text."
        ) from error


def _content(file: BinaryIO, encoding: str, where: str) -> TextContent:
    head, is_whole, n_lines = "", True, 1
    for text in _decoded(file, encoding, "strict"):
        if "\0" in text:
            raise DataError(f"{where} is no text: it holds zero bytes. Expected a table of text.")
        if len(head) < _BLOCK_BYTES or n_lines < 3:
            head += text
        else:
            is_whole = False
        n_lines += _count_lines(text)
    return TextContent(encoding, head, is_whole, n_lines, file.tell())


def _check_not_meant_as_usual(file: BinaryIO, where: str) -> None:
    """Refuse what is not UTF-8 only because of damage."""
    n_broken, n_other, line = 0, 0, 1
    for text in _decoded(file, _USUAL, "surrogateescape"):
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


def _decoded(file: BinaryIO, encoding: str, errors: str) -> Iterator[str]:
    """The text of a file, block by block."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    file.seek(0)
    while block := file.read(_BLOCK_BYTES):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
