"""Which line of a table of text names the columns, and which lines are neither names nor data."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latens.data.written_numbers import MISSING_WORDS

__all__ = ["Header", "cell_kind", "find_header"]

_NUMBER = re.compile(
    r"[(]?[-+\u2212]?[$\u20ac\u00a3]?\s?(?:\d[\d.,'\u2019\u00a0\u202f ]*|[.,]\d+)(?:[eE][-+\u2212]?\d+)?"
    r"\s?[%\u20ac]?[)]?"
    r"|[-+]?inf(?:inity)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2}.*)?"
)
_YEARS = (1800, 2100)
# A longer line may stand above a table by chance only if it is looked for among very many.
_MOST_ABOVE = 40
_MOST_UNITS = 3
# Above a single column of numbers any word may be a blemish: only these are units or types.
_UNIT = re.compile(
    r"[\[(].*[\])]|.*[/\u00b0%\u00b5\u03bc].*|[mcdk]?m|[mk]?g|s|ms|min|h|k?pa|[mh]?bar|[ckf]|m?v|m?a|k?w|k?hz|m?l|usd|eur|"
    r"float\d*|int\d*|integer|number|numeric|continuous|real",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Header:
    """What the first rows of a table are.

    Attributes
    ----------
    above : int
        How many rows stand above the names, or above the data where there are none.
    has_names : bool
        Whether the next row names the columns.
    below : int
        How many rows below the names are no data, such as units.
    why : str
        What a user should know of a guess; empty where nothing was guessed.
    """

    above: int
    has_names: bool
    below: int = 0
    why: str = ""


def cell_kind(cell: str) -> str:
    """Tell "number", "date", "word" and "" for a missing cell apart.

    Examples
    --------
    >>> [cell_kind(one) for one in ("1,5", "2024-01-01", "red", "NA")]
    ['number', 'date', 'word', '']
    """
    if cell.lower() in MISSING_WORDS:
        return ""
    if _DATE.fullmatch(cell) and not _is_float(cell):
        return "date"
    return "number" if _NUMBER.fullmatch(cell) else "word"


def find_header(rows: Sequence[list[str]], *, has_row_names: bool) -> Header:
    """Tell names, data and other lines apart by the rows that follow them.

    Parameters
    ----------
    rows : sequence of list of str
        The first rows of the table, without empty ones, cells without blanks around them.
    has_row_names : bool
        Whether all rows but the first have a cell more, in front.

    Examples
    --------
    >>> find_header([["a", "b"], ["m", "s"], ["1", "2"], ["3", "4"]], has_row_names=False).below
    1
    >>> find_header([["5.1", "red"], ["4.9", "blue"]], has_row_names=False).has_names
    False
    """
    above = 0 if has_row_names else _rows_above(rows)
    header = _names_or_data(rows[above:], has_row_names=has_row_names)
    if above and not header.has_names:
        above, header = 0, _names_or_data(rows, has_row_names=has_row_names)
    below = _rows_of_units(rows[above + 1 :]) if header.has_names else 0
    return Header(above, header.has_names, below, header.why)


def _rows_above(rows: Sequence[list[str]]) -> int:
    """How many rows at the start are far shorter than the others: titles, dates of export, remarks."""
    filled = [sum(bool(cell) for cell in row) for row in rows]
    later = filled[len(filled) // 2 :]
    usual = Counter(later).most_common(1)[0][0]
    width = Counter(len(row) for row in rows[len(rows) // 2 :]).most_common(1)[0][0]
    if usual < 2 or len(rows) < 3:
        return 0
    above = 0
    for row, count in zip(rows[: min(_MOST_ABOVE, len(rows) - 2)], filled, strict=False):
        is_short = 2 * count <= usual or (len(row) != width and count < usual)
        kinds = {cell_kind(cell) for cell in row if cell}
        if not is_short or (kinds and kinds <= {"number", ""}):
            break
        above += 1
    return above


def _names_or_data(rows: Sequence[list[str]], *, has_row_names: bool) -> Header:
    first, others = rows[0], rows[1:]
    filled = [cell for cell in first if cell]
    are_numbers = bool(filled) and all(
        cell_kind(cell) == "number" or _is_float(cell) for cell in filled
    )
    if not filled or (not others and not are_numbers) or has_row_names:
        return Header(0, has_names=True)
    # pandas writes 0, 1, 2, ... above an array, and an empty name above the index
    if filled == [str(number) for number in range(len(filled))] and (
        len(filled) > 2 or not first[0]
    ):
        return Header(0, has_names=True)
    if not others:
        return Header(0, has_names=False)
    width = len(first)
    columns = [[row[place] for row in others if place < len(row)] for place in range(width)]
    typed = {place: kind for place in range(width) if (kind := _kind_of(columns[place]))}
    if not typed:
        return _among_words(first, columns)
    kinds = {place: cell_kind(first[place]) for place in typed}
    # Other cells than those below: names. A cell that lacks its value says nothing.
    if any(kinds[place] not in (typed[place], "") for place in typed):
        return Header(0, has_names=True)
    if all(kind == "" for kind in kinds.values()):
        return Header(0, has_names=any(first[place] == "" for place in typed) and not are_numbers)
    why = _why_numbers_are_names(first, columns, [p for p in typed if typed[p] == "number"])
    if why:
        return Header(
            0,
            has_names=True,
            why=f"The first line ({', '.join(filled[:3])}, ...) was taken for names of columns: {why} "
            "(--header 0 if it is data).",
        )
    if are_numbers:
        return Header(0, has_names=False)
    return Header(
        0,
        has_names=False,
        why=f"The first line ({', '.join(filled[:5])}) was taken for data, "
        "as it has numbers where the others have them; the columns are called column 0, column 1, ... "
        "(--header 1 if it names them).",
    )


def _kind_of(cells: Sequence[str]) -> str:
    """What all cells of a column are, if they are all numbers or all dates."""
    kinds = {cell_kind(cell) for cell in cells} - {""}
    return kinds.pop() if len(kinds) == 1 and kinds <= {"number", "date"} else ""


def _among_words(first: Sequence[str], columns: Sequence[Sequence[str]]) -> Header:
    """Without numbers: names stand above a column and not in it."""
    recur = [cell in column for cell, column in zip(first, columns, strict=True)]
    if len(columns[0]) >= 10 and len(recur) >= 2 and all(recur):
        return Header(
            0,
            has_names=False,
            why=f"The first line ({', '.join(first[:5])}) was taken for data, as its words come again below "
            "(--header 1 if it names the columns); they are called column 0, column 1, ...",
        )
    return Header(0, has_names=True)


def _why_numbers_are_names(
    first: Sequence[str], columns: Sequence[Sequence[str]], places: Sequence[int]
) -> str:
    """Why numbers above columns of numbers are their names: wavelengths, years; empty if they are data."""
    names = np.array([_as_float(first[place]) for place in places])
    if len(names) < 2 or np.isnan(names).any() or len(np.unique(names)) < len(names):
        return ""
    n_rows = min(len(columns[place]) for place in places)
    if n_rows == 0:
        return ""
    values = np.array([[_as_float(cell) for cell in columns[place][:n_rows]] for place in places]).T
    counts = np.isfinite(values).sum(axis=0)
    if (counts == 0).any():
        return ""
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    is_outside = (names < low) | (names > high)
    steps = np.diff(names)
    is_rising = bool((steps > 0).all() or (steps < 0).all())
    below = np.diff(values, axis=1)
    # As steadily as the names do, and in their direction.
    rows_rise = float((below * np.sign(steps[0]) > 0).all(axis=1).mean())
    is_steady = bool(np.allclose(steps, steps[0], rtol=1e-6))
    are_whole = bool((names % 1 == 0).all())
    are_years = are_whole and _YEARS[0] <= names.min() and names.max() <= _YEARS[1]
    is_long = len(names) >= 8 or (len(names) >= 4 and is_outside.mean() >= 0.5)
    if is_rising and rows_rise < 0.2 and is_long:
        return "its numbers rise or fall steadily and the others do not"
    is_even = are_years or (len(names) >= 3 and is_steady)
    if is_rising and rows_rise < 0.5 and n_rows >= 3 and is_outside.all() and is_even:
        return "its numbers count, and are none of those below"
    if are_years and is_steady and is_outside.all() and n_rows >= 3 and abs(steps[0]) <= 10:
        return "its numbers are years in their order, and are none of those below"
    span = np.maximum(high - low, 1e-12)
    is_far = (names < low - 3 * span) | (names > high + 3 * span)
    if n_rows >= 10 and are_whole and len(names) >= 3 and is_far.all():
        return "its numbers are far from all those below"
    return ""


def _rows_of_units(rows: Sequence[list[str]]) -> int:
    """How many rows at the start have words above nothing but numbers."""
    count = 0
    while count < _MOST_UNITS and len(rows) >= count + 2:
        first, others = rows[count], rows[count + 1 :]
        later = others[_MOST_UNITS:] if len(others) > 2 * _MOST_UNITS else others
        columns = {
            place: _kind_of([row[place] for row in later if place < len(row)])
            for place in range(len(first))
        }
        numeric = [place for place, kind in columns.items() if kind == "number"]
        kinds = [cell_kind(first[place]) for place in numeric]
        if count and numeric and set(kinds) == {""}:
            count += 1  # a further line of the kind
            continue
        if not numeric or "word" not in kinds or "number" in kinds or "date" in kinds:
            break
        # Of many columns one word is a blemish, which has to be seen.
        if 2 * kinds.count("word") <= len(numeric) and len(numeric) > 1:
            break
        if len(numeric) == 1 and not _UNIT.fullmatch(first[numeric[0]]):
            break
        count += 1
    return count


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _as_float(cell: str) -> float:
    text = cell.strip("()%$\u20ac\u00a3 ").replace("\u2212", "-")
    try:
        return float(text)
    except ValueError:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return float("nan")
