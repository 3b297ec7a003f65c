"""Tables in files as people write them."""

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.data import load
from latens.exceptions import DataError, ParameterError


def write(folder: Path, text: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("comma.csv", "a,b\n1,2.5\n3,4\n"),
        ("semicolon.csv", "a;b\n1;2.5\n3;4\n"),
        ("decimal_comma.csv", "a;b\n1;2,5\n3;4,0\n"),
        ("bar.csv", "a|b\n1|2.5\n3|4\n"),
        ("tab.tsv", "a\tb\n1\t2.5\n3\t4\n"),
        ("tab.csv", "a\tb\n1\t2.5\n3\t4\n"),
        ("quoted.csv", '"a","b"\n"1","2.5"\n"3","4"\n'),
        ("spaces.csv", "a, b\n1, 2.5\n3, 4\n"),
        ("windows.csv", "a,b\r\n1,2.5\r\n3,4\r\n"),
        ("old_mac.csv", "a,b\r1,2.5\r3,4\r"),
        ("no_last_newline.csv", "a,b\n1,2.5\n3,4"),
        ("blank_lines.csv", "\n\na,b\n1,2.5\n\n3,4\n\n"),
        ("UPPER.CSV", "a,b\n1,2.5\n3,4\n"),
        ("with_index.csv", ",a,b\n0,1,2.5\n1,3,4\n"),
        ("row_names.csv", "a,b\nfirst,1,2.5\nsecond,3,4\n"),
    ],
)
def test_one_table_in_many_dialects(tmp_path: Path, name: str, text: str) -> None:
    dataset = load(write(tmp_path, text, name))
    assert dataset.feature_names == ("a", "b")
    np.testing.assert_array_equal(dataset.X, [[1, 2.5], [3, 4]])


def test_a_delimiter_at_the_end_of_each_row_holds_nothing(tmp_path: Path) -> None:
    dataset = load(write(tmp_path, "a,b\n1,2.5,\n3,4,\n"))
    np.testing.assert_array_equal(dataset.X, [[1, 2.5], [3, 4]])
    assert dataset.feature_names == ("a", "b")


def test_a_delimiter_at_the_end_of_every_line_holds_nothing(tmp_path: Path) -> None:
    dataset = load(write(tmp_path, "a;b;\n1;2,5;\n3;4,0;\n"))
    np.testing.assert_array_equal(dataset.X, [[1, 2.5], [3, 4]])
    assert dataset.feature_names == ("a", "b")
    # A neighbor: a column without a name that holds something.
    assert load(write(tmp_path, "a;b;\n1;2,5;0,5\n3;4,0;7\n")).X.shape == (2, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Größe,höhe\n1,2\n3,4\n".encode(encoding)
    assert load(write(tmp_path, text)).feature_names == ("Größe", "höhe")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5,6\n7,8\n", [[5, 6], [7, 8]]),
        ("0.5\n0.25\n", [[0.5], [0.25]]),
        ("0,1\n2,3\n", [[0, 1], [2, 3]]),
        ("0;1,5\n2;3,5\n", [[0, 1.5], [2, 3.5]]),
        ("0,5;1,5;2,5\n2,5;3,5;4,5\n", [[0.5, 1.5, 2.5], [2.5, 3.5, 4.5]]),
    ],
)
def test_numbers_alone_have_no_header(tmp_path: Path, text: str, expected: list) -> None:
    dataset = load(write(tmp_path, text))
    np.testing.assert_array_equal(dataset.X, expected)
    assert dataset.feature_names[0] == "column 0"
    assert "no header" in dataset.notes[0]


