"""Fetching whole sets, from a mirror on this machine."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from latens.data import fetch, list_named, load
from latens.exceptions import DataError, DownloadError

IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_sets_that_ship_need_no_network() -> None:
    assert fetch("digits").found == "ships with scikit-learn"
    assert fetch("Fashion-MNIST_10k").found == "ships with latens"


def test_an_unknown_name_is_answered_without_the_network(site, bare_machine: Path) -> None:
    with pytest.raises(DataError, match=r"no named set 'imagenet'. Named sets: digits"):
        fetch("imagenet", mirror=site.address)
    assert site.n_requests == 0


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_a_set_is_fetched_once_and_then_found(site, bare_machine: Path, real_data, name) -> None:
    folder = real_data(name)
    site.files = {file: (folder / file).read_bytes() for file in IDX_FILES}
    fetched = fetch(name, mirror=site.address)
    assert fetched.found == str(bare_machine / ".cache" / "latens" / name)
    assert site.n_requests == 4
    assert fetch(name, mirror=site.address).found == fetched.found
    assert site.n_requests == 4
    dataset = load(name, split="test")
    assert dataset.X.shape == (10_000, 28, 28)
    assert dataset.source == fetched.found
    assert fetched in list_named()


def test_a_failure_keeps_what_is_whole_and_goes_on_from_there(
    site, bare_machine: Path, real_data
) -> None:
    folder = real_data("mnist")
    site.files = {file: (folder / file).read_bytes() for file in IDX_FILES[:3]}
    with pytest.raises(DownloadError, match="answered 404"):
        fetch("mnist", mirror=site.address)
    assert sorted(path.name for path in all_files(bare_machine)) == sorted(IDX_FILES[:3])
    site.files = {IDX_FILES[3]: (folder / IDX_FILES[3]).read_bytes()}
    fetch("mnist", mirror=site.address)
    assert load("mnist", split="all").X.shape == (70_000, 28, 28)


@pytest.mark.parametrize("name", ["mnist", "cifar-10"])
def test_offline_one_line_says_what_to_do(bare_machine: Path, name: str) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch(name, mirror="http://127.0.0.1:1/")
    message = str(caught.value)
    assert "\n" not in message
    assert f"Put {'train-images' if name == 'mnist' else 'cifar-10-binary.tar.gz'}" in message
    assert str(bare_machine / ".cache" / "latens" / name) in message
    assert "LATENS_DATA" in message
    assert ("fashion-mnist-10k" in message) == (name == "mnist")
    assert all_files(bare_machine) == []


def test_content_that_is_not_the_set_never_gets_its_name(site, bare_machine: Path) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        content = np.zeros(3073, dtype=np.uint8).tobytes()
        info = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    site.files["cifar-10-binary.tar.gz"] = archive.getvalue()
    with pytest.raises(DownloadError, match="wrong checksum"):
        fetch("cifar-10", mirror=site.address)
    assert all_files(bare_machine) == []
