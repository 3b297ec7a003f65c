"""The features of a table, its columns understood anew or as an encoder has learned them, with notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from latens._text import listed, shortened
from latens.data.guesses import Guesses
from latens.data.missing_values import Filled, without_missing
from latens.data.table_columns import coded
from latens.data.table_encoding.columns import (
    CategoryColumn,
    Column,
    DateColumn,
    NumberColumn,
    OmittedColumn,
    OrdinalColumn,
    TruthColumn,
    numbers_of,
)
from latens.data.table_encoding.recognition import recognized
from latens.data.table_options import TableOptions
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

    from latens.data.table_encoding.encoder import TableEncoder

__all__ = ["TableFeatures", "named", "of_encoder", "understood"]

_SHOWN, _FIRST = 5, 1_000
_UNKNOWN = "?"


@dataclass(frozen=True, eq=False)
class TableFeatures:
    """The features of a table, and what is to be said of them.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
    names : tuple of str
        Of the features.
    notes : tuple of str
    encoder : TableEncoder or None
        What made them.
    rows : ndarray of int or None
        The rows of the table that are left; None: all.
    """

    X: np.ndarray
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    encoder: "TableEncoder | None" = None
    rows: np.ndarray | None = None


def understood(
    frame: "pd.DataFrame",
    whole: "pd.DataFrame",
    where: str,
    options: TableOptions,
    guesses: Guesses,
) -> TableFeatures:
    """Return the features of a table that is seen for the first time.

    Parameters
    ----------
    frame : DataFrame
        The columns that may be learned from.
    whole : DataFrame
        All columns of the table, in its order.
    where : str
        The source, as the beginning of an error.
    options : TableOptions
    guesses : Guesses
        Is told how each column was understood.

    Raises
    ------
    DataError
        If no column can be a feature, or a number is infinite.
    """
    filled = Filled({})
    if options.missing != "mark":
        filled = without_missing(_float_columns(frame), where, options.missing)
    if filled.notes:
        changed = (
            {name: filled.values[name] for name in filled.values} if filled.rows is None else {}
        )
        frame, whole = (
            (table.assign(**changed) if filled.rows is None else table.iloc[filled.rows])
            for table in (frame, whole)
        )
    unknown = [str(name) for name, cells in frame.items() if _has_unknown(cells)]
    if unknown:
        whole = whole.assign(
            **{name: whole[name].where(whole[name] != _UNKNOWN) for name in unknown}
        )
        guesses.sentences.append(f"'{_UNKNOWN}' was read as a missing cell in {listed(unknown)}.")
    aside = {str(name): "omit" for name in whole.columns if name not in frame.columns}
    if options.id_column in aside:
        aside[options.id_column] = "id"
    from latens.data.table_encoding.encoder import TableEncoder

    encoder = TableEncoder({**options.kinds, **aside}, keep=options.keep)
    try:
        columns = recognized(whole, encoder.kinds, encoder.keep, where)
    except DataError:
        # Of infinite numbers there is more to say.
        without_missing(_float_columns(frame), where, options.missing)
        raise
    if all(isinstance(column, OmittedColumn) for column in columns):
        # Better than nothing.
        numbered = [one.name for one in columns if _is_numbered(one) and one.name not in aside]
        if not numbered:
            raise _nothing_to_learn(where, guesses)
        columns = recognized(whole, encoder.kinds, (*options.keep, *numbered), where)
    X = encoder.learn(whole, where, columns)
    if options.missing == "mark":
        _check_gaps(X, encoder, where)
    seen = [column for column in columns if column.name not in aside]
    _tell(seen, guesses)
    notes = (*_notes(seen, guesses), *_constant_notes(X, encoder), *filled.notes)
    names = tuple(encoder.get_feature_names_out().tolist())
    return TableFeatures(X, names, notes, encoder, filled.rows)


def _has_unknown(cells: "pd.Series") -> bool:
    """Whether a column of words has cells that are a question mark alone, as census tables write gaps."""
    return cells.dtype.kind == "O" and bool((cells == _UNKNOWN).any())


def _check_gaps(X: np.ndarray, encoder: "TableEncoder", where: str) -> None:
    """Refuse rows without any value, and gaps in the last row alone: notes below a table, files cut short."""
    places = [block.gap for block in encoder.blocks_ if block.gap is not None]
    is_gap = X[:, places] > 0
    empty = is_gap.all(axis=1) & (len(places) == len(encoder.blocks_))
    is_last_alone = len(X) > 1 and bool(places) and not is_gap[:-1].any()
    if not empty.any() and not is_last_alone:
        return
    row = int(empty.argmax()) if empty.any() else len(X) - 1
    which = "all values" if empty.any() else "values of the last row alone"
    raise DataError(
        f"{where} has missing values: {which}, in row {row} (counted from 0 below the header), as notes "
        "below a table or a file that was cut short have. Delete the row, or drop it (--missing drop)."
    )


def of_encoder(frame: "pd.DataFrame", where: str, encoder: "TableEncoder") -> TableFeatures:
    """Return the features of a new table as an encoder has learned its columns.

    Raises
    ------
    DataError
        If the table lacks a column, or a cell cannot be one of its column.
    """
    known = [name for name in frame.columns if name in encoder.learned_names]
    without_missing(_float_columns(frame[known]), where, "mark")
    X = encoder.features(frame, where)
    names = tuple(encoder.get_feature_names_out().tolist())
    return TableFeatures(X, names, tuple(_notes_on_new(frame, encoder)), encoder)


def _float_columns(frame: "pd.DataFrame") -> dict[str, np.ndarray]:
    """The columns whose numbers may be missing or infinite."""
    return {
        str(name): numbers_of(cells)
        for name, cells in frame.items()
        if cells.dtype.kind == "f"
        or (cells.dtype.kind in "iu" and not isinstance(cells.dtype, np.dtype))
    }


def _is_numbered(column: Column) -> bool:
    """Whether a column is numbers that number, name or date the rows."""
    return isinstance(column, OmittedColumn) and column.dtype.lower().startswith(
        ("int", "uint", "float")
    )


def _nothing_to_learn(where: str, guesses: Guesses) -> DataError:
    left = [f"Column '{shortened(name)}': {why}." for name, why in [*guesses.left.items()][:_SHOWN]]
    reasons = shortened(" ".join([*guesses.sentences, *left]), 400)
    return DataError(
        f"{where} has no column of numbers or categories to learn from. {reasons}".strip()
    )


def _tell(columns: Sequence[Column], guesses: Guesses) -> None:
    """Say of each column what it became."""
    for column in columns:
        said = guesses.columns.get(column.name)
        if isinstance(column, OmittedColumn):
            way_out = " (--keep)" if _is_numbered(column) else ""
            guesses.columns[column.name] = f"left out: {_why(column, guesses)}{way_out}"
            continue
        words = [_words(column)]
        words += [] if said is None else [said]
        words += ["with gaps"] if column.has_gaps else []
        is_number = isinstance(column, NumberColumn)
        guesses.columns[column.name] = ", ".join(words[said is not None and is_number :])


def _words(column: Column) -> str:
    """What a column was taken for."""
    match column:
        case CategoryColumn():
            n_levels = len(column.levels) + len(column.rare)
            return f"{n_levels:,} categories"
        case OrdinalColumn():
            return f"{len(column.levels):,} levels in order"
        case TruthColumn():
            return "truths"
        case DateColumn():
            return "dates"
    return "numbers"


def _why(column: OmittedColumn, guesses: Guesses) -> str:
    return guesses.left.get(column.name) or column.why


def _notes(columns: Sequence[Column], guesses: Guesses) -> list[str]:
    """Sentences on what categories and dates became, on gaps, and on what was left out."""
    notes = []
    encoded = [column.name for column in columns if isinstance(column, CategoryColumn)]
    if encoded:
        notes.append(f"{named(encoded)} one-hot encoded.")
    rare = [column.name for column in columns if isinstance(column, CategoryColumn) and column.rare]
    if rare:
        notes.append(f"Rare categories of {listed(rare)} share one feature.")
    dates = [column.name for column in columns if isinstance(column, DateColumn)]
    if dates:
        notes.append(
            f"{named(dates)} read as dates: days, and their place in the week, the year or the day."
        )
    gaps = [
        column.name
        for column in columns
        if column.has_gaps and not isinstance(column, OmittedColumn)
    ]
    if gaps:
        notes.append(
            f"{named(gaps, 'have', 'has')} missing cells: these are marked, and nothing is learned of their "
            "values (--missing drop leaves out the rows with missing numbers)."
        )
    return [*notes, *_notes_on_left_out(columns, guesses)]


def _notes_on_left_out(columns: Sequence[Column], guesses: Guesses) -> list[str]:
    notes = []
    reasons: dict[tuple[str, bool], list[str]] = {}
    for column in columns:
        if isinstance(column, OmittedColumn):
            reason = _why(column, guesses), _is_numbered(column)
            reasons.setdefault(reason, []).append(column.name)
    for (why, is_numbered), names in sorted(reasons.items(), key=lambda item: item[0][1]):
        name = shortened(names[0])
        way_out = (
            f" (--keep '{name}' to learn from it, --id-column '{name}' to name the rows by it)"
            if is_numbered
            else ""
        )
        notes.append(f"{named(names)} left out: {why}{way_out}.")
    return notes


def _constant_notes(X: np.ndarray, encoder: "TableEncoder") -> list[str]:
    names = encoder.get_feature_names_out()
    # Most columns vary in their first rows.
    likely = np.flatnonzero((X[:_FIRST] == X[0]).all(axis=0))
    constant = [names[place] for place in likely if (X[:, place] == X[0, place]).all()]
    if not constant:
        return []
    return [f"{len(constant):,} of {len(names):,} columns are constant: {listed(constant)}."]


def _notes_on_new(frame: "pd.DataFrame", encoder: "TableEncoder") -> list[str]:
    """What of a new table nothing was learned from: columns, left out then or new, categories and gaps."""
    known = encoder.learned_names
    others = [str(name) for name in frame.columns if name not in known]
    notes = [f"{named(others)} not learned from and left out."] if others else []
    new = [
        f"{column.name}={text}"
        for column in encoder.columns_
        if isinstance(column, CategoryColumn | OrdinalColumn)
        for text in coded(frame[column.name]).texts[:-1]
        if text not in column.known_texts
    ]
    if new:
        notes.append(f"Categories that were not learned from: {listed(new)}.")
    unmarked = [
        block.name
        for block in encoder.blocks_
        if block.gap is None and frame[block.name].isna().any()
    ]
    if unmarked:
        notes.append(
            f"{named(unmarked, 'have', 'has')} missing cells, but had none when it was learned from: they "
            "are filled with the mean."
        )
    return notes


def named(columns: Sequence[str], many: str = "were", one: str = "was") -> str:
    """Begin a sentence about columns, with its verb."""
    if len(columns) == 1:
        return f"Column '{shortened(columns[0])}' {one}"
    return f"Columns {listed(columns)} {many}"
