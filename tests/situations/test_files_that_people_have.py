"""Files as exports, downloads and other programs leave them."""

import bz2
import lzma

import numpy as np
import pandas as pd
import pytest

from latens.data import load
from latens.exceptions import DataError

N = 40
R = np.random.default_rng(43).random((N, 3)).round(3)
ROWS = "".join(",".join(map(str, row)) + "\n" for row in R)
TEXT = "a,b,c\n" + ROWS


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv.bz2", bz2.compress(TEXT.encode())),
        ("x.csv.xz", lzma.compress(TEXT.encode())),
        ("x.csv.zip", b"PK\3\4"),
        ("x.csv.zst", b"\x28\xb5\x2f\xfd"),
    ],
)
def test_tables_packed_otherwise_are_refused_with_the_way_out(read, name, content) -> None:
    with pytest.raises(DataError, match="npack"):
        read(content, name)


def test_endings_in_capitals_are_endings(read) -> None:
    np.testing.assert_array_equal(read(TEXT, "DATA.CSV").X, R)


EXCEL = b"PK\x03\x04\x14\0\6\0\x08\0\0\0!\0[Content_Types].xml" + b"\0\1\2" * 40
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(EXCEL, "Excel", id="Excel"),
        pytest.param("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n", "HTML", id="HTML"),
        pytest.param(POINTER, "git lfs pull", id="Git LFS"),
        pytest.param('{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "JSON", id="JSON lines"),
        pytest.param('[{"a": 1, "b": 2}, {"a": 3, "b": 4}]\n', "JSON", id="JSON"),
        pytest.param('{\n  "a": [1, 2],\n  "b": [3, 4]\n}\n', "JSON", id="JSON of several lines"),
        pytest.param(b"PAR1\x15\x04\x15" + bytes(40), "rename it to .parquet", id="Parquet"),
    ],
)
def test_what_only_is_called_a_table_is_named_for_what_it_is(read, content, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(content)


ENDINGS = "mat h5 pkl rds sav dta sas7bdat xls ods arff nii.gz pt mtx sqlite h5ad"


@pytest.mark.parametrize("ending", ENDINGS.split())
def test_files_of_other_programs_are_refused_by_their_kind(read, ending: str) -> None:
    with pytest.raises(DataError, match=r"pandas\.read_|scipy\.io|np\.save|write\.csv|to_parquet"):
        read(b"\x89HDF\r\n\x1a\n" + bytes(40), f"x.{ending}")


def test_the_text_of_libsvm_is_refused_by_its_kind(read) -> None:
    rows = "".join(f"{row % 2} 1:{a} 2:{b} 7:{c}\n" for row, (a, b, c) in enumerate(R))
    with pytest.raises(DataError, match="svmlight"):
        read(rows, "a9a.txt")


def test_brackets_at_the_beginning_are_no_json(read) -> None:
    assert read("[a],[b],[c]\n" + ROWS).feature_names == ("[a]", "[b]", "[c]")


def test_times_with_colons_are_no_libsvm(read) -> None:
    rows = "".join(f"12:{row:02d} {a} {b}\n" for row, (a, b, _) in enumerate(R))
    np.testing.assert_array_equal(read("time a b\n" + rows, "x.txt").X, R[:, :2])
    rows = "".join(f"{a} 12:{row:02d}\n" for row, a in enumerate(R[:, 0]))
    np.testing.assert_array_equal(read(rows, "y.txt").X[:, 0], R[:, 0])


def test_aligned_columns_with_blank_cells_are_not_shifted(read) -> None:
    lines = [f"{a:>8}{b:>8}{c:>8}\n" for a, b, c in R]
    lines[5] = f"{R[5, 0]:>8}{'':>8}{R[5, 2]:>8}\n"
    with pytest.raises(DataError, match=r"2 fields in line 7 and 3 in others.*Write NA"):
        read(f"{'a':>8}{'b':>8}{'c':>8}\n" + "".join(lines), "x.txt")


def test_rows_that_excel_left_empty_are_no_rows(read) -> None:
    found = read(TEXT + ",,\n" * 12)
    np.testing.assert_array_equal(found.X, R)


def test_columns_that_excel_left_empty_are_no_columns(read) -> None:
    rows = "".join(line + ",,\n" for line in TEXT.splitlines())
    found = read(rows)
    assert found.feature_names == ("a", "b", "c")
    np.testing.assert_array_equal(found.X, R)


def test_a_comma_too_many_names_the_line(read) -> None:
    lines = TEXT.splitlines(keepends=True)
    lines[9] = "0.1,0.2,0.3,0.4\n"
    with pytest.raises(DataError, match="line 10"):
        read("".join(lines))


def test_a_file_cut_in_its_last_line_is_not_whole(read) -> None:
    with pytest.raises(DataError, match=r"missing.* in row 40"):
        read(TEXT + "0.5,0.2")


def test_names_of_windows_in_german(read) -> None:
    found = read(
        "Größe;Preis €;Maß\n" + ROWS.replace(",", ";").replace(".", ","), encoding="cp1252"
    )
    assert found.feature_names == ("Größe", "Preis €", "Maß")
    np.testing.assert_array_equal(found.X, R)


def test_names_of_a_japanese_office(read) -> None:
    kinds = ["晴れ", "曇り", "雨"]
    rows = "".join(f"{a},{kinds[row % 3]}\n" for row, a in enumerate(R[:, 0]))
    found = read("気温,天気\n" + rows, encoding="cp932")
    assert found.feature_names[0] == "気温"
    assert "天気=雨" in found.feature_names


def test_everything_in_quotes(read) -> None:
    text = pd.DataFrame(R, columns=list("abc")).to_csv(index=False, quoting=1)
    np.testing.assert_array_equal(read(text).X, R)


def test_keys_of_a_partitioned_folder_are_said(tmp_path, said) -> None:
    frame = pd.DataFrame(R, columns=list("abc"))
    for year, part in ((2023, frame[:20]), (2024, frame[20:])):
        folder = tmp_path / "t" / f"year={year}"
        folder.mkdir(parents=True)
        part.to_parquet(folder / "part-0.parquet", index=False)
    (tmp_path / "t" / "_SUCCESS").write_bytes(b"")
    found = load(tmp_path / "t")
    assert found.X.shape[0] == N
    assert "year" in found.feature_names or said(found, "year=")


def test_missing_numbers_of_pandas_are_missing(tmp_path) -> None:
    frame = pd.DataFrame({"a": pd.array([1, None, 3] * 10, dtype="Int64"), "b": R[:30, 0]})
    frame.to_parquet(tmp_path / "x.parquet")
    assert load(tmp_path / "x.parquet").feature_names == ("a", "a=missing", "b")
    assert load(tmp_path / "x.parquet", missing="drop").X.shape == (20, 2)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b,c\n", "\ufeff".encode()])
def test_tables_without_rows_are_one_line(read, content: bytes) -> None:
    with pytest.raises(DataError, match=r"is empty|has no samples") as caught:
        read(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("mark", "way_out"), [("~", "sep=~"), ("::", "tabs"), ("\x01", "tabs")])
def test_rare_separators_are_refused_by_name(read, mark: str, way_out: str) -> None:
    with pytest.raises(DataError, match=way_out):
        read(TEXT.replace(",", mark), "x.txt")
    np.testing.assert_array_equal(read("sep=~\n" + TEXT.replace(",", "~"), "y.txt").X, R)
