"""What is known about every sample, as columns with plain names."""

from collections.abc import Iterable

import numpy as np

from latens._text import one_line
from latens.explorer.exploration import Column, Exploration

__all__ = ["named_columns", "values_of"]

# The first column of such a role belongs to the labels or the first model, and gets this name alone.
_ROLES = ("label", "cluster", "error")


def named_columns(exploration: Exploration, taken: Iterable[str] = ()) -> dict[str, Column]:
    """Return the columns of an exploration, each by a name of its own.

    The first of labels, clusters and errors are called "label", "cluster" and "error".

    Parameters
    ----------
    exploration : Exploration
    taken : iterable of str
        Names that others have.
    """
    used, columns = set(taken), {}
    for column in exploration.columns:
        is_first = column.role in _ROLES and column.role not in columns
        name = column.role if is_first else one_line(column.name) or "unnamed"
        unique, number = name, 2
        while unique in used:
            unique, number = f"{name} {number}", number + 1
        used.add(unique)
        columns[unique] = column
    return columns


def values_of(column: Column) -> list[str | int | float | None]:
    """Return the values of a column: the names of its categories, or numbers; None where it has none.

    Examples
    --------
    >>> values_of(Column("label", np.array([1, 0, -1]), ("cat", "dog")))
    ['dog', 'cat', None]
    """
    if column.role == "row":
        return [int(one) for one in column.values.tolist()]
    if column.names is None:
        return [None if np.isnan(one) else one for one in column.values.astype(float).tolist()]
    names = [one_line(name) for name in column.names]
    return [names[one] if 0 <= one < len(names) else None for one in column.values.tolist()]
