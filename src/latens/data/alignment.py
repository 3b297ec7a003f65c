"""The columns of one table as those of another that a model has learnt from."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from latens.data.dataset import Dataset
from latens.exceptions import DataError

__all__ = ["align_columns"]

_SHOWN = 5


def align_columns(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """Bring a table to the columns, and their order, of the table that was learnt from.

    A category that was not among those learnt from becomes a row without any of the known categories,
    which the notes say; a known category that does not occur becomes a column of 0.

    Parameters
    ----------
    dataset : Dataset
        With feature names.
    names : sequence of str
        The columns learnt from; "colour=red" is a category of the column "colour".

    Raises
    ------
    DataError
        If a column is missing, or there is one that was not learnt from.

    Examples
    --------
    >>> new = Dataset(np.array([[1, 5]]), feature_names=("colour=blue", "size"))
    >>> align_columns(new, ("size", "colour=blue", "colour=red")).X
    array([[5, 1, 0]])
    """
    here = dataset.feature_names
    if here is None or tuple(here) == tuple(names):
        return dataset
    missing = [name for name in names if name not in here]
    extra = [name for name in here if name not in names]
    # A category may be new or not occur, as long as the column it belongs to is in both tables.
    lacking = [name for name in missing if _column(name) not in _encoded(here)]
    unknown = [name for name in extra if _column(name) not in _encoded(names)]
    if lacking or unknown:
        problems = [f"lacks {_listed(lacking)}"] if lacking else []
        problems += [f"has {_listed(unknown)}, which was not learnt from"] if unknown else []
        raise DataError(
            f"'{dataset.name}' does not have the columns that were learnt from: it {' and '.join(problems)}. "
            "Give a table with the same columns."
        )
    places = {name: place for place, name in enumerate(here)}
    nothing = np.zeros(len(dataset), dtype=dataset.X.dtype)
    columns = [dataset.X[:, places[name]] if name in places else nothing for name in names]
    notes = (f"Categories that were not learnt from: {_listed(extra)}.",) if extra else ()
    return replace(
        dataset,
        X=np.column_stack(columns),
        feature_names=tuple(names),
        notes=(*dataset.notes, *notes),
    )


def _column(name: str) -> str:
    """The column that a one-hot column belongs to."""
    return name.partition("=")[0]


def _encoded(names: Sequence[str]) -> set[str]:
    return {_column(name) for name in names if "=" in name}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
