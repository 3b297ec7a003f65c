"""Load the named sets: from what ships with the software, from this machine, or by a download."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from latens.data.catalogue import NamedSet, find_named, named_set
from latens.data.cifar import load_cifar
from latens.data.dataset import Dataset, Split
from latens.data.fetching import fetch
from latens.data.idx_sets import load_idx, load_idx_folder
from latens.data.npz import load_npz
from latens.data.progress import Progress
from latens.exceptions import DataError

__all__ = ["EMBEDDED_FOLDER", "load_named"]

EMBEDDED_FOLDER = Path(__file__).parent / "embedded"

_EMBEDDED_TRAIN = 8_000
_GARMENTS = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


def load_named(name: str, split: Split = "all", *, progress: Progress | None = None) -> Dataset:
    """Load a named set, by a download if it is not on this machine.

    Parameters
    ----------
    name : str
        Its canonical name.
    split : {"train", "test", "all"}, default="all"
        Which part; "digits" has no parts.
    progress : callable or None, default=None
        As `fetch` takes it.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the files found are not those of the set.
    DownloadError
        If it is not here and cannot be downloaded.
    """
    known = named_set(name)
    if name == "digits":
        dataset = _load_digits()
    elif name == "fashion-mnist-10k":
        dataset = _load_embedded(split)
    else:
        dataset = _load_files(known, split, progress)
    return replace(dataset, name=name)


def _load_digits() -> Dataset:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return Dataset(
        bunch.images.astype(np.uint8),
        bunch.target.astype(np.int64),
        tuple(str(digit) for digit in bunch.target_names),
        source="scikit-learn (UCI, Optical Recognition of Handwritten Digits)",
    )


def _load_embedded(split: Split) -> Dataset:
    whole = load_idx(EMBEDDED_FOLDER / "fashion-mnist-10k-images-idx3-ubyte.gz")
    rows = {
        "train": slice(_EMBEDDED_TRAIN),
        "test": slice(_EMBEDDED_TRAIN, None),
        "all": slice(None),
    }[split]
    part = whole.take(rows)
    return replace(part, names=_GARMENTS, source="shipped with latens", has_split=True)


def _load_files(known: NamedSet, split: Split, progress: Progress | None) -> Dataset:
    path = find_named(known) or Path(str(fetch(known.name, progress=progress).found))
    if known.name == "cifar-10":
        dataset = load_cifar(path, split)
    elif path.is_file():
        dataset = load_npz(path, split)
    else:
        dataset = load_idx_folder(path, split)
    _check_identity(known, split, dataset, path)
    names = _GARMENTS if known.name == "fashion-mnist" else dataset.names
    return replace(dataset, names=names, source=str(path))


def _check_identity(known: NamedSet, split: Split, dataset: Dataset, path: Path) -> None:
    """Hold what was found under a name against what the name stands for."""
    n_test = 10_000
    expected = {"train": known.n_samples - n_test, "test": n_test, "all": known.n_samples}[split]
    shape = (expected, *known.sample_shape)
    if dataset.X.shape != shape or dataset.names is None or len(dataset.names) != 10:
        n_classes = len(dataset.names or ())
        raise DataError(
            f"What lies in '{path}' is not {known.name}: expected images of the shape {shape} in 10 "
            f"classes, got {dataset.X.shape} in {n_classes}. Name the folder itself to load it."
        )
