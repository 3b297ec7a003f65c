"""Tables in .csv, .tsv, .txt and .parquet files: from the file to a data frame of named columns."""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._csv_writing import safe_cell
from latens._text import shortened
from latens.data.dataset import Dataset
from latens.data.frame_files import ARROW, EXCEL, read_arrow, read_excel
from latens.data.guesses import Guesses
from latens.data.number_columns import Writing, columns_of_kind, settle_numbers
from latens.data.parquet_tables import read_parquet
from latens.data.table_features import category_columns, features_and_labels
from latens.data.table_options import TableOptions
from latens.data.text_content import TextContent, read_content
from latens.data.text_dialects import (
    QUOTES_ARE_LETTERS,
    Dialect,
    find_dialect,
    quotes_are_letters,
)
from latens.data.unsupported_files import refuse_disguised
from latens.data.written_numbers import Marks
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TEXT_TABLES",
    "TYPED_TABLES",
    "is_text_table",
    "load_csv",
    "load_typed",
    "read_cells",
    "read_text_cells",
]

TYPED_TABLES = (".parquet", ".pq", *ARROW, *EXCEL)
TEXT_TABLES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data")
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
# Words that pandas takes for missing cells, and that are names where other words stand beside them.
_NAMES = ("NA", "None", "null", "NULL", "none")
# Separators that some programs write and that are pointed out alone.
_RARE_SEPARATORS = ("::", "~", "^", "\u00a6", "\u00a7", "\x01", "\x1f")
_MOST_SPLIT_LINES = 20
_NO_CELLS = [
    *(
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
    ),
    *("NaN", "n/a", "nan"),
]


@dataclass(frozen=True)
class TextTable:
    """A table of text as a frame, with what was guessed while it was read.

    Attributes
    ----------
    frame : DataFrame
    guesses : Guesses
    summary : str
        How the file was read, in a few words.
    written : dict of str to Series
        Columns of numbers as they stand in the file, where they have units, marks or zeros of their own.
    """

    frame: "pd.DataFrame"
    guesses: Guesses
    summary: str
    written: "dict[str, pd.Series]"


def is_text_table(path: Path) -> bool:
    """Whether a file's name says that it is a table of text, perhaps packed by gzip.

    Examples
    --------
    >>> is_text_table(Path("x.csv.gz")), is_text_table(Path("x.npy"))
    (True, False)
    """
    return path.name.lower().removesuffix(".gz").endswith(TEXT_TABLES)


def load_csv(
    path: Path, feature_names: Sequence[str] | None = None, options: TableOptions | None = None
) -> Dataset:
    """Load a table of text: comma, semicolon, tab, bar or blanks between the fields.

    Which line names the columns, what commas and dots in numbers mean and what is no data is told by the
    content, and said where it was guessed; `docs/guides/how-data-are-read.md` has the rules.

    Parameters
    ----------
    path : Path
        The file.
    feature_names : sequence of str or None, default=None
        The features to make, those that a model has learned from; None takes what can be one.
    options : TableOptions or None, default=None
        What a user said of the table.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the file is no table, or holds missing values.
    """
    options = options or TableOptions()
    texts = _read_as_text(feature_names, options)
    found = _read(path, texts | ({options.id_column} if options.id_column else set()), options)
    frame = found.frame
    # As we write them ourselves where a spreadsheet would take them for formulas.
    encoder = options.encoder
    learned = feature_names if encoder is None else encoder.learned_names
    frame = frame.rename(
        columns={safe_cell(name): name for name in ([] if learned is None else learned)}
    )
    return features_and_labels(
        frame,
        f"The file '{path}'",
        feature_names,
        options=options,
        guesses=found.guesses,
        summary=found.summary,
        written=found.written,
    )


def _read_as_text(feature_names: Sequence[str] | None, options: TableOptions) -> set[str]:
    """The columns whose cells are names, whatever they look like: categories, said or learned."""
    texts = {name for name, kind in options.kinds.items() if kind not in ("number", "truth")}
    if options.encoder is not None:
        texts |= options.encoder.names_of_texts
    return texts if feature_names is None else texts | category_columns(feature_names)


def read_text_cells(path: Path) -> tuple["pd.DataFrame", list[str]]:
    """Read a table of text with every cell as it stands there; only an empty one is missing.

    Raises
    ------
    DataError
        If the file is no table.
    """
    where = f"The file '{path}'"
    dialect, content = _opened(path, where, TableOptions())
    frame = _parsed(path, content, dialect, where, dtype=str, na_values=[""], keep_default_na=False)
    return _named(frame, dialect), _first_notes(dialect)


