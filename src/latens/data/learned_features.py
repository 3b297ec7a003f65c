"""The features of a table by the names of those that a model without an encoder has learned from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from latens._memory import check_memory
from latens._text import listed, shortened
from latens.data.missing_values import without_missing
from latens.data.table_columns import Columns, coded, features_of, one_hot
from latens.data.table_options import Missing
from latens.data.understood_features import TableFeatures, named
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_names"]

# The values of each feature by its name, and what is to be said of them.
_Features = tuple[dict[str, np.ndarray], list[str]]


def of_names(
    frame: "pd.DataFrame", where: str, learned: Sequence[str], missing: Missing
) -> TableFeatures:
    """Return the features that were learned from, in their order.

    Parameters
    ----------
    frame : DataFrame
    where : str
        The source, as the beginning of an error.
    learned : sequence of str
        The names of features; "color=red" is 1 where the column color holds red.
    missing : {"mark", "refuse", "drop", "median"}
        What happens to missing numbers. As no feature can mark them, the first two refuse them.

    Raises
    ------
    DataError
        If the table lacks a column, or a number is missing that must not be.
    """
    values, notes = _learned_features(frame, where, learned)
    filled = without_missing(values, where, "refuse" if missing == "mark" else missing)
    columns = list(filled.values.values())
    itemsize = np.result_type(*{column.dtype for column in columns}).itemsize
    check_memory(len(columns[0]) * len(columns) * itemsize, where)
    return TableFeatures(
        np.column_stack(columns),
        tuple(filled.values),
        notes=(*notes, *filled.notes),
        rows=filled.rows,
    )


def _learned_features(frame: "pd.DataFrame", where: str, learned: Sequence[str]) -> _Features:
    """The features that were learned from, in their order."""
    categories: dict[str, list[str]] = {}
    features, lacking = {}, []
    names = set(frame.columns)
    lengths = {len(name) for name in names}
    for feature in learned:
        if feature in names:
            features[feature] = _plain(feature, frame[feature], where)
            continue
        starts = (place for place, one in enumerate(feature) if one == "=" and place in lengths)
        owners = [feature[:place] for place in starts if feature[:place] in names]
        if owners:
            name = owners[-1]  # the longest
            categories.setdefault(name, []).append(feature.removeprefix(f"{name}="))
        else:
            lacking.append(feature)
    if lacking:
        raise _other_columns(where, f"lacks {listed(lacking)}")
    features |= {
        name: one_hot(name, coded(frame[name]), texts) for name, texts in categories.items()
    }
    values = _by_name(features, where)
    return {name: values[name] for name in learned}, _other_notes(frame, features)


def _plain(name: str, column: "pd.Series", where: str) -> Columns:
    """A column that was learned from as it is."""
    import pandas as pd

    found = features_of(name, column, where)
    if found.names != (name,):
        is_text = pd.to_numeric(column, errors="coerce").isna() & ~column.isna()
        row = int(is_text.to_numpy().argmax())
        held = f"holds {shortened(repr(column.iloc[row]))} in row {row} (counted from 0 below the header)"
        raise _other_columns(
            where, f"{held} of '{shortened(name)}', which was learned from as numbers"
        )
    return found


def _other_columns(where: str, problem: str) -> DataError:
    return DataError(
        f"{where} does not have the columns that were learned from: it {problem}. "
        "Give a table with the same columns."
    )


def _other_notes(frame: "pd.DataFrame", features: dict[str, Columns]) -> list[str]:
    """What of a new table nothing was learned from: columns, left out then or new, and categories."""
    others = [name for name in frame.columns if name not in features]
    notes = [f"{named(others)} not learned from and left out."] if others else []
    new = [
        f"{name}={text}"
        for name, columns in features.items()
        if columns.is_encoded
        for text in coded(frame[name]).categories
        if f"{name}={text}" not in columns.names
    ]
    return [*notes, f"Categories that were not learned from: {listed(new)}."] if new else notes


def _by_name(features: dict[str, Columns], where: str) -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    for column, made in features.items():
        for name, value in zip(made.names, made.values, strict=True):
            if name in values:
                raise DataError(
                    f"{where} has a column '{shortened(name)}', which is also what a category of "
                    f"'{shortened(column)}' is called. "
                    "Rename one of the two columns."
                )
            values[name] = value
    return values
