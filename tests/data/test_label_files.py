"""Which item a line of labels means."""

from pathlib import Path

import numpy as np
import pytest

from latens.data.label_files import read_label_file
from latens.exceptions import DataError

NUMBERED = [f"{number}.png" for number in range(1, 31)]


def read(folder: Path, text: str, names: list[str] | None, n: int = 30):
    (folder / "l.csv").write_text(text)
    return read_label_file(folder / "l.csv", names, n, "it")


def places(found) -> dict[int, str]:
    return {row: label for row, label in enumerate(found.labels) if label is not None}


@pytest.mark.parametrize(
    ("names", "item", "row"),
    [
        (NUMBERED, "7.png", 6),
        (NUMBERED, "7", 6),
        ([f"{number:03d}.png" for number in range(1, 31)], "7", 6),
        ([f"{number:03d}.png" for number in range(1, 31)], "007", 6),
        ([f"train/c{number % 2}/{number}.jpg" for number in range(1, 31)], "7.jpg", 6),
        ([f"train/c{number % 2}/{number}.jpg" for number in range(1, 31)], "train/c1/7", 6),
        ([f"img_{number}.png" for number in range(30)], "img_7", 7),
        ([str(100 + number) for number in range(30)], "107", 7),
        ([f"img_{number}.png" for number in range(30)], "7", 7),
        ([f"img_{number:04d}.png" for number in range(1, 31)], "7", 6),
        ([f"img_{'ab'[number % 2]}_{number}.png" for number in range(1, 31)], "7", 7),
        (None, "7", 7),
    ],
)
def test_names_come_before_stems_before_row_numbers(tmp_path, names, item, row) -> None:
    assert places(read(tmp_path, f"id,label\n{item},cat\n", names)) == {row: "cat"}


def test_all_lines_mean_the_same_kind_of_item(tmp_path) -> None:
    # "0" is row 0, were there no files called 1.png and 2.png.
    with pytest.raises(DataError, match=r"line 3: it has no item '0'\. Give the name of an item"):
        read(tmp_path, "1,cat\n2,dog\n0,cat\n", NUMBERED)
    assert places(read(tmp_path, "1,cat\n2,dog\n0,cat\n", None)) == {1: "cat", 2: "dog", 0: "cat"}


def test_what_was_meant_is_said(tmp_path) -> None:
    assert "'7' is '7.png'" in read(tmp_path, "7,cat\n", NUMBERED).notes[0]
    images = [f"{'ab'[number % 2]}_{number}.png" for number in range(1, 31)]
    assert "row numbers, from 0: 7 is 'a_8.png'" in read(tmp_path, "7,cat\n", images).notes[0]
    assert read(tmp_path, "7.png,cat\n", NUMBERED).notes == ()


def test_stems_that_two_files_share_are_no_names(tmp_path) -> None:
    with pytest.raises(DataError, match="no item 'a'"):
        read(tmp_path, "b,cat\na,cat\n", ["a.png", "a.jpg", "b.png"], 3)


@pytest.mark.parametrize(
    "text",
    ["id;label\n7;cat\n", "id\tlabel\n7\tcat\n", "label,file\ncat,7.png\n", ",id,label\n0,7,cat\n"],
)
def test_other_separators_and_orders(tmp_path, text: str) -> None:
    assert places(read(tmp_path, text, NUMBERED)) == {6: "cat"}


def test_half_a_mark_of_an_encoding_is_one_line(tmp_path) -> None:
    (tmp_path / "l.csv").write_bytes(b"\xef\xbb")
    with pytest.raises(DataError, match="cannot be read"):
        read_label_file(tmp_path / "l.csv", NUMBERED, 30, "it")


def test_contradictions_and_short_lines_are_named(tmp_path) -> None:
    with pytest.raises(DataError, match="line 2: '7' is 'cat' further up and 'dog' here"):
        read(tmp_path, "7,cat\n7,dog\n", NUMBERED)
    with pytest.raises(DataError, match="line 2, must be an item and its label"):
        read(tmp_path, "7,cat\n8\n", NUMBERED)


def read_rows(folder: Path, text: str, names=("b.png", " =a.png", "c.png"), rows=(0, 2, 5)):
    (folder / "l.csv").write_text(text, encoding="utf-8")
    return read_label_file(folder / "l.csv", names, len(rows), "it", np.array(rows))


def test_tables_of_latens_are_joined_by_row(tmp_path) -> None:
    found = read_rows(tmp_path, "row,file,part,label\n5,c.png,train,dog\n2, =a.png,held-out,cat\n")
    assert (found.labels, found.notes) == ([None, "cat", "dog"], ())
    # The names of files are numbers, too, and rows they are not.
    found = read_rows(tmp_path, "row,part,label\n2,train,cat\n", ("2.png", "0.png", "5.png"))
    assert found.labels == [None, "cat", None]


def test_names_may_hold_what_ends_lines_elsewhere(tmp_path) -> None:
    names = ("a\u2028b", "c\x85d", "e\x0bf")
    assert read_rows(tmp_path, "file,label\nc\x85d,cat\n", names).labels == [None, "cat", None]
    assert read_rows(tmp_path, "row,file,label\n0,a\u2028b,cat\n", names).labels[0] == "cat"


def test_a_row_with_the_name_of_another_sample_is_refused(tmp_path) -> None:
    message = (
        "line 3: row 2 of it is '=a.png', and the file calls it 'c.png'.* remove the column 'row'"
    )
    with pytest.raises(DataError, match=message):
        read_rows(tmp_path, "row,file,label\n0,b.png,cat\n2,c.png,dog\n")
    by_name = read_rows(tmp_path, "file,label\nb.png,cat\nc.png,dog\n")
    assert by_name.labels == ["cat", None, "dog"]
    with pytest.raises(DataError, match=r"line 2: it has no row '1'\. Give rows from 0 to 5"):
        read_rows(tmp_path, "row,file,label\n1,b.png,cat\n")
    with pytest.raises(DataError, match="line 3: '2' is 'cat' further up and 'dog' here"):
        read_rows(tmp_path, "row,label\n2,cat\n2,dog\n")


def test_numbers_within_the_held_out_part_are_no_rows(tmp_path) -> None:
    with pytest.raises(DataError, match=r"run of version 0\.1.* Train the run anew"):
        read_rows(tmp_path, "held-out sample,label\n1,cat\n")
