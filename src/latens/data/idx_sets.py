"""Images and labels in IDX files: one pair, or the four files of a set with its own split."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from latens._memory import check_memory
from latens.data.dataset import Dataset, Split
from latens.data.idx import is_idx_name, labels_beside, read_idx, read_idx_header
from latens.data.labels import Labels, check_labels, encode_labels
from latens.exceptions import DataError

__all__ = ["holds_idx", "load_idx", "load_idx_folder"]


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
    y = _read_labels(beside)
    if y is None or y.shape != (len(X),):
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
    """Read one part or both; the labels of both are read either way, so that codes agree."""
    heads = [read_idx_header(train), read_idx_header(test)]
    if heads[0].shape[1:] != heads[1].shape[1:]:
        raise DataError(
            f"The images in '{train}' and '{test.name}' differ in shape: "
            f"{heads[0].shape[1:]} and {heads[1].shape[1:]}."
        )
    X = _read_images({"train": [train], "test": [test], "all": [train, test]}[split])
    n_train = heads[0].shape[0]
    parts = [_labels_of(train, n_train), _labels_of(test, heads[1].shape[0])]
    rows = np.arange(len(X)) + (n_train if split == "test" else 0)
    if any(part is None for part in parts):
        return Dataset(X, has_split=True, rows=rows)
    labels = encode_labels(np.concatenate([part for part in parts if part is not None]))
    y = None if labels.codes is None else labels.codes[rows]
    notes = (labels.note,) if labels.note else ()
    return Dataset(X, y, labels.names, notes=notes, has_split=True, rows=rows)


def _read_images(paths: Sequence[Path]) -> np.ndarray:
    """Read one part, or both as one array."""
    if len(paths) == 1:
        return read_idx(paths[0])
    heads = [read_idx_header(path) for path in paths]
    needed = sum(head.data_bytes for head in heads)
    stored = sum(head.file_bytes for head in heads)
    check_memory(2 * needed, f"Joining '{paths[0]}' and '{paths[1].name}'", stored=stored)
    return np.concatenate([read_idx(path) for path in paths])


def _labels_of(images: Path, n_images: int) -> np.ndarray | None:
    """Read the labels beside a file of images, if there are some."""
    beside = labels_beside(images)
    if beside is None:
        return None
    labels = _read_labels(beside)
    if labels is None or len(labels) != n_images:
        found = "of another shape" if labels is None else f"{len(labels):,}"
        raise DataError(
            f"The labels beside '{images}' are {found} for {n_images:,} images. Get them again."
        )
    return labels


def _read_labels(path: Path) -> np.ndarray | None:
    """Read labels, one number each; None where the file holds something else."""
    header = read_idx_header(path)
    if len(header.shape) != 1:
        return None
    check_labels(header.shape, header.dtype, f"the file '{path}'", stored=header.file_bytes)
    return read_idx(path)
