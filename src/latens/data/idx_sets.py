"""Images and labels in IDX files: one pair, or the four files of a set with its own split."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latens.data.dataset import Dataset, Split
from latens.data.idx import is_idx_name, labels_beside, read_idx
from latens.data.labels import Labels, encode_labels
from latens.exceptions import DataError

__all__ = ["holds_idx", "load_idx", "load_idx_folder"]


@dataclass(frozen=True, eq=False)
class _Pair:
    """The images of one file and the labels beside them, both None where they were not asked for."""

    X: np.ndarray | None
    y: np.ndarray | None


def load_idx(path: Path) -> Dataset:
    """Load an IDX file of samples, with the labels of its sibling where that is there.

    ``train-images-idx3-ubyte`` goes with ``train-labels-idx1-ubyte``, each gzipped or not.

    Raises
    ------
    DataError
        If a file is damaged.
    """
    X = read_idx(path)
    beside = labels_beside(path)
    if beside is None:
        return Dataset(X)
    y = read_idx(beside)
    if y.shape != (len(X),):
        labels = Labels(note=f"The labels in '{beside.name}' do not fit and were left out.")
    else:
        labels = encode_labels(y, f"The labels in '{beside.name}'")
    return Dataset(X, labels.codes, labels.names, notes=(labels.note,) if labels.note else ())


def holds_idx(folder: Path) -> bool:
    """Whether a folder holds IDX files of images."""
    return bool(_image_files(folder))


def load_idx_folder(folder: Path, split: Split = "all") -> Dataset:
    """Load the IDX files of a folder: training and test images are a split of its own.

    Parameters
    ----------
    folder : Path
        With one file of images, or two of which one is called train and the other t10k or test.
    split : {"train", "test", "all"}, default="all"
        Which part to read, where there are two.

    Raises
    ------
    DataError
        If there are other files of images than these, or one is damaged.
    """
    files = _image_files(folder)
    train = [path for path in files if "train" in path.name]
    test = [path for path in files if "t10k" in path.name or "test" in path.name]
    if len(files) == 1:
        return load_idx(files[0])
    if len(train) != 1 or len(test) != 1 or len(files) != 2:
        names = ", ".join(f"'{path.name}'" for path in files)
        raise DataError(
            f"The folder '{folder}' holds several files of images: {names}. Name the file itself."
        )
    return _load_pairs(train[0], test[0], split)


def _image_files(folder: Path) -> list[Path]:
    """The files of images in a folder; where one is there gzipped and plain, the plain one."""
    paths = (path for path in folder.iterdir() if not path.name.startswith("."))
    named = [path for path in paths if is_idx_name(path.name) and "images" in path.name]
    by_stem = {
        path.name.removesuffix(".gz").replace(".idx", "-idx"): path for path in sorted(named)[::-1]
    }
    return sorted(by_stem.values())


def _load_pairs(train: Path, test: Path, split: Split) -> Dataset:
    pairs = [_read_pair(train, split != "test"), _read_pair(test, split != "train")]
    images = [pair.X for pair in pairs if pair.X is not None]
    if len({X.shape[1:] for X in images}) > 1:
        raise DataError(
            f"The images in '{train}' and '{test.name}' differ in shape: "
            f"{images[0].shape[1:]} and {images[1].shape[1:]}."
        )
    X = images[0] if len(images) == 1 else np.concatenate(images)
    if any(pair.y is None for pair in pairs):
        return Dataset(X, has_split=True)
    parts = [pair.y for pair in pairs if pair.y is not None]
    labels = encode_labels(np.concatenate(parts))
    n_train = len(parts[0])
    rows = {"train": slice(n_train), "test": slice(n_train, None), "all": slice(None)}[split]
    y = None if labels.codes is None else labels.codes[rows]
    if y is not None and len(y) != len(X):
        raise DataError(
            f"The labels beside '{train}' are {len(y):,} for {len(X):,} images. Get them again."
        )
    return Dataset(X, y, labels.names, notes=(labels.note,) if labels.note else (), has_split=True)


def _read_pair(images: Path, with_images: bool) -> _Pair:
    """Read one part; its labels in any case, so that the codes of both parts agree."""
    beside = labels_beside(images)
    return _Pair(
        X=read_idx(images) if with_images else None,
        y=None if beside is None else read_idx(beside),
    )
