"""Samples in NumPy's .npy files, mapped and not read."""

from pathlib import Path

import numpy as np

from latens._npy import NpyHeader, open_npy, read_npy_header
from latens.data.dataset import Dataset
from latens.data.labels import Labels, check_labels, encode_labels

__all__ = ["NpyHeader", "load_npy", "open_npy", "read_npy_header"]


def load_npy(path: Path) -> Dataset:
    """Load samples from a .npy file, with the labels of ``y.npy`` for ``X.npy`` where that is there.

    Parameters
    ----------
    path : Path
        The file; ``X_train.npy`` goes with ``y_train.npy`` in the same way.

    Returns
    -------
    Dataset
        `X` is a read-only memory map.
    """
    X = open_npy(path)
    beside = path.with_name("y" + path.name[1:])
    if path.name[:1] not in ("X", "x") or not beside.is_file():
        return Dataset(X)
    labels = _labels_from(beside, len(X) if X.ndim else 0)
    notes = (labels.note,) if labels.note else ()
    return Dataset(X, labels.codes, labels.names, notes=notes)


def _labels_from(path: Path, n_samples: int) -> Labels:
    values = open_npy(path)
    if values.ndim == 0 or len(values) != n_samples:
        return Labels(
            note=f"The labels in '{path.name}' have the shape {values.shape}, "
            f"not one for each of {n_samples:,} samples, and were left out."
        )
    check_labels(values.shape, values.dtype, f"The file '{path}'")
    return encode_labels(np.asarray(values), f"The labels in '{path.name}'")
