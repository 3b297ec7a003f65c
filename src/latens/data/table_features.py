"""The columns of a data frame as features: numbers kept, categories one-hot, the rest left out and said.

Labels are found and set apart first, so that they can never be a feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from latens.data.dataset import Dataset
from latens.data.labels import Labels, encode_labels
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["features_and_labels"]

_LABEL_NAMES = ("label", "class", "target", "y")
_ROW_NUMBER_NAMES = ("id", "index", "row_id", "unnamed: 0", "")
_MAX_CATEGORIES = 20
# A column of text of which more than half are numbers is a column of numbers with blemishes.
_MOSTLY_NUMBERS = 0.5
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class _Columns:
    """The features made of one column; no names at all where it is left out."""

    names: tuple[str, ...] = ()
    values: tuple[np.ndarray, ...] = ()
    is_encoded: bool = False


def features_and_labels(
    frame: "pd.DataFrame", where: str, label_column: str | None, notes: Sequence[str]
) -> Dataset:
    """Make features and labels of a data frame.

    Parameters
    ----------
    frame : DataFrame
        With string column names.
    where : str
        The source, as the beginning of an error.
    label_column : str or None
        The column of labels; None takes a column called label, class, target or y in any case.
    notes : sequence of str
        What is to be said already.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the label column is not there, a feature is missing or not finite somewhere, or no column
        can be a feature.
    """
    if not frame.columns.is_unique:
        twice = _listed(sorted(set(frame.columns[frame.columns.duplicated()])))
        raise DataError(f"{where} has several columns with the same name: {twice}. Rename them.")
    found = list(notes)
    label_columns = _label_columns(frame, where, label_column)
    labels = _labels(frame, label_columns)
    found += _label_notes(label_columns, labels)
    rest = frame.drop(columns=label_columns)
    row_numbers = [name for name in rest.columns if _is_row_number(rest[name])]
    features = {
        name: _features(name, rest[name], where) for name in rest.columns if name not in row_numbers
    }
    found += _feature_notes(features, row_numbers)
    names = tuple(name for columns in features.values() for name in columns.names)
    values = [value for columns in features.values() for value in columns.values]
    if not values:
        raise DataError(f"{where} has no column of numbers or categories to learn from.")
    _check_missing(names, values, where)
    found += _constant_notes(names, values)
    X = np.column_stack(values)
    return Dataset(X, labels.codes, labels.names, notes=tuple(found), feature_names=names)


def _label_columns(frame: "pd.DataFrame", where: str, asked: str | None) -> list[str]:
    """The column of labels first, then all others whose name says that they hold labels too."""
    named = [name for wanted in _LABEL_NAMES for name in frame.columns if name.lower() == wanted]
    if asked is None:
        return named
    if asked not in frame.columns:
        close = get_close_matches(asked, list(frame.columns), n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        raise DataError(
            f"{where} has no column '{asked}' for labels. Its columns: {_listed(frame.columns)}.{hint}"
        )
    return [asked, *(name for name in named if name != asked)]


def _labels(frame: "pd.DataFrame", columns: Sequence[str]) -> Labels:
    if not columns:
        return Labels()
    column, what = frame[columns[0]], f"The labels in column '{columns[0]}'"
    n_missing = int(column.isna().sum())
    if n_missing:
        return Labels(
            note=f"{what} are missing for {n_missing:,} of {len(frame):,} samples and were left out."
        )
    is_text = column.dtype.kind not in "buif"
    values = np.asarray(column.astype(str), dtype=str) if is_text else column.to_numpy()
    return encode_labels(values, what)


def _label_notes(columns: Sequence[str], labels: Labels) -> list[str]:
    notes = []
    if labels.note:
        notes.append(labels.note)
    elif columns:
        notes.append(f"Column '{columns[0]}' holds the labels, which only score.")
    if len(columns) > 1:
        notes.append(f"{_named(columns[1:])} left out because the name says label.")
    return notes


def _is_row_number(column: "pd.Series") -> bool:
    """Whether a column counts the rows: it is called so, and all its integers differ."""
    is_named = str(column.name).strip().lower() in _ROW_NUMBER_NAMES
    return is_named and column.dtype.kind in "iu" and bool(column.is_unique)


def _features(name: str, column: "pd.Series", where: str) -> _Columns:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return _Columns((name,), (column.to_numpy(dtype=np.uint8),))
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _text_features(name, column.astype(object), where)
    if pd.api.types.is_numeric_dtype(column):
        return _Columns((name,), (_numbers(column),))
    if pd.api.types.is_datetime64_any_dtype(column) or column.dtype.kind == "m":
        return _Columns()
    return _text_features(name, column, where)


def _numbers(column: "pd.Series") -> np.ndarray:
    """A numeric column as NumPy holds it; a missing value of any dialect becomes NaN."""
    import pandas as pd

    if column.dtype.kind == "c":
        return np.full(len(column), np.nan)
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    if column.isna().any() or not pd.api.types.is_integer_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.to_numpy(dtype=np.int64)


def _text_features(name: str, column: "pd.Series", where: str) -> _Columns:
    """One feature per category; nothing for free text, identifiers and nested values."""
    import pandas as pd

    is_missing = column.isna()
    present = column[~is_missing]
    if present.map(lambda value: isinstance(value, list | dict | np.ndarray | bytes)).any():
        return _Columns()
    numbers = pd.to_numeric(present, errors="coerce")
    if numbers.notna().all():
        values = pd.to_numeric(column, errors="coerce")
        return _Columns((name,), (values.to_numpy(dtype=np.float64, na_value=np.nan),))
    texts = column.astype(str).where(~is_missing, "missing")
    categories = sorted(texts.unique())
    if len(categories) <= _MAX_CATEGORIES and len(categories) < len(column):
        values = texts.to_numpy()
        encoded = tuple((values == category).astype(np.uint8) for category in categories)
        return _Columns(tuple(f"{name}={text}" for text in categories), encoded, is_encoded=True)
    if numbers.notna().mean() > _MOSTLY_NUMBERS:
        row = int(np.flatnonzero((~is_missing).to_numpy())[int(numbers.isna().to_numpy().argmax())])
        raise DataError(
            f"{where} has numbers in column '{name}' except in {int(numbers.isna().sum()):,} row(s), "
            f"first {column.iloc[row]!r} in row {row + 1} (counted from 1 below the header). "
            "Fill these cells or drop the rows."
        )
    return _Columns()


def _check_missing(names: Sequence[str], values: Sequence[np.ndarray], where: str) -> None:
    bad = {
        name: ~np.isfinite(column)
        for name, column in zip(names, values, strict=True)
        if column.dtype.kind == "f" and not np.isfinite(column).all()
    }
    if not bad:
        return
    first = min(int(rows.argmax()) for rows in bad.values())
    n_rows = int(np.logical_or.reduce(list(bad.values())).sum())
    raise DataError(
        f"{where} has missing or infinite values in {n_rows:,} row(s), column(s) {_listed(bad)}, first "
        f"in row {first + 1} (counted from 1 below the header). Drop these rows or fill the values "
        "first, for example with pandas: frame.dropna() or frame.fillna(frame.median())."
    )


def _feature_notes(features: dict[str, _Columns], row_numbers: Sequence[str]) -> list[str]:
    notes = []
    encoded = [name for name, columns in features.items() if columns.is_encoded]
    dropped = [name for name, columns in features.items() if not columns.names]
    if encoded:
        with_missing = any(f"{name}=missing" in features[name].names for name in encoded)
        remark = ", missing cells as a category of their own" if with_missing else ""
        notes.append(f"{_named(encoded)} one-hot encoded{remark}.")
    if dropped:
        notes.append(f"{_named(dropped)} left out: free text, identifiers, dates or nested values.")
    if row_numbers:
        notes.append(f"{_named(row_numbers)} left out: row numbers say nothing of a row.")
    return notes


def _constant_notes(names: Sequence[str], values: Sequence[np.ndarray]) -> list[str]:
    pairs = zip(names, values, strict=True)
    constant = [name for name, column in pairs if len(column) and (column == column[0]).all()]
    if not constant:
        return []
    return [f"{len(constant):,} of {len(names):,} columns are constant: {_listed(constant)}."]


def _named(columns: Sequence[str]) -> str:
    """Begin a sentence about columns, with its verb."""
    if len(columns) == 1:
        return f"Column '{columns[0]}' was"
    return f"Columns {_listed(columns)} were"


def _listed(names: Sequence[str] | dict[str, np.ndarray]) -> str:
    shown = ", ".join(f"'{name}'" for name in list(names)[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