def test_a_header_that_counts_is_a_header(tmp_path: Path) -> None:
    # This is what pandas writes for an array, with and without its index.
    frame = pd.DataFrame(np.arange(12.0).reshape(4, 3) + 5)
    for index in (True, False):
        frame.to_csv(tmp_path / "x.csv", index=index)
        dataset = load(tmp_path / "x.csv")
        np.testing.assert_array_equal(dataset.X, frame)
        assert dataset.feature_names == ("0", "1", "2")
    pd.DataFrame([[5.0], [6.0]]).to_csv(tmp_path / "x.csv")
    np.testing.assert_array_equal(load(tmp_path / "x.csv").X, [[5], [6]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n  \n", "is empty"),
        ("a,b\n", "has no column of numbers|has no samples"),
        ("a,b\n1,2\n3,4,5,6,7\n", "cannot be read as a table: .*line 3"),
        ("a,b\n1.5,2,3\n4.5,5,6\n", "2 fields in its first line and 3 in the next"),
        ("a,label,label\n1,2,2\n3,4,4\n", "same name: label"),
        (b"PAR1\0\0\0", "rename it to .parquet"),
        (b"WXYZ\0\0\0", "holds zero bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "holds zero bytes"),
        ('a,b\n1,"2\n3,4\n', "cannot be read as a table: .*EOF"),
        ('a,b\n1,"' + "x" * 200_000 + "\n3,4\n", "cannot be read as a table: field larger"),
    ],
)
def test_what_is_no_table_is_one_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataError, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_wide_table_of_pixels(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 784))
    frame = pd.DataFrame(pixels, columns=[f"{i}x{j}" for i in range(28) for j in range(28)])
    frame.insert(0, "label", np.arange(30) % 10)
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset = load(tmp_path / "x.csv", layout="table")
    np.testing.assert_array_equal(dataset.X, pixels)
    assert dataset.y.tolist() == (np.arange(30) % 10).tolist()
    images = load(tmp_path / "x.csv")
    np.testing.assert_array_equal(images.X, pixels.reshape(30, 28, 28))
    assert images.y.tolist() == dataset.y.tolist()


def test_parquet_comes_back(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "small": np.array([1, 2, 3, 4], dtype=np.float32),
            "whole": pd.array([1, 2, 3, 4], dtype="Int64"),
            "flag": [True, False, True, False],
            "kind": pd.Categorical(["a", "b", "a", "b"]),
            "when": pd.date_range("2020", periods=4),
            "nested": [[1], [2, 2], [3], [4]],
            "target": ["u", "v", "u", "v"],
        }
    )
    frame.to_parquet(tmp_path / "x.parquet")
    dataset = load(tmp_path / "x.parquet")
    assert dataset.feature_names == ("small", "whole", "flag", "kind=a", "kind=b", "when")
    np.testing.assert_array_equal(
        dataset.X[:, :5], [[1, 1, 1, 1, 0], [2, 2, 0, 0, 1], [3, 3, 1, 1, 0], [4, 4, 0, 0, 1]]
    )
    assert dataset.names == ("u", "v")
    assert any("'nested' was left out" in note for note in dataset.notes)


def test_single_precision_stays_single(tmp_path: Path) -> None:
    frame = pd.DataFrame(np.eye(3, dtype=np.float32), columns=list("abc"))
    frame.to_parquet(tmp_path / "x.parquet")
    assert load(tmp_path / "x.parquet").X.dtype == np.float32


def test_an_index_in_parquet_is_no_feature(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=[30, 10, 20])
    frame.to_parquet(tmp_path / "x.parquet")
    assert load(tmp_path / "x.parquet").feature_names == ("a",)


def test_damaged_parquet_is_one_line(tmp_path: Path) -> None:
    pd.DataFrame({"a": np.arange(1000.0)}).to_parquet(tmp_path / "x.parquet")
    content = (tmp_path / "x.parquet").read_bytes()
    middle = len(content) // 3
    scrambled = content[:middle] + bytes(200) + content[middle + 200 :]
    for damaged in (b"", b"PAR1", content[:-10], b"PAR1" + bytes(50) + b"PAR1", scrambled):
        (tmp_path / "x.parquet").write_bytes(damaged)
        with pytest.raises(DataError, match="cannot be read as Parquet") as caught:
            load(tmp_path / "x.parquet")
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_parquet_file_that_would_not_fit_is_refused(tmp_path: Path) -> None:
    # Nulls take no room in the file: it promises 64 GiB in little more than a megabyte.
    import pyarrow as pa
    import pyarrow.parquet as pq

    block = pa.table({f"c{i}": pa.nulls(2**20, pa.float64()) for i in range(64)})
    with pq.ParquetWriter(tmp_path / "x.parquet", block.schema) as writer:
        for _ in range(128):
            writer.write_table(block)
    with pytest.raises(DataError, match=r"64\.0 GiB in memory"):
        load(tmp_path / "x.parquet")


