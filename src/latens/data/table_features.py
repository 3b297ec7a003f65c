"""The columns of a data frame as features: those that make sense, or those that a model has learned from.

Labels are found and set apart first, so that they can never be a feature. What is left out is said.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from latens._text import listed, shortened
from latens.data.column_hints import column_hints, sum_row
from latens.data.column_roles import (
    label_names,
    plain_name,
    why_no_classes,
    y_is_a_feature,
)
from latens.data.dataset import Dataset
from latens.data.guesses import Guesses
from latens.data.labels import Labels, encode_labels
from latens.data.learned_features import of_names
from latens.data.own_columns import own_columns, said_of_left_out
from latens.data.table_columns import coded
from latens.data.table_options import TableOptions
from latens.data.understood_features import TableFeatures, named, of_encoder, understood
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["category_columns", "features_and_labels"]

# No column has a longer name, or the beginnings of one name alone would fill the memory.
_LONGEST_NAME = 10_000


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
    if not len(frame):
        raise DataError(f"{where} has no samples: it has no rows.")
    is_new = learned is not None or options.encoder is not None
    frame = _without(frame, where, options, guesses, is_new=is_new)
    names, frame = _row_names(frame, where, options, guesses, is_new=is_new)
    # What was learned from is no label, whatever few rows of it look like.
    features = {*options.keep, *(() if learned is None else learned)}
    if options.encoder is not None:
        features |= set(options.encoder.learned_names)
    asked = options.label_column
    label_columns, said_of_labels = _label_columns(frame, where, asked, features, guesses)
    labels = _labels(frame, label_columns, asked=asked is not None)
    rest = frame.drop(columns=label_columns) if label_columns else frame
    if learned is not None:
        made = of_names(rest, where, learned, options.missing)
    elif options.encoder is not None:
        made = of_encoder(rest, where, options.encoder)
    else:
        made = understood(rest, whole, where, options, guesses)
        hints = column_hints(rest, _as_given(rest, made), are_labeled=bool(label_columns))
        made = replace(made, notes=(*made.notes, *hints, *sum_row(frame)))
    _understand_labels(label_columns, labels, guesses)
    table = own_columns(whole, guesses.columns, written)
    rows = np.arange(len(frame)) if made.rows is None else made.rows
    notes = (*guesses.notes(), *_label_notes(label_columns, labels), *said_of_labels, *made.notes)
    return Dataset(
        made.X,
        None if labels.codes is None else labels.codes[rows],
        labels.names,
        notes=(*notes, *said_of_left_out(table)),
        feature_names=made.names,
        item_names=None if names is None else tuple(names[row] for row in rows),
        rows=rows,
        read_as=_read_as(summary, made.X, label_columns, labels),
        understood=tuple(
            (name, guesses.columns[name]) for name in order if name in guesses.columns
        ),
        encoder=made.encoder,
        table=table,
    )


def _as_given(frame: "pd.DataFrame", made: TableFeatures) -> dict[str, np.ndarray]:
    """Each feature by its name: numbers as they are in the table, and nothing of levels and marks."""
    if made.rows is not None:
        return {name: made.X[:, place] for place, name in enumerate(made.names)}
    given = {str(name): cells.to_numpy() for name, cells in _whole_numbers(frame)}
    blocks = () if made.encoder is None else made.encoder.blocks_
    are_numbers = {block.start for block in blocks if block.kind == "number"}
    nothing = np.empty(0, np.uint8)
    return {
        name: given.get(name, made.X[:, place]) if place in are_numbers else nothing
        for place, name in enumerate(made.names)
    }


def _whole_numbers(frame: "pd.DataFrame") -> "Iterator[tuple[str, pd.Series]]":
    kinds = zip(frame.columns, frame.dtypes, strict=True)
    return ((str(name), frame[name]) for name, dtype in kinds if dtype.kind in "iu")


def _check_unique(frame: "pd.DataFrame", where: str) -> None:
    if not frame.columns.is_unique:
        twice = listed(sorted(set(frame.columns[frame.columns.duplicated()])))
        raise DataError(f"{where} has several columns with the same name: {twice}. Rename them.")


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
            f"{named(columns[1:])} left out because the name says label (--label-column '{other}' to score "
            f"with it, --keep '{other}' to learn from it)."
        )
    return notes
