"""The columns of a data frame as features: those that make sense, or those that a model has learnt from.

Labels are found and set apart first, so that they can never be a feature. What is left out is said.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from latens._memory import check_memory
from latens._text import shortened
from latens.data.dataset import Dataset
from latens.data.labels import Labels, encode_labels
from latens.data.table_columns import Columns, coded, features_of, one_hot
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["category_columns", "features_and_labels"]

_LABEL_NAMES = ("label", "class", "target", "y")
_ROW_NUMBER_NAMES = ("id", "index", "row_id", "unnamed: 0", "")
_SHOWN = 5
# No column has a longer name, or the beginnings of one name alone would fill the memory.
_LONGEST_NAME = 10_000

# The values of each feature by its name, and what is to be said of them.
_Features = tuple[dict[str, np.ndarray], list[str]]


def features_and_labels(
    frame: "pd.DataFrame",
    where: str,
    label_column: str | None,
    notes: Sequence[str],
    learnt: Sequence[str] | None = None,
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
    learnt : sequence of str or None, default=None
        The features that a model has learnt from, as `Dataset.feature_names` has them: these are made,
        in their order, of however few rows. None takes numbers and categories.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the label column is not there, a feature is missing or not finite somewhere, no column can be
        a feature, or the columns are not those that were learnt from.
    """
    if not frame.columns.is_unique:
        twice = _listed(sorted(set(frame.columns[frame.columns.duplicated()])))
        raise DataError(f"{where} has several columns with the same name: {twice}. Rename them.")
    label_columns = _label_columns(frame, where, label_column)
    labels = _labels(frame, label_columns)
    rest = frame.drop(columns=label_columns) if label_columns else frame
    if learnt is None:
        values, said = _usual_features(rest, where)
    else:
        values, said = _learnt_features(rest, where, learnt)
    if not values:
        raise DataError(f"{where} has no column of numbers or categories to learn from.")
    _check_missing(values, where)
    columns = list(values.values())
    itemsize = np.result_type(*{column.dtype for column in columns}).itemsize
    check_memory(len(frame) * len(columns) * itemsize, where)
    return Dataset(
        np.column_stack(columns),
        labels.codes,
        labels.names,
        notes=(*notes, *_label_notes(label_columns, labels), *said),
        feature_names=tuple(values),
    )


def category_columns(feature_names: Sequence[str]) -> set[str]:
    """Return what the columns may be called that features such as "colour=red" were made of.

    Examples
    --------
    >>> category_columns(["size", "colour=red", "colour=blue"])
    {'colour'}
    """
    starts = {
        name[:place]
        for name in feature_names
        for place, one in enumerate(name[:_LONGEST_NAME])
        if one == "="
    }
    return starts - set(feature_names)


def _usual_features(frame: "pd.DataFrame", where: str) -> _Features:
    """Numbers and categories."""
    row_numbers = [
        name
        for name in frame.columns
        if name.strip().lower() in _ROW_NUMBER_NAMES and _counts_rows(frame[name])
    ]
    rest = frame.drop(columns=row_numbers) if row_numbers else frame
    features = {name: features_of(name, column, where) for name, column in rest.items()}
    values = _by_name(features, where)
    return values, [*_feature_notes(features, row_numbers), *_constant_notes(values)]


def _learnt_features(frame: "pd.DataFrame", where: str, learnt: Sequence[str]) -> _Features:
    """The features that were learnt from, in their order."""
    categories: dict[str, list[str]] = {}
    features, lacking = {}, []
    names = set(frame.columns)
    lengths = {len(name) for name in names}
    for feature in learnt:
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
        raise _other_columns(where, f"lacks {_listed(lacking)}")
    features |= {
        name: one_hot(name, coded(frame[name]), texts) for name, texts in categories.items()
    }
    values = _by_name(features, where)
    return {name: values[name] for name in learnt}, _other_notes(frame, features)


def _plain(name: str, column: "pd.Series", where: str) -> Columns:
    """A column that was learnt from as it is."""
    import pandas as pd

    found = features_of(name, column, where)
    if found.names != (name,):
        is_text = pd.to_numeric(column, errors="coerce").isna() & ~column.isna()
        row = int(is_text.to_numpy().argmax())
        held = f"holds {shortened(repr(column.iloc[row]))} in row {row + 1} (counted from 1 below the header)"
        raise _other_columns(
            where, f"{held} of '{shortened(name)}', which was learnt from as numbers"
        )
    return found


