"""Samples of a table whose labels are known by name, and need not be there."""

import os
from typing import Any

from latens.data.converted import load_converted
from latens.data.dataset import Dataset, Split
from latens.exceptions import DataError, ParameterError

__all__ = ["load_beside_labels"]


def load_beside_labels(
    source: str | os.PathLike[str],
    split: Split,
    *,
    label_column: str | None = None,
    **settings: Any,
) -> Dataset:
    """Load data without their column of labels, which a table that a model is used on need not have.

    Parameters
    ----------
    source, split
        Those of `load`.
    label_column : str or None, default=None
        Where labels are, if anywhere: they are no features. None leaves that to `load`.
    **settings
        The other parameters of `load_converted`.

    Raises
    ------
    DataError
        If the data can be read neither with labels nor without: of the two reasons the first.
    """
    try:
        return load_converted(source, split, label_column=label_column, **settings)
    except (DataError, ParameterError) as error:
        if label_column is None:
            raise
        try:
            plain = load_converted(source, split, **settings)
        except DataError:
            raise error from None
        # A column of categories has been split.
        if label_column in {name.partition("=")[0] for name in plain.feature_names or ()}:
            raise error from None
        return plain