def read_cells(path: Path) -> tuple["pd.DataFrame", list[str]]:
    """Read a table with all of its columns as they stand, gaps as gaps, and notes on how it was read.

    Raises
    ------
    MissingDependencyError
        If what reads the kind of file is not installed.
    DataError
        If the file is no table.
    """
    if path.suffix.lower() in TYPED_TABLES:
        read, _ = _typed_reader(path)
        return read_parquet(path, spread=False) if read is read_parquet else read(path)
    found = _read(path, set(), TableOptions())
    return found.frame, found.guesses.notes()


def load_typed(
    path: Path, feature_names: Sequence[str] | None = None, options: TableOptions | None = None
) -> Dataset:
    """Load a table whose cells have types: Parquet, also a folder of it, Arrow (Feather) or an Excel sheet.

    The parameters are those of `load_csv`.

    Raises
    ------
    MissingDependencyError
        If pyarrow, or for Excel openpyxl, is not installed.
    DataError
        If the file is damaged, or holds missing values.
    """
    where = f"The {'folder' if path.is_dir() else 'file'} '{path}'"
    options = options or TableOptions()
    guesses = Guesses()
    read, summary = _typed_reader(path)
    frame, notes = read(path)
    guesses.sentences += notes
    texts = _read_as_text(feature_names, options)
    writing = Writing(where, asked=options.decimal)
    untouched = {*texts, *options.without, options.id_column or ""}
    plain, frame = frame, settle_numbers(frame, untouched, writing, guesses)
    return features_and_labels(
        frame,
        where,
        feature_names,
        options=options,
        guesses=guesses,
        summary=summary,
        written=_as_text_before(plain, frame),
    )


def _typed_reader(
    path: Path,
) -> "tuple[Callable[[Path], tuple[pd.DataFrame, list[str]]], str]":
    """What reads a table with types, and what it is called."""
    ending = path.suffix.lower()
    if ending in ARROW and path.is_file():
        return read_arrow, "Arrow"
    if ending in EXCEL and path.is_file():
        return read_excel, "an Excel sheet"
    return read_parquet, "Parquet"


def _opened(path: Path, where: str, options: TableOptions) -> tuple[Dialect, TextContent]:
    refuse_disguised(path, where)
    content = read_content(path, where, options.encoding)
    return find_dialect(path, content, where, options), content


def _read(path: Path, texts: Collection[str], options: TableOptions) -> TextTable:
    where = f"The file '{path}'"
    dialect, content = _opened(path, where, options)
    guesses = Guesses()

    def parsed(**settings: Any) -> "pd.DataFrame":
        return _named(_parsed(path, content, dialect, where, **settings), dialect)

    kinds = _text_columns(texts, dialect)
    frame = parsed(dtype=kinds)
    # Rows that a quote holds together are fewer than lines.
    if dialect.quotes and content.has_quotes and not content.is_whole:
        n_expected = content.n_lines - 1 - len(dialect.skipped) - dialect.has_header
        if len(frame) < n_expected and quotes_are_letters(path, dialect):
            notes = (*dialect.notes, QUOTES_ARE_LETTERS)
            dialect = replace(dialect, quotes=False, notes=notes)
            frame = parsed(dtype=kinds)
    guesses.sentences += _first_notes(dialect)
    # Nothing has to be known of what is left out.
    untouched = {*texts, *options.without}

    number = {name: place for place, name in enumerate(frame.columns)}
    sample = dict(zip(map(str, frame.columns), dialect.sample, strict=False))

    def reread(names: list[str]) -> "pd.DataFrame":
        # With names of rows in front, places mean other columns.
        places = None if dialect.has_row_names else [number[name] for name in names]
        return parsed(dtype=str, keep_default_na=False, na_values=_NO_CELLS, usecols=places)[names]

    # A separator at the end of every line makes one.
    empty = [name for name in number if name.startswith("Unnamed: ") and frame[name].isna().all()]
    if 0 < len(empty) < len(number):
        frame = frame.drop(columns=empty)
        guesses.sentences.append(f"{len(empty):,} empty column(s) without a name were left out.")

    guesses.sentences += _other_separators(frame)
    frame = _without_empty_rows(frame, guesses)
    frame = _with_words(frame, untouched - set(texts), reread, guesses)
    writing = Writing(where, dialect.delimiter, dialect.decimal, options.decimal, sample, reread)
    plain, frame = frame, settle_numbers(frame, untouched, writing, guesses)
    padded = _say_zeros(frame, sample, guesses)
    written = _as_text_before(plain, frame)
    if padded:
        written |= dict(reread(padded).iloc[: len(frame)].items())
    return TextTable(frame, guesses, dialect.summary, written)


def _as_text_before(plain: "pd.DataFrame", frame: "pd.DataFrame") -> "dict[str, pd.Series]":
    """The columns that were text and became numbers."""
    texts = set(columns_of_kind(plain, "O"))
    numbers = [name for name in columns_of_kind(frame, "iuf") if name in texts]
    return {name: plain[name] for name in numbers} if plain.columns.is_unique else {}