def _other_columns(where: str, problem: str) -> DataError:
    return DataError(
        f"{where} does not have the columns that were learnt from: it {problem}. "
        "Give a table with the same columns."
    )


def _other_notes(frame: "pd.DataFrame", features: dict[str, Columns]) -> list[str]:
    """What of a new table nothing was learnt from: columns, left out then or new, and categories."""
    others = [name for name in frame.columns if name not in features]
    notes = [f"{_named(others)} not learnt from and left out."] if others else []
    new = [
        f"{name}={text}"
        for name, columns in features.items()
        if columns.is_encoded
        for text in coded(frame[name]).categories
        if f"{name}={text}" not in columns.names
    ]
    return [*notes, f"Categories that were not learnt from: {_listed(new)}."] if new else notes


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


def _label_columns(frame: "pd.DataFrame", where: str, asked: str | None) -> list[str]:
    """The column of labels first, then all others whose name says that they hold labels too."""
    named = [name for wanted in _LABEL_NAMES for name in frame.columns if name.lower() == wanted]
    if asked is None:
        return named
    if asked not in frame.columns:
        close = get_close_matches(asked, list(frame.columns), n=1)
        hint = f" Did you mean '{shortened(close[0])}'?" if close else ""
        raise DataError(
            f"{where} has no column '{shortened(asked)}' for labels. "
            f"Its columns: {_listed(frame.columns)}.{hint}"
        )
    return [asked, *(name for name in named if name != asked)]


def _labels(frame: "pd.DataFrame", columns: Sequence[str]) -> Labels:
    if not columns:
        return Labels()
    column, what = frame[columns[0]], f"The labels in column '{shortened(columns[0])}'"
    n_missing = int(column.isna().sum())
    if n_missing:
        return Labels(
            note=f"{what} are missing for {n_missing:,} of {len(frame):,} samples and were left out."
        )
    if column.dtype.kind in "buif":
        return encode_labels(column.to_numpy(), what)
    found = coded(column if column.dtype.kind == "O" else column.astype(str))
    if found.is_nested:
        return Labels(note=f"{what} are no single values and were left out.")
    # Not as an array of text, in which every row takes as much as the longest.
    texts = found.texts[:-1]
    classes = sorted(set(texts))
    number = {text: code for code, text in enumerate(classes)}
    codes = np.array([number[text] for text in texts], dtype=np.int64)[found.places]
    return Labels(codes, tuple(classes))


def _label_notes(columns: Sequence[str], labels: Labels) -> list[str]:
    notes = []
    if labels.note:
        notes.append(labels.note)
    elif columns:
        notes.append(f"Column '{shortened(columns[0])}' holds the labels, which only score.")
    if len(columns) > 1:
        notes.append(f"{_named(columns[1:])} left out because the name says label.")
    return notes


def _counts_rows(column: "pd.Series") -> bool:
    """Whether a column holds integers that all differ."""
    return column.dtype.kind in "iu" and bool(column.is_unique)


def _check_missing(values: dict[str, np.ndarray], where: str) -> None:
    bad = {
        name: ~np.isfinite(column)
        for name, column in values.items()
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


def _feature_notes(features: dict[str, Columns], row_numbers: Sequence[str]) -> list[str]:
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


def _constant_notes(values: dict[str, np.ndarray]) -> list[str]:
    constant = [name for name, column in values.items() if (column == column[:1]).all()]
    if not constant:
        return []
    return [f"{len(constant):,} of {len(values):,} columns are constant: {_listed(constant)}."]


def _named(columns: Sequence[str]) -> str:
    """Begin a sentence about columns, with its verb."""
    if len(columns) == 1:
        return f"Column '{shortened(columns[0])}' was"
    return f"Columns {_listed(columns)} were"


def _listed(names: Sequence[str] | dict[str, np.ndarray]) -> str:
    shown = ", ".join(f"'{shortened(name)}'" for name in islice(names, _SHOWN))
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
