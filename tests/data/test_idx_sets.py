"""IDX images with the labels beside them, and the four files of a set."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.data.idx import write_idx
from latens.exceptions import DataError

RNG = np.random.default_rng(0)
TRAIN = RNG.integers(0, 256, (6, 4, 5), dtype=np.uint8)
TEST = RNG.integers(0, 256, (3, 4, 5), dtype=np.uint8)


def write_set(folder: Path, train_labels: list[int], test_labels: list[int]) -> Path:
    folder.mkdir(exist_ok=True)
    write_idx(folder / "train-images-idx3-ubyte.gz", TRAIN)
    write_idx(folder / "train-labels-idx1-ubyte", np.array(train_labels, dtype=np.uint8))
    write_idx(folder / "t10k-images-idx3-ubyte", TEST)
    write_idx(folder / "t10k-labels-idx1-ubyte.gz", np.array(test_labels, dtype=np.uint8))
    return folder


def test_a_folder_of_four_files_has_its_own_split(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "my-set", [1, 2, 3, 1, 2, 3], [3, 3, 9])
    train, test, both = (load(folder, split) for split in ("train", "test", "all"))
    np.testing.assert_array_equal(train.X, TRAIN)
    np.testing.assert_array_equal(test.X, TEST)
    np.testing.assert_array_equal(both.X, np.concatenate([TRAIN, TEST]))
    # The class 9 occurs in the test part only; codes agree nevertheless.
    assert train.names == test.names == both.names == ("1", "2", "3", "9")
    assert train.y.tolist() == [0, 1, 2, 0, 1, 2]
    assert test.y.tolist() == [2, 2, 3]
    assert both.y.tolist() == [0, 1, 2, 0, 1, 2, 2, 2, 3]
    assert train.has_split
    assert train.name == "my-set"


def test_a_single_file_takes_the_labels_beside_it(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1, 0, 1, 0, 1], [0, 1, 0])
    dataset = load(folder / "train-images-idx3-ubyte.gz")
    assert dataset.y.tolist() == [0, 1, 0, 1, 0, 1]
    assert not dataset.has_split
    assert dataset.name == "train-images-idx3-ubyte"


def test_labels_of_another_length_are_left_out_with_a_note(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1], [0, 1, 0])
    dataset = load(folder / "train-images-idx3-ubyte.gz")
    assert dataset.y is None
    assert dataset.notes == (
        "The labels in 'train-labels-idx1-ubyte' do not fit and were left out.",
    )


def test_in_a_set_labels_of_another_length_are_an_error(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1, 0], [0, 1, 0])
    for split in ("train", "all"):
        with pytest.raises(DataError, match="labels"):
            load(folder, split)


def test_the_plain_and_the_gzipped_file_are_one(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1, 0, 1, 0, 1], [0, 1, 0])
    write_idx(folder / "train-images-idx3-ubyte", TRAIN)
    assert load(folder, "all").X.shape == (9, 4, 5)


def test_one_file_of_images_alone_loads_without_labels(tmp_path: Path) -> None:
    write_idx(tmp_path / "my-images.idx", TRAIN)
    dataset = load(tmp_path)
    np.testing.assert_array_equal(dataset.X, TRAIN)
    assert dataset.y is None


def test_several_files_of_images_must_be_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_idx(tmp_path / f"{name}-images-idx3-ubyte", TRAIN)
    with pytest.raises(DataError, match="holds several files of images: 'a-images"):
        load(tmp_path)


def test_parts_of_different_shape_are_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1, 0, 1, 0, 1], [0, 1, 0])
    write_idx(folder / "t10k-images-idx3-ubyte", TEST[:, :2])
    with pytest.raises(DataError, match=r"differ in shape: \(4, 5\) and \(2, 5\)"):
        load(folder, "all")


def test_labels_of_the_other_part_cannot_make_up_for_some_that_lack(tmp_path: Path) -> None:
    # 5 + 4 labels for 6 + 3 images: as many in all, and every one of the test part beside another image.
    folder = write_set(tmp_path, [0, 1, 0, 1, 0], [0, 1, 0, 1])
    with pytest.raises(DataError, match="are 5 for 6 images"):
        load(folder, "all")


def test_labels_of_several_columns_are_one_line(tmp_path: Path) -> None:
    folder = write_set(tmp_path, [0, 1, 0, 1, 0, 1], [0, 1, 0])
    write_idx(folder / "t10k-labels-idx1-ubyte", np.zeros((3, 2), dtype=np.uint8))
    (folder / "t10k-labels-idx1-ubyte.gz").unlink(missing_ok=True)
    with pytest.raises(DataError, match="of another shape for 3 images"):
        load(folder, "all")


def test_zeros_in_several_gzipped_files_are_held_against_the_memory_together(
    tmp_path: Path,
) -> None:
    for part in ("train", "t10k"):
        header = struct.pack(">4I", 0x803, 200, 1000, 1000)
        (tmp_path / f"{part}-images.idx.gz").write_bytes(gzip.compress(header))
    with pytest.raises(DataError, match=r"^Joining .* more than 500 to 1"):
        load(tmp_path, "all")
