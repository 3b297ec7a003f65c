"""The data that a run learned from, each sample with its row number, its name and its part."""

from dataclasses import replace

import numpy as np

from latens.data import Dataset, Split, fingerprint
from latens.data.converted import CONVERSIONS, load_converted
from latens.data.summary import fingerprint_of_parts
from latens.runs import Run

__all__ = ["DATA_CHANGED", "fingerprint_of_own", "load_own_data"]

DATA_CHANGED = (
    "The data have changed since the run was trained, so nobody knows which of them it has seen."
)


def load_own_data(run: Run, split: Split = "all") -> Dataset:
    """Load the data of a run as it did, and tell which samples it was trained on, if they are the same.

    Raises
    ------
    RunError
        If run.json is damaged, or the run is one of `latens recommend`.
    DataError
        If the data are not there any more.
    """
    asked = run.study["data"]
    # A run of before may lack the last ones.
    settings = {name: asked[name] for name in CONVERSIONS if name in asked}
    settings["feature_names"] = run.features_by_name
    dataset = load_converted(asked["source"], split, **settings)
    if split != "all":
        return dataset
    known = run.identity
    if known.rows is None or known.part is None:
        return dataset
    if np.array_equal(known.rows, dataset.rows) and _is_of(run, dataset.X, known.part):
        return replace(dataset, part=known.part)
    return replace(dataset, notes=(*dataset.notes, DATA_CHANGED))


def _is_of(run: Run, X: np.ndarray, part: np.ndarray) -> bool:
    """Whether all samples have the fingerprint of the run; those of version 0.1 have one for each part."""
    is_old = "-" in run.fingerprint
    return run.fingerprint == (fingerprint_of_parts(X, part) if is_old else fingerprint(X))


def fingerprint_of_own(run: Run, dataset: Dataset) -> str:
    """Return the fingerprint of data that `load_own_data` gave: that of the run, if they are the same."""
    return run.fingerprint if dataset.part is not None else fingerprint(dataset.X)