def test_parameters_of_other_sources_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n3,4\n")
    with pytest.raises(ParameterError, match=r"'image_size' .* is for images"):
        load(path, image_size=3)


def test_real_ratings(real_data) -> None:
    dataset = load(real_data("movielens-latest-small") / "ratings.csv")
    assert dataset.feature_names == ("userId", "movieId", "rating", "timestamp")
    assert dataset.X[:, 2].min() == 0.5
    assert dataset.X[:, 2].max() == 5


def test_a_table_of_genes_loads_in_seconds(tmp_path: Path) -> None:
    # 20,000 columns took 20 s to compare their names with each other, and 200,000 never ended.
    names = ",".join(f"gene {number}" for number in range(20_000))
    rows = [",".join(str((7 * i + row) % 97 / 10) for i in range(20_000)) for row in range(3)]
    path = write(tmp_path, "\n".join([names, *rows]))
    load(write(tmp_path, "a,b\n1,2\n3,4\n", "small.csv"))  # imports
    start = time.process_time()
    assert load(path).X.shape == (3, 20_000)
    assert time.process_time() - start < 8


def test_two_of_very_many_names_are_found(tmp_path: Path) -> None:
    names = [f"gene number {number}" for number in range(150_000)]
    text = ",".join([*names, names[70_000]]) + "\n" + ",".join(["1"] * 150_001)
    assert len(text) > 2**20
    with pytest.raises(DataError, match="same name: gene number 70000"):
        load(write(tmp_path, text))


def test_rows_without_most_of_their_cells_cannot_fill_the_memory(tmp_path: Path) -> None:
    # 700 kB: pandas would fill every row up to 50,000 cells.
    names = ",".join(f"c{number}" for number in range(50_000))
    path = write(tmp_path, names + "\n" + "1\n" * 150_000)
    with pytest.raises(DataError, match=r"would take 167\.8 GiB"):
        load(path)


def test_a_line_of_delimiters_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="more than 500 to 1"):
        load(write(tmp_path, "," * 2**20 + "\n1,2\n"))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "9" * 2**17 + ",1\n2,3\n",
        "a,b\n1e999999,1\n2,3\n",
        '"' * 2**20,
        "x" * 2**20 + "\n1\n2\n",
        "a,b\n1," + "x" * 2**20 + "\n2,3\n",
        "\r" * 2**20,
    ],
    ids=["digits", "exponent", "quotes", "name", "field", "returns"],
)
def test_odd_text_is_a_table_or_one_short_line(tmp_path: Path, text: str) -> None:
    said = ""
    try:
        load(write(tmp_path, text))
    except DataError as error:
        said = str(error)
    assert len(said) < 1000
    assert "\n" not in said


def test_labels_of_very_different_lengths_take_what_they_are(tmp_path: Path) -> None:
    # As an array of text every row would take as much as the longest: 40 GB.
    rows = "".join(f"{row % 9},{'ab'[row % 2]}\n" for row in range(100_000))
    path = write(tmp_path, "x,label\n1," + "c" * 100_000 + "\n" + rows)
    dataset = load(path)
    assert [name[:2] for name in dataset.names] == ["a", "b", "cc"]
    assert dataset.y[:3].tolist() == [2, 0, 1]


def test_a_pipe_or_a_device_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    (tmp_path / "y.csv").symlink_to("/dev/zero")
    for name in ("x.csv", "y.csv"):
        with pytest.raises(DataError, match="not a file"):
            load(tmp_path / name)


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_lines_end_where_pandas_ends_them(tmp_path, mark):
    file = tmp_path / "table.csv"
    file.write_text(f"a{mark}x,b\n1,2\n3,4\n", encoding="utf-8")
    loaded = load(str(file))
    assert loaded.X.tolist() == [[1, 2], [3, 4]]
    # Many names that come twice take pandas minutes, so that they are refused before.
    file.write_text(f"a,b{mark}" + f"c,d{mark}" * 20_000 + "\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError):
        load(str(file))
