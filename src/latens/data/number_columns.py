"""The columns of a table that hold numbers in some way of writing them, made numbers; each guess is said."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from latens._text import shortened
from latens.data.guesses import Guesses
from latens.data.table_columns import Coded, coded
from latens.data.written_numbers import (
    Marks,
    is_missing_word,
    is_written_number,
    marks_of,
    plain_number,
)
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Writing", "columns_of_kind", "settle_numbers"]

_OTHER = {".": ",", ",": "."}
# How many different texts are looked at before all of them are.
_FIRST = 100
_MOSTLY = 0.5


@dataclass(frozen=True)
class Writing:
    """What is known of the file that a table comes from.

    Attributes
    ----------
    where : str
        The source, as the beginning of an error.
    delimiter : str
        What stands between columns; empty for a table that is no text.
    decimal : str
        The mark that numbers were read with.
    asked : str or None
        The mark that a user gave.
    sample : dict of str to Marks
        What the first cells of each column say.
    reread : callable or None
        Gives some columns as they stand in the file.
    """

    where: str
    delimiter: str = ""
    decimal: str = "."
    asked: str | None = None
    sample: Mapping[str, Marks] = field(default_factory=dict)
    reread: "Callable[[list[str]], pd.DataFrame] | None" = None


@dataclass(frozen=True)
class _Candidate:
    """A column that may hold written numbers: its different texts, and what they say."""

    cells: Coded
    marks: Marks
    is_text: bool


def settle_numbers(
    frame: "pd.DataFrame", texts: Collection[str], writing: Writing, guesses: Guesses
) -> "pd.DataFrame":
    """Return the table with its written numbers as numbers, columns of `texts` as they are.

    Raises
    ------
    DataError
        If a mark may separate thousands or decimals, and nothing in the file says which.
    """
    candidates = _text_candidates(frame, texts, guesses)
    candidates |= _number_candidates(frame, texts, writing)
    decimals = {mark for marks in writing.sample.values() for mark in marks.decimal}
    decimals |= {mark for one in candidates.values() for mark in one.marks.decimal}
    thousands = {mark for one in candidates.values() for mark in one.marks.thousands}
    made: dict[str, np.ndarray] = {}
    for name, one in candidates.items():
        mark = _decimal_mark(name, one, writing, decimals, thousands, guesses)
        if mark is not None and (one.is_text or mark != writing.decimal):
            made[name] = _converted(one.cells, mark)
            if name not in guesses.columns:
                guesses.columns[name] = "numbers, read as they are written"
            _say_affixes(name, one.marks, guesses)
    return frame.assign(**made) if made else frame


def columns_of_kind(frame: "pd.DataFrame", kind: str) -> list[str]:
    """Return the names of the columns of a NumPy kind; text of any type is of kind "O"."""
    return [
        name for name, dtype in zip(frame.columns, frame.dtypes, strict=True) if dtype.kind in kind
    ]


def _text_candidates(
    frame: "pd.DataFrame", texts: Collection[str], guesses: Guesses
) -> dict[str, _Candidate]:
    candidates = {}
    # Looking at a column takes microseconds, of which there may be hundreds of thousands.
    for name in columns_of_kind(frame, "O"):
        if name in texts:
            continue
        column = frame[name]
        cells = coded(column)
        if (
            cells.is_nested
            or not cells.values
            or not all(isinstance(one, str) for one in cells.values[:_FIRST])
        ):
            continue
        first = [one for one in cells.values[:_FIRST] if not is_missing_word(one)]
        if sum(map(is_written_number, first)) <= _MOSTLY * len(first):
            continue
        marks = marks_of(str(one) for one in cells.values)
        if marks.n_others or not marks.numbers:
            continue
        if len(marks.affixes) > 1:
            shown = " and ".join(
                f"'{shortened(one, 20)}'" for one in list(marks.example.values())[:2]
            )
            guesses.left_out(str(name), f"numbers in several units, such as {shown}")
            continue
        candidates[str(name)] = _Candidate(cells, marks, is_text=True)
    return candidates


def _number_candidates(
    frame: "pd.DataFrame", texts: Collection[str], writing: Writing
) -> dict[str, _Candidate]:
    """Columns that were read as numbers, and of which each may be a thousand times as large."""
    if writing.reread is None or writing.asked is not None:
        return {}
    names = [
        name
        for name in columns_of_kind(frame, "f")
        if name not in texts
        and not (name in writing.sample and writing.sample[name].decimal)
        and _may_be_thousands(frame[name].to_numpy())
    ]
    if not names:
        return {}
    candidates = {}
    for name, column in writing.reread(names).items():
        cells = coded(column)
        marks = marks_of(str(one) for one in cells.values)
        if marks.either and not marks.decimal:
            candidates[str(name)] = _Candidate(cells, marks, is_text=False)
    return candidates


def _may_be_thousands(values: np.ndarray) -> bool:
    """Whether numbers can all have been written as one to three digits, or those, a mark and three more."""
    for block in (values[:1000], values):
        size = np.abs(block[np.isfinite(block)])
        if not ((size == 0) | ((size >= 1) & (size < 1000))).all():
            return False
        thousandths = size * 1000
        if (np.abs(thousandths - np.round(thousandths)) > 1e-6).any():
            return False
    return len(values) > 0


def _decimal_mark(
    name: str,
    one: _Candidate,
    writing: Writing,
    decimals: set[str],
    thousands: set[str],
    guesses: Guesses,
) -> str | None:
    """The decimal mark of a column; None where its cells contradict each other."""
    marks = one.marks
    if writing.asked is not None:
        wrong = marks.decimal.get(_OTHER[writing.asked])
        if wrong is not None:
            raise DataError(
                f"{writing.where} has '{shortened(wrong)}' in column '{shortened(name)}', which is no number "
                f"with '{writing.asked}' as decimal mark. Leave decimal out (--decimal)."
            )
        return writing.asked
    own = set(marks.decimal)
    if len(own | set(marks.either)) > 1 and (
        len(own) > 1 or len(marks.either) > 1 or _clash(marks)
    ):
        shown = [*marks.decimal.values(), *(cells[0] for cells in marks.either.values())][:2]
        guesses.left_out(
            name, f"numbers with two decimal marks, such as {' and '.join(map(repr, shown))}"
        )
        return None
    if len(own) == 1:
        mark = next(iter(own))
        if mark in marks.thousands:
            guesses.left_out(
                name, f"numbers with '{mark}' in two meanings, such as '{marks.decimal[mark]}'"
            )
            return None
        _say_marks(name, marks, mark, guesses)
        return mark
    if not marks.either:
        mark = _OTHER[next(iter(marks.thousands))] if marks.thousands else "."
        _say_marks(name, marks, mark, guesses)
        return mark
    unclear = next(iter(marks.either))
    example = marks.either[unclear][0]
    by_others = _mark_by_others(marks, unclear, writing, decimals, thousands)
    if by_others is None:
        raise DataError(
            f"{writing.where} has '{shortened(example)}' in column '{shortened(name)}', which is "
            f"{plain_number(example, _OTHER[unclear])} or {plain_number(example, unclear)}, and nothing in "
            f"the file says which. Give decimal='{_OTHER[unclear]}' (--decimal {_OTHER[unclear]}) for the "
            f"first, decimal='{unclear}' (--decimal {unclear}) for the second."
        )
    mark = by_others
    if mark != unclear or (writing.delimiter not in ("", ",") and not decimals):
        guesses.say(
            f"numbers with '{unclear}' "
            + ("between thousands" if mark != unclear else "as decimal mark"),
            name,
            f"{example} is {plain_number(example, mark)}; "
            f"--decimal {_OTHER[mark]} for {plain_number(example, _OTHER[mark])}",
        )
    return mark


def _clash(marks: Marks) -> bool:
    """Whether a mark before three digits is neither the column's decimal mark nor can group."""
    return bool(marks.has_long and set(marks.either) - set(marks.decimal))


