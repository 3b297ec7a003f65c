"""The list of named sets, and where they are found."""

import os
from pathlib import Path

import numpy as np
import pytest

from latens.data import NamedSet, list_named, load
from latens.data.catalogue import IDX_STEMS, canonical_name, find_named, named_set
from latens.data.idx import write_idx


def put_set(folder: Path, ending: str = ".gz") -> Path:
    """The four files of a set by name; what they hold does not matter for finding them."""
    folder.mkdir(parents=True)
    for stem in IDX_STEMS:
        write_idx(folder / f"{stem}{ending}", np.zeros((2, 2, 2), dtype=np.uint8))
    return folder


def test_everything_a_list_shows_is_there() -> None:
    known = list_named()
    assert [entry.name for entry in known][:2] == ["digits", "fashion-mnist-10k"]
    for entry in known:
        assert entry.description
        assert entry.licence
        assert entry.n_samples > 1000
        assert bool(entry.files) == bool(entry.address) == bool(entry.download_bytes)
        assert entry.found or entry.files


def test_names_forgive_spelling_and_nothing_more() -> None:
    assert canonical_name("FashionMNIST") == "fashion-mnist"
    assert canonical_name("fashion_mnist_10K") == "fashion-mnist-10k"
    assert canonical_name("CIFAR 10") == "cifar-10"
    assert canonical_name("mnist2") is None
    assert canonical_name("") is None


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("mnist", "{data}/mnist"),
        ("mnist", "{data}/MNIST/raw"),
        ("fashion-mnist", "{data}/fashion-mnist"),
        ("fashion-mnist", "{data}/FashionMNIST/raw"),
        ("mnist", "{home}/.cache/latens/mnist"),
        ("fashion-mnist", "{home}/.keras/datasets/fashion-mnist"),
        ("mnist", "{home}/.cache/torch/MNIST/raw"),
        ("fashion-mnist", "data/FashionMNIST/raw"),
    ],
)
def test_sets_are_found_where_people_have_them(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str, ending: str
) -> None:
    data = bare_machine / "my data"
    monkeypatch.setenv("LATENS_DATA", str(data))
    if name == "mnist":  # a machine may have Debian's package of the other set
        assert find_named(named_set(name)) is None
    folder = put_set(Path(place.format(data=data, home=bare_machine)), ending)
    assert find_named(named_set(name)) == folder
    assert {entry.name: entry.found for entry in list_named()}[name] == str(folder)


def test_a_folder_given_by_its_own_name_is_taken(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put_set(bare_machine / "fashion-mnist")
    monkeypatch.setenv("LATENS_DATA", str(folder))
    assert find_named(named_set("fashion-mnist")) == folder
    assert find_named(named_set("mnist")) is None


def test_an_incomplete_set_is_not_found(bare_machine: Path) -> None:
    folder = put_set(bare_machine / ".cache" / "latens" / "mnist")
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    assert find_named(named_set("mnist")) is None


def test_the_first_folder_wins(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = bare_machine / "1", bare_machine / "2"
    put_set(second / "mnist")
    put_set(bare_machine / ".cache" / "latens" / "mnist")
    monkeypatch.setenv("LATENS_DATA", os.pathsep.join([str(first), "", str(second)]))
    assert find_named(named_set("mnist")) == second / "mnist"
    put_set(first / "mnist")
    assert find_named(named_set("mnist")) == first / "mnist"


def test_the_archive_of_keras_is_found_and_read(bare_machine: Path) -> None:
    folder = bare_machine / ".keras" / "datasets"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    np.savez(
        folder / "mnist.npz",
        x_train=np.zeros((60_000, 28, 28), dtype=np.uint8),
        y_train=rng.integers(0, 10, 60_000),
        x_test=np.ones((10_000, 28, 28), dtype=np.uint8),
        y_test=rng.integers(0, 10, 10_000),
    )
    dataset = load("mnist", "test")
    assert dataset.source == str(folder / "mnist.npz")
    assert (dataset.X == 1).all()


def test_sets_can_be_compared() -> None:
    assert named_set("mnist") == named_set("mnist")
    assert isinstance(named_set("digits"), NamedSet)
