"""The binary layout of CIFAR-10: records of one label and 3,072 pixels, channel by channel.

Krizhevsky (2009), "Learning multiple layers of features from tiny images", technical report,
University of Toronto. The layout with Python pickles is never read.
"""

import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from latens._regular_files import open_regular
from latens.data.dataset import Dataset, Split
from latens.exceptions import DataError

__all__ = ["CIFAR_ARCHIVE", "CIFAR_FOLDER", "has_batches", "load_cifar", "unpack_cifar"]

CIFAR_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR_FOLDER = "cifar-10-batches-bin"
_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
_TEST = ("test_batch.bin",)
_CLASSES = "batches.meta.txt"
_REMARK = "SOURCE.txt"

_BATCH = 10_000
_RECORD = 1 + 3 * 32 * 32
_NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
_FILES_OF: dict[Split, tuple[str, ...]] = {
    "train": _TRAIN,
    "test": _TEST,
    "all": (*_TRAIN, *_TEST),
}


def has_batches(folder: Path) -> bool:
    """Whether all six batches lie in a folder."""
    return all((folder / name).is_file() for name in _FILES_OF["all"])


def load_cifar(path: Path, split: Split = "all") -> Dataset:
    """Load CIFAR-10 from a folder of its batches, or from the archive they come in.

    Parameters
    ----------
    path : Path
        The folder with ``data_batch_1.bin`` and its kind, or ``cifar-10-binary.tar.gz``.
    split : {"train", "test", "all"}, default="all"
        50,000, 10,000 or all images.

    Returns
    -------
    Dataset
        `X` of shape (n, 32, 32, 3). What a ``SOURCE.txt`` beside the batches says is in the notes.

    Raises
    ------
    DataError
        If a batch is missing or damaged.
    """
    wanted = _FILES_OF[split]
    X = np.empty((_BATCH * len(wanted), 32, 32, 3), dtype=np.uint8)
    y = np.empty(len(X), dtype=np.int64)
    left = set(wanted)
    for name, content in _batches(path, wanted):
        rows = slice(wanted.index(name) * _BATCH, (wanted.index(name) + 1) * _BATCH)
        y[rows], X[rows] = _records(content, f"The file '{path / name}'")
        left.discard(name)
    if left:
        raise DataError(f"'{path}' has no {', '.join(sorted(left))}. Get it again.")
    remark = _text(path / _REMARK)
    names = tuple(_text(path / _CLASSES).split())
    return Dataset(
        X,
        y,
        names if len(names) == len(_NAMES) else _NAMES,
        notes=(f"{remark}.",) if remark else (),
        has_split=True,
        rows=np.arange(len(X)) + (_BATCH * len(_FILES_OF["train"]) if split == "test" else 0),
    )


def unpack_cifar(archive: Path, folder: Path) -> None:
    """Write the expected members of the archive into a new folder, and nothing else.

    The folder appears whole or not at all.

    Raises
    ------
    DataError
        If the archive is damaged or lacks a batch.
    """
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True, exist_ok=True)
        for name, content in _archived(archive, (*_FILES_OF["all"], _CLASSES)):
            (part / name).write_bytes(content)
        if not has_batches(part):
            raise DataError(f"The archive '{archive}' lacks some batches. Get it again.")
        if not has_batches(folder):
            part.replace(folder)
    except OSError as error:
        raise DataError(f"'{archive}' cannot be unpacked: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _batches(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    if path.is_file():
        yield from _archived(path, wanted)
        return
    for name in wanted:
        if (path / name).is_file():
            yield name, _limited(path / name)


def _limited(path: Path) -> bytes:
    """The content of a batch; one byte more than expected is enough to see that it is too long."""
    try:
        with open_regular(path) as file:
            return file.read(_BATCH * _RECORD + 1)
    except OSError as error:
        raise DataError(f"The file '{path}' cannot be read: {error.strerror or error}.") from error


def _archived(archive: Path, wanted: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Stream members out of the archive by name; paths, links and anything too long are passed over."""
    with _tar(archive) as tar:
        for member in tar:
            name = member.name.rpartition("/")[2]
            if name in wanted and member.isreg() and member.size <= _BATCH * _RECORD:
                file: IO[bytes] | None = tar.extractfile(member)
                if file is not None:
                    yield name, file.read()


@contextmanager
def _tar(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with open_regular(archive) as file, tarfile.open(fileobj=file, mode="r|gz") as tar:
            yield tar
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, OverflowError) as error:
        raise DataError(f"The archive '{archive}' is damaged: {error}. Get it again.") from error


def _records(content: bytes, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels of shape (10000,) and images of shape (10000, 32, 32, 3)."""
    if len(content) != _BATCH * _RECORD:
        raise DataError(
            f"{where} is no CIFAR-10 batch: expected {_BATCH * _RECORD:,} bytes, got "
            f"{'more' if len(content) > _BATCH * _RECORD else f'{len(content):,}'}. Get it again."
        )
    records = np.frombuffer(content, dtype=np.uint8).reshape(_BATCH, _RECORD)
    labels = records[:, 0]
    if labels.max() >= len(_NAMES):
        raise DataError(f"{where} holds the label {labels.max()}. Expected 0 to 9. Get it again.")
    return labels, records[:, 1:].reshape(_BATCH, 3, 32, 32).transpose(0, 2, 3, 1)


def _text(path: Path) -> str:
    """A small text file on one line, or nothing."""
    try:
        with open_regular(path) as file:
            text = file.read(4096).decode("utf-8", "replace")
        return " ".join(text.split()).rstrip(".")
    except OSError:
        return ""
