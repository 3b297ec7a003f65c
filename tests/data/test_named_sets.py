"""The named sets that ship, and the real ones where they are given."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from latens.data import load
from latens.data.idx import read_idx, write_idx
from latens.data.named_sets import EMBEDDED_FOLDER
from latens.exceptions import DataError


def test_digits_are_those_of_scikit_learn() -> None:
    dataset = load("digits", "all")
    bunch = load_digits()
    np.testing.assert_array_equal(dataset.X, bunch.images)
    np.testing.assert_array_equal(dataset.y, bunch.target)
    assert dataset.X.dtype == np.uint8
    assert dataset.names == tuple("0123456789")
    assert not dataset.has_split


def test_the_embedded_set_has_its_own_split() -> None:
    train, test, both = (load("fashion-mnist-10k", split) for split in ("train", "test", "all"))
    assert (len(train), len(test), len(both)) == (8000, 2000, 10_000)
    np.testing.assert_array_equal(np.concatenate([train.X, test.X]), both.X)
    np.testing.assert_array_equal(np.concatenate([train.y, test.y]), both.y)
    assert both.X.dtype == np.uint8
    assert both.names[9] == "Ankle boot"
    assert both.y[0] == 9  # the first image of the set is a boot
    assert both.has_split


def test_the_embedded_set_is_small_and_says_whose_it_is() -> None:
    sizes = {path.name: path.stat().st_size for path in EMBEDDED_FOLDER.iterdir() if path.is_file()}
    assert sum(sizes.values()) < 4.4e6
    assert "Zalando SE" in (EMBEDDED_FOLDER / "LICENSE").read_text()


def test_the_embedded_set_is_the_beginning_of_the_original(real_data) -> None:
    whole = real_data("fashion-mnist")
    for kind in ("images-idx3", "labels-idx1"):
        name = f"fashion-mnist-10k-{kind}-ubyte.gz"
        first = read_idx(whole / f"train-{kind}-ubyte.gz")[:10_000]
        np.testing.assert_array_equal(read_idx(EMBEDDED_FOLDER / name), first)


@pytest.mark.parametrize(("name", "per_class"), [("fashion-mnist", {6000}), ("mnist", None)])
def test_the_real_sets(real_data, monkeypatch, name: str, per_class: set[int] | None) -> None:
    monkeypatch.setenv("LATENS_DATA", str(real_data(name).parent))
    train, test = load(name), load(name, "test")
    assert train.X.shape == (60_000, 28, 28)
    assert test.X.shape == (10_000, 28, 28)
    assert (train.X.min(), train.X.max(), train.X.dtype) == (0, 255, np.uint8)
    assert len(train.names) == 10
    counts = np.bincount(train.y)
    assert per_class is None or set(counts.tolist()) == per_class
    assert counts.min() > 5000
    # Published means of the training pixels: 0.1307 for MNIST, 0.2860 for Fashion-MNIST.
    assert train.X.mean() / 255 == pytest.approx({"mnist": 0.1307}.get(name, 0.2860), abs=5e-5)


def test_another_set_under_the_name_is_refused(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bare_machine / "mnist"
    folder.mkdir()
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte", np.zeros((6, 28, 28), dtype=np.uint8))
        write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(6, dtype=np.uint8))
    monkeypatch.setenv("LATENS_DATA", str(bare_machine))
    with pytest.raises(
        DataError, match=r"is not mnist: expected images of the shape \(60000, 28, 28\)"
    ):
        load("mnist")
    assert load(folder).X.shape == (6, 28, 28)
