"""The columns of a data frame as features: those that make sense, or those that a model has learned from.

Labels are found and set apart first, so that they can never be a feature. What is left out is said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from latens._memory import check_memory
from latens._text import listed, shortened
from latens.data.column_hints import column_hints, sum_row
from latens.data.column_roles import (
    label_names,
    plain_name,
    row_numbers,
    why_no_classes,
    y_is_a_feature,
)
from latens.data.dataset import Dataset
from latens.data.guesses import Guesses
from latens.data.labels import Labels, encode_labels
from latens.data.missing_values import without_missing
from latens.data.own_columns import own_columns, said_of_left_out
from latens.data.table_columns import Columns, coded, features_of, one_hot
from latens.data.table_options import TableOptions
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["category_columns", "features_and_labels"]

_LEFT_OUT = "free text, identifiers, dates or nested values"
_SHOWN = 5
# No column has a longer name, or the beginnings of one name alone would fill the memory.
_LONGEST_NAME = 10_000

# The values of each feature by its name, and what is to be said of them.
_Features = tuple[dict[str, np.ndarray], list[str]]


def features_and_labels(
    frame: "pd.DataFrame",
    where: str,
    learned: Sequence[str] | None = None,
    *,
    options: TableOptions | None = None,
    guesses: Guesses | None = None,
    summary: str = "",
    written: "Mapping[str, pd.Series] | None" = None,
) -> Dataset:
    """Make features and labels of a data frame.

    Parameters
    ----------
    frame : DataFrame
        With string column names.
    where : str
        The source, as the beginning of an error.
    learned : sequence of str or None, default=None
        The features that a model has learned from, as `Dataset.feature_names` has them: these are made,
        in their order, of however few rows. None takes numbers and categories.
    options : TableOptions or None, default=None
        What a user said of the table. Without a column of labels one called label, class, target or y in any
        case is taken, if its values can be classes.
    guesses : Guesses or None, default=None
        What was guessed while it was read.
    summary : str, default=""
        How it was read, in a few words.
    written : mapping of str to Series, default={}
        Columns of numbers as the file writes them, where that is not as pandas reads them.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If a column that was asked for is not there, a feature is missing or not finite somewhere, no column
        can be a feature, or the columns are not those that were learned from.
    """
    options, guesses = options or TableOptions(), guesses or Guesses()
    order, whole = [str(name) for name in frame.columns], frame
    _check_unique(frame, where)
    frame = _without(frame, where, options, guesses, is_new=learned is not None)
    names, frame = _row_names(frame, where, options, guesses, is_new=learned is not None)
    # What was learned from is no label, whatever few rows of it look like.
    features = {*options.keep, *(() if learned is None else learned)}
    asked = options.label_column
    label_columns, said_of_labels = _label_columns(frame, where, asked, features, guesses)
    labels = _labels(frame, label_columns, asked=asked is not None)
    rest = frame.drop(columns=label_columns) if label_columns else frame
    if learned is None:
        values, said = _usual_features(rest, where, options.keep, guesses)
        said += [*column_hints(rest, values, are_labeled=bool(label_columns)), *sum_row(frame)]
    else:
        values, said = _learned_features(rest, where, learned)
    if not values:
        raise _nothing_to_learn(where, guesses)
    filled = without_missing(values, where, options.missing, names)
    X = _stacked(list(filled.values.values()), where)
    label_notes = _label_notes(label_columns, labels)
    _understand_labels(label_columns, labels, guesses)
    codes = labels.codes
    table = own_columns(whole, guesses.columns, written)
    notes = (*guesses.notes(), *label_notes, *said_of_labels, *said, *filled.notes)
    return Dataset(
        X,
        codes if codes is None or filled.rows is None else codes[filled.rows],
        labels.names,
        notes=(*notes, *said_of_left_out(table)),
        feature_names=tuple(filled.values),
        item_names=filled.names,
        rows=np.arange(len(X)) if filled.rows is None else filled.rows,
        read_as=_read_as(summary, X, label_columns, labels),
        understood=tuple(
            (name, guesses.columns[name]) for name in order if name in guesses.columns
        ),
        table=table,
    )


def _check_unique(frame: "pd.DataFrame", where: str) -> None:
    if not frame.columns.is_unique:
        twice = listed(sorted(set(frame.columns[frame.columns.duplicated()])))
        raise DataError(f"{where} has several columns with the same name: {twice}. Rename them.")


def _stacked(columns: list[np.ndarray], where: str) -> np.ndarray:
    """Columns as one array, if memory has room for it."""
    itemsize = np.result_type(*{column.dtype for column in columns}).itemsize
    check_memory(len(columns[0]) * len(columns) * itemsize, where)
    return np.column_stack(columns)


def _nothing_to_learn(where: str, guesses: Guesses) -> DataError:
    left = [f"Column '{shortened(name)}': {why}." for name, why in [*guesses.left.items()][:_SHOWN]]
    reasons = shortened(" ".join([*guesses.sentences, *left]), 400)
    return DataError(
        f"{where} has no column of numbers or categories to learn from. {reasons}".strip()
    )


def _read_as(summary: str, X: np.ndarray, label_columns: Sequence[str], labels: Labels) -> str:
    """How a table was read, in a line."""
    parts = [summary] if summary else []
    parts.append(f"{len(X):,} rows, {X.shape[1]:,} features")
    if labels.names is not None:
        parts.append(f"labels from '{shortened(label_columns[0])}' ({len(labels.names):,} classes)")
    return ", ".join(parts)


def _understand_labels(columns: Sequence[str], labels: Labels, guesses: Guesses) -> None:
    for place, name in enumerate(columns):
        is_used = place == 0 and labels.note is None
        guesses.columns[name] = (
            "labels, which only score" if is_used else "left out: says or seems to be a label"
        )


def _without(
    frame: "pd.DataFrame", where: str, options: TableOptions, guesses: Guesses, *, is_new: bool
) -> "pd.DataFrame":
    """The table without the columns that a user wants left out; a new table need not have them."""
    names: list[str] = []
    for asked in options.without:
        # The columns that a column of lists became.
        parts = [str(name) for name in frame.columns if str(name).startswith(f"{asked}[")]
        if asked not in frame.columns and parts:
            names += parts
            continue
        name = _asked(frame, asked, where, "to leave out", must=not is_new)
        names += [] if name is None else [name]
    for name in options.keep:
        _asked(frame, name, where, "to keep", must=not is_new)
    for name in names:
        guesses.columns[name] = "left out, as asked"
    return frame.drop(columns=names) if names else frame


def _row_names(
    frame: "pd.DataFrame", where: str, options: TableOptions, guesses: Guesses, *, is_new: bool
) -> tuple[tuple[str, ...] | None, "pd.DataFrame"]:
    """What the rows are called, if a column says it, and the table without that column."""
    if options.id_column is None:
        return None, frame
    name = _asked(frame, options.id_column, where, "for the names of the rows", must=not is_new)
    if name is None:
        return None, frame
    column = frame[name]
    if column.isna().any():
        row = int(column.isna().to_numpy().argmax())
        raise DataError(
            f"{where} has no name in column '{shortened(name)}' in row {row} (counted from 0 below the "
            "header). Fill the cell."
        )
    texts = [str(text).strip() for text in column]
    if len(set(texts)) < len(texts):
        twice = Counter(texts).most_common(1)[0][0]
        raise DataError(
            f"{where} has the name '{shortened(twice)}' in several rows of column '{shortened(name)}'. "
            "Choose a column that names every row (--id-column)."
        )
    guesses.columns[name] = "names of the rows, as asked"
    return tuple(texts), frame.drop(columns=name)


def _asked(
    frame: "pd.DataFrame", asked: str, where: str, purpose: str, *, must: bool
) -> str | None:
    """The column that a user means, blanks around its name apart."""
    if asked in frame.columns:
        return asked
    alike = [str(name) for name in frame.columns if plain_name(name) == plain_name(asked)]
    if len(alike) == 1:
        return alike[0]
    if not must:
        return None
    close = get_close_matches(asked, list(frame.columns), n=1)
    hint = f" Did you mean '{shortened(close[0])}'?" if close else ""
    raise DataError(
        f"{where} has no column '{shortened(asked)}' {purpose}. Its columns: {listed(frame.columns)}.{hint}"
    )


def category_columns(feature_names: Sequence[str]) -> set[str]:
    """Return what the columns may be called that features such as "color=red" were made of.

    Examples
    --------
    >>> category_columns(["size", "color=red", "color=blue"])
    {'color'}
    """
    starts = {
        name[:place]
        for name in feature_names
        for place, one in enumerate(name[:_LONGEST_NAME])
        if one == "="
    }
    return starts - set(feature_names)


def _usual_features(
    frame: "pd.DataFrame", where: str, keep: Sequence[str], guesses: Guesses
) -> _Features:
    """Numbers and categories."""
    numbered = {name: why for name, why in row_numbers(frame).items() if name not in keep}
    rest = frame.drop(columns=list(numbered)) if numbered else frame
    features = {name: features_of(name, column, where) for name, column in rest.items()}
    values = _by_name(features, where)
    if not values and numbered:
        # Better than nothing.
        features |= {name: features_of(name, frame[name], where) for name in numbered}
        values, numbered = _by_name(features, where), {}
    _understand(features, numbered, guesses)
    return values, [*_feature_notes(features, numbered, guesses), *_constant_notes(values)]


def _understand(features: dict[str, Columns], numbered: dict[str, str], guesses: Guesses) -> None:
    """Say of each column what it became."""
    for name, why in numbered.items():
        guesses.columns[name] = f"left out: {why} (--keep)"
    for name, columns in features.items():
        if not columns.names:
            guesses.columns[name] = f"left out: {columns.why or guesses.left.get(name, _LEFT_OUT)}"
        elif columns.is_encoded:
            said = guesses.columns.get(name)
            guesses.columns[name] = f"{len(columns.names)} categories" + (
                f", {said}" if said else ""
            )
        else:
            guesses.columns.setdefault(name, "numbers")


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
    notes = [f"{_named(others)} not learned from and left out."] if others else []
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


def _label_columns(
    frame: "pd.DataFrame", where: str, asked: str | None, features: set[str], guesses: Guesses
) -> tuple[list[str], list[str]]:
    """The column of labels first, then all others whose name says that they hold labels too, and notes."""
    named = [name for name in label_names(list(frame.columns)) if name not in features]
    if asked is not None:
        first = _asked(frame, asked, where, "for labels", must=True)
        assert first is not None
        return [first, *(name for name in named if name != first)], []
    notes = []
    for name in [name for name in named if plain_name(name) == "y"]:
        why = y_is_a_feature(frame, name)
        if why:
            named.remove(name)
            notes.append(
                f"Column '{shortened(name)}' is a feature, as it {why} (--label-column '{shortened(name)}' "
                "if it holds labels, --without if neither)."
            )
            guesses.columns[name] = f"numbers: no labels, as it {why}"
    return named, notes


def _labels(frame: "pd.DataFrame", columns: Sequence[str], *, asked: bool = True) -> Labels:
    if not columns:
        return Labels()
    column, what = frame[columns[0]], f"The labels in column '{shortened(columns[0])}'"
    why = "" if asked else why_no_classes(column)
    if why:
        name = shortened(columns[0])
        hint = f"--label-column '{name}' to score with them, --keep '{name}' to learn from them"
        return Labels(note=f"{what} {why} and were left out ({hint}).")
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
        other = shortened(columns[1])
        notes.append(
            f"{_named(columns[1:])} left out because the name says label (--label-column '{other}' to score "
            f"with it, --keep '{other}' to learn from it)."
        )
    return notes


def _feature_notes(
    features: dict[str, Columns], numbered: dict[str, str], guesses: Guesses
) -> list[str]:
    notes = []
    encoded = [name for name, columns in features.items() if columns.is_encoded]
    if encoded:
        with_missing = any(f"{name}=missing" in features[name].names for name in encoded)
        remark = ", missing cells as a category of their own" if with_missing else ""
        notes.append(f"{_named(encoded)} one-hot encoded{remark}.")
    reasons: dict[str, list[str]] = {}
    for name, columns in features.items():
        if not columns.names:
            why = columns.why or guesses.left.get(name, _LEFT_OUT)
            reasons.setdefault(why, []).append(name)
    notes += [f"{_named(names)} left out: {why}." for why, names in reasons.items()]
    for why in dict.fromkeys(numbered.values()):
        names = [name for name in numbered if numbered[name] == why]
        name = shortened(names[0])
        notes.append(
            f"{_named(names)} left out: {why} (--keep '{name}' to learn from it, --id-column '{name}' to "
            "name the rows by it)."
        )
    return notes


def _constant_notes(values: dict[str, np.ndarray]) -> list[str]:
    constant = [name for name, column in values.items() if (column == column[:1]).all()]
    if not constant:
        return []
    return [f"{len(constant):,} of {len(values):,} columns are constant: {listed(constant)}."]


def _named(columns: Sequence[str], many: str = "were", one: str = "was") -> str:
    """Begin a sentence about columns, with its verb."""
    if len(columns) == 1:
        return f"Column '{shortened(columns[0])}' {one}"
    return f"Columns {listed(columns)} {many}"
