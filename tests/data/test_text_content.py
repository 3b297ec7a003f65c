"""Encodings as people write them, and those that were damaged on the way."""

from pathlib import Path

import pytest

from latens.data import load
from latens.data.text_content import read_content
from latens.exceptions import DataError

TEXT = "Größe,höhe\n1,2\n3,4\n"


def write(folder: Path, content: bytes) -> Path:
    path = folder / "x.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-16-le", "utf-16-be"]
)
def test_every_mark_is_understood(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    path = write(tmp_path, (mark + TEXT).encode(encoding))
    assert load(path).feature_names == ("Größe", "höhe")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_marked_text_that_was_cut_says_so(tmp_path: Path, encoding: str) -> None:
    content = "a,b\n1,2\n3,é".encode(encoding)[:-1]
    with pytest.raises(DataError, match="it is damaged or cut short"):
        load(write(tmp_path, content))


def test_utf_8_that_was_damaged_is_not_taken_for_windows_text(tmp_path: Path) -> None:
    content = TEXT.encode()
    damaged = content.replace("ö".encode(), b"\xc3", 1)
    with pytest.raises(
        DataError, match=r"UTF-8 except in 1 byte.s., first in line 1: it is damaged"
    ):
        load(write(tmp_path, damaged))
    with pytest.raises(DataError, match=r"UTF-8 except in 1 byte.s., first in line 4"):
        load(write(tmp_path, content + "1,ö".encode()[:-1]))


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\0\n",
        b"\xff\xfea\0,\0b\0\n\0\0\0",
        "a,b\n1,2\n".encode("utf-16-le"),
        b"a,b\n" + b"1,2\n" * 300_000 + b"\0",
    ],
    ids=["utf-8", "utf-16", "no mark", "far behind"],
)
def test_zero_bytes_anywhere_are_no_text(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="holds zero bytes"):
        load(write(tmp_path, content))


def test_bytes_of_no_encoding(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither UTF-8 nor Windows-1252"):
        load(write(tmp_path, b"a,b\n1,\x81\x8d\n"))


def test_two_whole_lines_are_kept_however_long(tmp_path: Path) -> None:
    lines = [",".join([str(line)] * 400_000) for line in range(4)]
    content = read_content(write(tmp_path, "\n".join(lines).encode()), "The file")
    assert content.head.splitlines()[:2] == lines[:2]
    assert content.n_lines == 4
    assert not content.is_whole