def _mark_by_others(
    marks: Marks, unclear: str, writing: Writing, decimals: set[str], thousands: set[str]
) -> str | None:
    """The decimal mark of a column whose cells alone do not say it; None if nothing else does."""
    other = _OTHER[unclear]
    if unclear in marks.thousands:
        return other
    if marks.has_long:
        return unclear  # who groups digits would have grouped these
    if marks.is_grouped:
        return None if unclear in decimals and other not in decimals else other
    if decimals == {unclear}:
        return unclear
    if decimals == {other} or (unclear in thousands and not decimals):
        return other
    if decimals:
        return None
    if writing.delimiter == ",":
        return "."
    if writing.delimiter == ";" or unclear == ",":
        return None
    return unclear


def _say_marks(name: str, marks: Marks, mark: str, guesses: Guesses) -> None:
    grouped = _OTHER[mark]
    example = marks.thousands.get(grouped) or next(iter(marks.either.get(grouped, [])), None)
    if example is not None:
        guesses.say(
            f"numbers with '{grouped}' between thousands",
            name,
            f"{example} is {plain_number(example, mark)}",
        )
    elif mark == "," and mark in marks.decimal:
        cell = marks.decimal[mark]
        guesses.say("numbers with decimal commas", name, f"{cell} is {plain_number(cell, mark)}")


def _say_affixes(name: str, marks: Marks, guesses: Guesses) -> None:
    affix = next(iter(marks.affixes), "")
    if affix:
        cell = marks.example[affix]
        guesses.say(
            "numbers without the signs and units around them",
            name,
            f"'{shortened(cell, 20)}' is {plain_number(cell, ',' if ',' in marks.decimal else '.')}",
        )
    if marks.bracketed:
        number = plain_number(marks.bracketed, "," if "," in marks.decimal else ".")
        guesses.say("negative numbers in brackets", name, f"{marks.bracketed} is {number}")
    if marks.gaps - {""}:
        words = ", ".join(f"'{word}'" for word in sorted(marks.gaps - {""}))
        guesses.say("missing numbers", name, words)


def _converted(cells: Coded, mark: str) -> np.ndarray:
    import pandas as pd

    plain = [
        None if is_missing_word(text) else plain_number(text, mark) or None
        for text in map(str, cells.values)
    ]
    numbers = pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce")
    if numbers.dtype.kind in "iu" and not (cells.places < 0).any():
        return numbers.to_numpy()[cells.places]
    return np.append(numbers.to_numpy(dtype=np.float64, na_value=np.nan), np.nan)[cells.places]
