"""The binary layout of CIFAR-10, as a folder and as an archive."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.data.cifar import load_cifar, unpack_cifar
from latens.exceptions import DataError

NAMES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")
CLASSES = "airplane automobile bird cat deer dog frog horse ship truck"


def batch(seed: int) -> bytes:
    """10,000 records: a label, then a plane of red, one of green, one of blue."""
    rng = np.random.default_rng(seed)
    records = np.zeros((10_000, 3073), dtype=np.uint8)
    records[:, 0] = rng.integers(0, 10, 10_000)
    records[:, 1] = seed  # the red of the pixel at the top left
    records[:, 1 + 1024 + 32] = 100 + seed  # the green of the pixel below it
    return records.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cifar") / "cifar-10-batches-bin"
    path.mkdir()
    for seed, name in enumerate(NAMES, start=1):
        (path / name).write_bytes(batch(seed))
    (path / "batches.meta.txt").write_text("\n".join(CLASSES.split()) + "\n\n")
    return path


@pytest.fixture(scope="module")
def archive(folder: Path) -> Path:
    path = folder.parent / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        tar.add(folder, "cifar-10-batches-bin")
        evil = tarfile.TarInfo("../../evil.bin")
        evil.size = 4
        tar.addfile(evil, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return path


def test_pixels_lie_where_they_belong(folder: Path) -> None:
    dataset = load_cifar(folder, "all")
    assert dataset.X.shape == (60_000, 32, 32, 3)
    assert dataset.X[::10_000, 0, 0, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert dataset.X[::10_000, 1, 0, 1].tolist() == [101, 102, 103, 104, 105, 106]
    assert dataset.X[0].sum() == 102
    assert dataset.names == tuple(CLASSES.split())
    labels = np.frombuffer(batch(6), dtype=np.uint8).reshape(-1, 3073)[:, 0]
    np.testing.assert_array_equal(dataset.y[50_000:], labels)


def test_the_split_is_that_of_the_files(folder: Path) -> None:
    assert load_cifar(folder, "train").X.shape[0] == 50_000
    test = load_cifar(folder, "test")
    assert test.X[:, 0, 0, 0].tolist() == [6] * 10_000
    assert test.has_split


def test_the_archive_reads_like_the_folder(folder: Path, archive: Path) -> None:
    np.testing.assert_array_equal(load_cifar(archive, "test").X, load_cifar(folder, "test").X)


def test_unpacking_takes_the_expected_files_and_nothing_else(
    folder: Path, archive: Path, tmp_path: Path
) -> None:
    unpack_cifar(archive, tmp_path / "in" / "new")
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    expected = sorted(f"in/new/{name}" for name in (*NAMES, "batches.meta.txt"))
    assert files == ["in", "in/new", *expected]
    assert (tmp_path / "in/new/data_batch_1.bin").read_bytes() == batch(1)


def test_a_damaged_archive_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    for damaged in (content[: len(content) // 2], b"no archive", b""):
        (tmp_path / "x.tar.gz").write_bytes(damaged)
        with pytest.raises(DataError, match="is damaged"):
            unpack_cifar(tmp_path / "x.tar.gz", tmp_path / "out")
        assert [path.name for path in tmp_path.iterdir()] == ["x.tar.gz"]


def test_an_archive_without_batches_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("readme.txt"))
    with pytest.raises(DataError, match="lacks some batches"):
        unpack_cifar(tmp_path / "x.tar.gz", tmp_path / "out")
    with pytest.raises(DataError, match=r"has no test_batch.bin"):
        load_cifar(tmp_path / "x.tar.gz", "test")


def test_damaged_batches_are_refused(tmp_path: Path) -> None:
    whole = batch(1)
    label = bytes([10]) + whole[1:]
    for content, message in (
        (whole[:-1], "got 30,729,999"),
        (whole + b"x", "got more"),
        (label, "10"),
    ):
        (tmp_path / "test_batch.bin").write_bytes(content)
        with pytest.raises(DataError, match=message):
            load_cifar(tmp_path, "test")


def test_a_missing_batch_is_named(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(batch(1))
    with pytest.raises(DataError, match=r"has no data_batch_2\.bin, data_batch_3"):
        load(tmp_path, "train")


def test_it_is_found_by_name_with_the_remark_on_its_source(
    folder: Path, bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "SOURCE.txt").write_text("A JPEG copy,\nnot the original pixels\n")
    monkeypatch.setenv("LATENS_DATA", str(folder.parent))
    dataset = load("cifar10", "test")
    assert dataset.name == "cifar-10"
    assert dataset.notes == ("A JPEG copy, not the original pixels.",)
    assert dataset.source == str(folder)


def test_it_is_found_as_the_archive_too(
    archive: Path, bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_machine / "cifar-10").mkdir()
    (bare_machine / "cifar-10" / archive.name).symlink_to(archive)
    monkeypatch.setenv("LATENS_DATA", str(bare_machine))
    assert load("cifar-10", "test").X.shape == (10_000, 32, 32, 3)