def _other_separators(frame: "pd.DataFrame") -> list[str]:
    """Say so where the only column seems to be several, with a mark between them that is not tried."""
    if frame.shape[1] != 1 or frame.iloc[:, 0].dtype.kind != "O":
        return []
    lines = [str(frame.columns[0]), *map(str, frame.iloc[:_MOST_SPLIT_LINES, 0])]
    for mark in _RARE_SEPARATORS:
        counts = {line.count(mark) for line in lines}
        if len(lines) > 2 and len(counts) == 1 and counts != {0}:
            shown = mark if mark.isprintable() else repr(mark)
            way = (
                f"put a line sep={mark} above, or " if len(mark) == 1 and mark.isprintable() else ""
            )
            return [
                f"'{shown}' stands equally often in every line; if it separates columns, {way}replace it by "
                "tabs."
            ]
    return []


def _without_empty_rows(frame: "pd.DataFrame", guesses: Guesses) -> "pd.DataFrame":
    """Leave out the rows of nothing but separators that spreadsheets put at the end."""
    if frame.shape[1] < 2 or not len(frame) or frame.iloc[-1].notna().any():
        return frame
    is_filled = frame.notna().any(axis=1).to_numpy()
    n_rows = int(np.flatnonzero(is_filled)[-1]) + 1 if is_filled.any() else 0
    if n_rows == 0:
        return frame
    guesses.sentences.append(f"{len(frame) - n_rows:,} empty row(s) at the end were left out.")
    return frame.iloc[:n_rows]


def _say_zeros(frame: "pd.DataFrame", sample: Mapping[str, Marks], guesses: Guesses) -> list[str]:
    """Say so where numbers may be codes, as postal codes are, which lost the zeros in front; return these."""
    padded = []
    for name in columns_of_kind(frame, "iuf"):
        marks = sample.get(name)
        if marks is not None and marks.padded:
            padded.append(str(name))
        if marks is not None and marks.padded and name not in guesses.columns:
            guesses.say(
                "numbers without their leading zeros",
                name,
                f"{marks.padded} is {float(marks.padded):.10g}; --without '{shortened(name)}' if these are "
                "codes",
            )
    return padded


def _first_notes(dialect: Dialect) -> list[str]:
    notes = list(dialect.notes)
    if not (dialect.has_header or dialect.names is not None or any("column 0" in n for n in notes)):
        notes.append("The file has no header; its columns are called column 0, column 1, ...")
    return notes


def _text_columns(texts: Collection[str], dialect: Dialect) -> dict[Any, type]:
    if dialect.has_header or dialect.names is not None:
        return dict.fromkeys(texts, str)
    numbered = (name.removeprefix("column ") for name in texts if name.startswith("column "))
    return {int(number): str for number in numbered if _SMALL_NUMBER.fullmatch(number)}


def _named(frame: "pd.DataFrame", dialect: Dialect) -> "pd.DataFrame":
    if dialect.has_header:
        frame.columns = [str(name).strip().strip("\ufeff\u200b") for name in frame.columns]
    elif dialect.names is None:
        frame.columns = [f"column {number}" for number in frame.columns]
    return frame


def _with_words(
    frame: "pd.DataFrame", untouched: Collection[str], reread: Any, guesses: Guesses
) -> "pd.DataFrame":
    """Give columns of words the cells back that say None or NA, which are names there."""
    names = [
        name
        for name in columns_of_kind(frame, "O")
        if name not in untouched and frame[name].isna().any()
    ]
    if not names:
        return frame
    found = reread(names)
    changed = {}
    for name in names:
        column = found[name]
        given = column[frame[name].isna() & column.notna()]
        words = [word for word in given.unique() if word in _NAMES]
        if words:
            changed[name] = column
            guesses.words(name, words[0])
    return frame.assign(**changed) if changed else frame


def _parsed(
    path: Path, content: TextContent, dialect: Dialect, where: str, **settings: Any
) -> "pd.DataFrame":
    import pandas as pd

    try:
        return pd.read_csv(
            path,
            sep=r"\s+" if dialect.delimiter == " " else dialect.delimiter,
            decimal=dialect.decimal,
            header=0 if dialect.has_header else None,
            names=dialect.names,
            skiprows=list(dialect.skipped) or None,
            encoding=dialect.encoding,
            compression="gzip" if path.suffix.lower() == ".gz" else None,
            skipinitialspace=True,
            index_col=None if dialect.has_row_names else False,
            quoting=csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE,
            escapechar="\\" if dialect.escapes else None,
            low_memory=False,
            **settings,
        )
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # pandas raises anything on what is no table
        lines = str(error).strip().splitlines()
        reason = shortened(lines[-1] if lines else type(error).__name__, 200)
        raise DataError(f"{where} cannot be read as a table: {reason}") from error
