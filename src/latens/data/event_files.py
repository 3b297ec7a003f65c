"""Events in files: MovieLens folders, RecBole's .inter files, and tables of one event per row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latens._memory import check_memory
from latens._regular_files import open_regular
from latens.data.column_roles import counts_rows
from latens.data.interactions import (
    EventColumns,
    Interactions,
    id_text,
    interactions_from_frame,
    text_array,
)
from latens.data.parquet_tables import read_parquet
from latens.data.tables import read_text_cells
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_interactions"]

# What fields take as texts in lists, for each byte of a line.
_LIST_BYTES = 20
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
# What ratings have at most different values; in fewer rows a count is chance.
_MOST_RATINGS, _FEWEST_ROWS, _SOME = 21, 20, 20
_MOVIELENS = EventColumns("user", "movie", "rating")


@dataclass(frozen=True)
class _Layout:
    """Files of MovieLens without a header, whose columns go by their position."""

    events: str
    items: str
    delimiter: str
    item_delimiter: str


_LAYOUTS = (
    _Layout("u.data", "u.item", "\t", "|"),
    _Layout("ratings.dat", "movies.dat", "::", "::"),
)
_RATINGS, _MOVIES = "ratings.csv", "movies.csv"


def load_interactions(
    source: str | Path,
    *,
    columns: EventColumns | None = None,
    min_rating: float | None = None,
    item_names: str | Path | None = None,
) -> Interactions:
    """Read events of users and items.

    Parameters
    ----------
    source : str or path
        A .csv, .tsv, .parquet or .inter file with one event per row, or a folder of MovieLens (any size)
        or of RecBole.
    columns : EventColumns or None, default=None
        What the columns are called, where the names do not say it. The columns of a file without a
        header are called "column 0", "column 1", ...; they are taken as user, item, rating.
    min_rating : float or None, default=None
        An item is liked from this rating on; None: from 80 % of the largest rating on.
    item_names : str, path or None, default=None
        A table with the id of every item in a column and its name in another. None: the one that belongs
        to the folder or the .inter file, if it is there.

    Returns
    -------
    Interactions

    Raises
    ------
    DataError
        If there are no such files, or they hold no events.
    """
    path = Path(source)
    frame, names, notes = _read(path)
    if item_names is not None:
        names = _names_in_table(Path(item_names))
    found = interactions_from_frame(
        frame,
        columns=_guessed(columns or EventColumns(), frame),
        min_rating=min_rating,
        where=f"'{path}'",
        name=path.stem if path.is_file() else path.resolve().name,
    )
    found = replace(found, notes=(*notes, *found.notes))
    return found if names is None else _with_names(found, names)


def _guessed(columns: EventColumns, frame: "pd.DataFrame") -> EventColumns:
    """A file without a header has users, items and ratings in this order, among numbers of rows and times."""
    width = frame.shape[1]
    if columns != EventColumns() or list(frame.columns) != [f"column {i}" for i in range(width)]:
        return columns
    names = [str(name) for name in frame.columns if not _is_time_or_count(frame[name])]
    if len(names) < 2:
        return columns
    ratings = [name for name in names if _are_ratings(frame[name])]
    if len(names) > 2 and ratings:
        names.remove(ratings[-1])
        return EventColumns(names[0], names[1], ratings[-1])
    return EventColumns(names[0], names[1], None)


def _is_time_or_count(column: "pd.Series") -> bool:
    """Whether a column holds dates, seconds since 1970, or the numbers of the rows."""
    numbers = _numbers(column)
    if np.isnan(numbers).any():
        some = [str(cell) for cell in column.iloc[:_SOME]]
        return len(some) > 0 and all(_DATE.match(cell) for cell in some)
    if len(numbers) < _FEWEST_ROWS:
        return False
    is_time = numbers.min() > 3e8 and numbers.max() < 5e12 and numbers.max() < 20 * numbers.min()
    return counts_rows(numbers) or bool(is_time and len(np.unique(numbers)) > _MOST_RATINGS)


def _are_ratings(column: "pd.Series") -> bool:
    """Whether a column holds few numbers, which come again and again."""
    numbers = _numbers(column)
    if np.isnan(numbers).any():
        return False
    n_different = len(np.unique(numbers))
    return n_different <= _MOST_RATINGS and (
        len(numbers) < _FEWEST_ROWS or 5 * n_different < len(numbers)
    )


def _numbers(column: "pd.Series") -> np.ndarray:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _read(path: Path) -> tuple["pd.DataFrame", dict[str, str] | None, Sequence[str]]:
    """The events, the names of the items if they are there, and notes."""
    folder = path if path.is_dir() else path.parent
    for layout in _LAYOUTS:
        is_asked = path.is_dir() or path.name == layout.events
        if is_asked and (folder / layout.events).is_file():
            return _read_movielens(folder, layout)
    table = _table_in(path) if path.is_dir() else path
    if not table.exists():
        raise DataError(f"The file '{table}' does not exist.")
    frame, notes = _read_table(table)
    beside = _names_beside(table)
    return frame, None if beside is None else _names_in_table(beside), notes


def _table_in(folder: Path) -> Path:
    """The table of events in a folder."""
    if (folder / _RATINGS).is_file():
        return folder / _RATINGS
    inter = sorted(folder.glob("*.inter"))
    if len(inter) != 1:
        looked = ", ".join([*(layout.events for layout in _LAYOUTS), _RATINGS, "one .inter file"])
        raise DataError(
            f"'{folder}' is no folder of events: it should hold one of {looked}. "
            "Give the file of events itself."
        )
    return inter[0]


def _names_beside(table: Path) -> Path | None:
    """The table of names that MovieLens or RecBole puts beside one of events."""
    if table.name == _RATINGS:
        beside = table.with_name(_MOVIES)
    elif table.suffix == ".inter":
        beside = table.with_suffix(".item")
    else:
        return None
    return beside if beside.is_file() else None


def _read_movielens(
    folder: Path, layout: _Layout
) -> tuple["pd.DataFrame", dict[str, str] | None, Sequence[str]]:
    import pandas as pd

    events, items = folder / layout.events, folder / layout.items
    columns = [_MOVIELENS.user, _MOVIELENS.item, _MOVIELENS.rating]
    rows = _split_lines(events, layout.delimiter)
    short = next((number for number, row in enumerate(rows, 1) if len(row) < len(columns)), None)
    if short is not None or not rows:
        place = "is empty" if short is None else f"has fewer than three fields in line {short}"
        raise DataError(f"The file '{events}' cannot be read as ratings: it {place}.")
    frame = pd.DataFrame([row[: len(columns)] for row in rows], columns=columns)
    if not items.is_file():
        return frame, None, ()
    names = _split_lines(items, layout.item_delimiter)
    return frame, {row[0].strip(): row[1] for row in names if len(row) > 1}, ()


def _split_lines(path: Path, delimiter: str) -> list[list[str]]:
    """The fields of each line that holds some, in the encoding that these sets have."""
    try:
        check_memory(_LIST_BYTES * path.stat().st_size, f"The file '{path}', line by line,")
        with open_regular(path) as file:
            text = file.read().decode("latin-1")
    except OSError as error:
        raise DataError(f"The file '{path}' cannot be read: {error.strerror or error}.") from error
    # Not splitlines: in these encodings a title may hold what counts as the end of a line elsewhere.
    lines = (line.rstrip("\r") for line in text.split("\n"))
    return [line.split(delimiter) for line in lines if line.strip()]


def _read_table(path: Path) -> tuple["pd.DataFrame", Sequence[str]]:
    if path.suffix.lower() in (".parquet", ".pq"):
        return read_parquet(path, spread=False)
    return read_text_cells(path)


def _names_in_table(path: Path) -> dict[str, str]:
    """Names by id: the column called title, name, ..., else the second."""
    if not path.exists():
        raise DataError(f"The file '{path}' does not exist.")
    frame, _ = _read_table(path)
    if frame.shape[1] < 2:
        raise DataError(f"'{path}' must have a column of ids and a column of names. It has one.")
    plain = [str(column).partition(":")[0].lower() for column in frame.columns]
    named = [
        position
        for position, column in enumerate(plain)
        if position and any(word in column for word in ("title", "name"))
    ]
    ids, names = frame.iloc[:, 0], frame.iloc[:, named[0] if named else 1]
    there = ids.notna() & names.notna()
    return {
        id_text(one): str(name).strip()
        for one, name in zip(ids[there].tolist(), names[there].tolist(), strict=True)
    }


def _with_names(found: Interactions, names: dict[str, str]) -> Interactions:
    known = [names.get(item, item) for item in found.items]
    n_missing = sum(item not in names for item in found.items)
    notes = found.notes
    if n_missing:
        notes = (*notes, f"{n_missing:,} of {len(known):,} items have no name and keep their id.")
    return replace(found, names=text_array(known, f"The names of {found.name}"), notes=notes)
