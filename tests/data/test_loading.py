"""The one function for every source."""

from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.exceptions import DataError, ParameterError

TABLE = np.arange(12.0).reshape(6, 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    np.save(tmp_path / "my.table.npy", TABLE)
    return tmp_path / "my.table.npy"


@pytest.mark.parametrize("as_type", [str, Path])
def test_a_source_is_a_text_or_a_path(file: Path, as_type: type) -> None:
    dataset = load(as_type(file))
    assert dataset.source == str(file)
    assert dataset.name == "my.table"


def test_the_home_folder_is_understood(bare_machine: Path) -> None:
    np.save(bare_machine / "x.npy", TABLE)
    np.testing.assert_array_equal(load("~/x.npy").X, TABLE)


def test_without_its_own_split_train_and_all_are_everything(file: Path) -> None:
    for split in ("train", "all"):
        dataset = load(file, split)
        np.testing.assert_array_equal(dataset.X, TABLE)
        assert not dataset.has_split
    with pytest.raises(DataError, match=r"has no test samples of its own. Use split='all'"):
        load(file, "test")


@pytest.mark.parametrize("split", ["Train", "validation", "", None, 0])
def test_other_splits_are_refused(file: Path, split: object) -> None:
    with pytest.raises(ParameterError, match="'split' parameter of load must be one of 'train'"):
        load(file, split)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("fashion-mnits", "Did you mean 'fashion-mnist'?"),
        ("digit", "Did you mean 'digits'?"),
        ("./my.table.npz", "Did you mean 'my.table.npy'?"),
        ("no/where/at/all.csv", ""),
        ("imagenet", ""),
        ("nothing " * 1000, ""),
        ("nothing\0", ""),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    file: Path, monkeypatch: pytest.MonkeyPatch, source: str, hint: str
) -> None:
    monkeypatch.chdir(file.parent)
    with pytest.raises(DataError) as caught:
        load(source)
    message = str(caught.value)
    assert message.startswith(f"'{source}' is neither a file, nor a folder, nor a named set.")
    assert hint in message
    assert ("Did you mean" in message) == bool(hint)
    assert message.endswith("digits, fashion-mnist-10k, fashion-mnist, mnist, cifar-10.")


def test_a_folder_of_points_has_a_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(file.parent / "X.npy", TABLE)
    monkeypatch.chdir(file.parent)
    assert load(".").name == file.parent.name


@pytest.mark.parametrize("source", [TABLE, None, 3, [[1, 2]], b"digits"])
def test_other_things_are_no_source(source: object) -> None:
    with pytest.raises(ParameterError, match="must be a name or a path"):
        load(source)


def test_other_files_are_answered_with_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.xyz").write_bytes(b"X Y Z")
    with pytest.raises(
        DataError, match=r"of no kind that is read. Expected a folder of images, .npy"
    ):
        load(tmp_path / "x.xyz")


def test_a_name_goes_before_a_file_of_that_name_which_is_said(bare_machine: Path) -> None:
    Path("digits").mkdir()
    np.save("digits/X.npy", TABLE)
    dataset = load("digits")
    assert dataset.X.shape == (1797, 8, 8)
    assert dataset.notes == ("There is also 'digits' here; load './digits' if that was meant.",)
    np.testing.assert_array_equal(load("./digits").X, TABLE)
    np.testing.assert_array_equal(load(Path("digits")).X, TABLE)


def test_another_spelling_of_a_name_gives_way_to_a_file(bare_machine: Path) -> None:
    Path("Digits").mkdir()
    np.save("Digits/X.npy", TABLE)
    np.testing.assert_array_equal(load("Digits").X, TABLE)
    assert load("DIGITS").X.shape == (1797, 8, 8)


@pytest.mark.parametrize("source", ["digits", "fashion-mnist-10k"])
def test_parameters_without_a_meaning_are_refused(source: str) -> None:
    with pytest.raises(ParameterError, match=r"'image_size' .* not for the named set"):
        load(source, image_size=8)
    with pytest.raises(
        ParameterError, match=r"'label_column' .* is for tables, not for the named set"
    ):
        load(source, label_column="y")


def test_parameters_are_refused_for_files_and_folders_too(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is for tables, not for the file"):
        load(file, label_column="y")
    with pytest.raises(ParameterError, match="is for images, not for the file"):
        load(file, image_size=8)
    with pytest.raises(ParameterError, match="is for tables, not for the folder"):
        load(tmp_path, label_column="y")
    np.save(tmp_path / "X.npy", TABLE)
    with pytest.raises(ParameterError, match="which holds no image files"):
        load(tmp_path, image_size=8)


def test_values_that_are_not_finite_name_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[1.0, 2.0], [np.nan, 3.0]]))
    with pytest.raises(
        DataError, match=r"x\.npy' holds a value that is not finite: nan in sample 1"
    ):
        load(tmp_path / "x.npy")


def test_strings_and_records_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([["a"], ["b"]]))
    with pytest.raises(DataError, match="values of type <U1"):
        load(tmp_path / "x.npy")
