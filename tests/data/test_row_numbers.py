"""Every sample keeps the number of its row in the data, whatever was left out before it."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from latens.data import load
from latens.data.converted import load_converted
from latens.data.dataset import Dataset
from latens.data.label_files import read_label_file
from latens.data.table_features import features_and_labels
from latens.data.table_options import TableOptions
from latens.exceptions import DataError


def picture(path: Path, shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), shade, np.uint8)).save(path)


def test_rows_count_the_lines_below_the_header_as_pandas_does(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,0\n2,5\n\n3,1\n4,7\n,\n")
    table = load(path)
    frame = pd.read_csv(path)
    assert table.rows.dtype == np.int64
    assert table.rows.tolist() == [0, 1, 2, 3]
    assert frame["a"][table.rows].tolist() == table.X[:, 0].tolist()


def test_dropped_rows_leave_gaps(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("name,a,b\nu,1,0\nv,2,\nw,3,1\nx,,7\ny,4,2\n")
    table = load(path, missing="drop", id_column="name")
    assert table.rows.tolist() == [0, 2, 4]
    assert table.item_names == ("u", "w", "y")
    assert table.identity.label(1) == "row 2 (w)"
    assert load(path, missing="drop", without=["name"]).item_names is None


def test_rows_run_through_a_folder_of_parquet_files(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": np.arange(6.0) ** 2, "b": [1.0, 3, 2, 7, 5, 4]})
    frame[:4].to_parquet(tmp_path / "1.parquet")
    frame[4:].to_parquet(tmp_path / "2.parquet")
    assert load(tmp_path).rows.tolist() == list(range(6))


def test_unreadable_images_count_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 2, 9, 1):
        picture(tmp_path / f"scan{number}.png", number)
    (tmp_path / "scan3.png").write_bytes(b"no image")
    whole = (tmp_path / "scan9.png").read_bytes()
    (tmp_path / "scan9.png").write_bytes(whole[: len(whole) // 2])  # opens, and ends too soon
    images = load(tmp_path)
    assert images.item_names == ("scan1.png", "scan2.png", "scan10.png")
    assert images.rows.tolist() == [0, 1, 4]
    assert images.identity.columns([2]) == {"row": [4], "file": ["scan10.png"]}


def test_training_images_come_before_test_images(tmp_path: Path) -> None:
    for name in ("test/1.png", "train/1.png", "train/2.png", "test/2.png"):
        picture(tmp_path / name, 3)
    (tmp_path / "train/0.png").write_bytes(b"no image")
    train, test, both = (load(tmp_path, split) for split in ("train", "test", "all"))
    assert train.rows.tolist() == [1, 2]
    assert test.rows.tolist() == [3, 4]
    assert both.rows.tolist() == [1, 2, 3, 4]
    assert both.item_names == (*train.item_names, *test.item_names)


def test_rows_run_through_the_parts_of_an_archive(tmp_path: Path) -> None:
    parts = {"x_train": 4, "x_val": 2, "x_test": 3}
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=(n, 5)) for name, n in parts.items()}
    np.savez(tmp_path / "x.npz", **arrays)
    train, test, both = (load(tmp_path / "x.npz", split) for split in ("train", "test", "all"))
    assert train.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert test.rows.tolist() == [6, 7, 8]
    np.testing.assert_array_equal(both.X[test.rows], test.X)


def test_rows_run_through_pairs_of_idx_files(tmp_path: Path) -> None:
    for part, n in (("train", 5), ("t10k", 3)):
        content = struct.pack(">4B3I", 0, 0, 8, 3, n, 2, 2) + bytes(range(4 * n))
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    assert load(tmp_path, "test").rows.tolist() == [5, 6, 7]
    assert load(tmp_path, "all").rows.tolist() == list(range(8))


def test_a_named_set_counts_its_test_part_behind_the_other() -> None:
    whole, test = load("fashion-mnist-10k", "all"), load("fashion-mnist-10k", "test")
    assert test.rows[0] == len(whole) - len(test)
    np.testing.assert_array_equal(whole.X[test.rows[:5]], test.X[:5])
    assert load_converted("fashion-mnist-10k", "test", pad=1).rows[0] == test.rows[0]


def test_samples_that_are_taken_keep_rows_and_parts() -> None:
    part = np.array([0, 1, 1], np.uint8)
    data = Dataset(
        np.zeros((3, 2)), item_names=("a", "b", "c"), rows=np.array([0, 4, 9]), part=part
    )
    few = data.take([2, 0])
    assert few.identity.columns() == {
        "row": [9, 0],
        "id": ["c", "a"],
        "part": ["held-out", "train"],
    }
    with pytest.raises(DataError, match="3 samples has 2 row numbers"):
        Dataset(np.zeros((3, 2)), rows=np.arange(2))


def test_labels_are_given_by_row_numbers_with_gaps(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("row,label\n0,a\n5,b\n")
    given = read_label_file(path, None, 3, "x", np.array([0, 3, 5]))
    assert given.labels == ["a", None, "b"]
    path.write_text("row,label\n0,a\n1,b\n")
    with pytest.raises(DataError, match=r"has no row '1'\. Give rows from 0 to 5"):
        read_label_file(path, None, 3, "x", np.array([0, 3, 5]))


def test_a_name_that_is_missing_is_told_by_its_row() -> None:
    frame = pd.DataFrame({"name": ["a", None], "x": [1.0, 2.0], "y": [3.0, 5.0]})
    with pytest.raises(DataError, match=r"no name .* in row 1 "):
        features_and_labels(frame, "It", options=TableOptions(id_column="name"))
