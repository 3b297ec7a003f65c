"""One column of a data frame as features: numbers kept, categories one-hot, the rest left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._text import shortened
from latens.data.written_numbers import is_missing_word, is_written_number
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coded", "Columns", "as_numbers", "coded", "features_of", "one_hot", "why_not_numbers"]

_MAX_CATEGORIES = 20
# A column of text of which more than half are numbers is a column of numbers with blemishes.
_MOSTLY_NUMBERS = 0.5
# How many different texts are looked at before all of them are.
_FIRST = 100


@dataclass(frozen=True, eq=False)
class Columns:
    """The features made of one column; no names at all where it is left out, and perhaps the reason."""

    names: tuple[str, ...] = ()
    values: tuple[np.ndarray, ...] = ()
    is_encoded: bool = False
    why: str = ""


def features_of(name: str, column: "pd.Series", where: str) -> Columns:
    """Return the features of a column; none for free text, identifiers, dates and nested values.

    Raises
    ------
    DataError
        If it holds numbers in most rows and something else in the others.
    """
    import pandas as pd

    # What most columns are comes first: a table may have hundreds of thousands.
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return Columns((name,), (column.to_numpy(),))
    if dtype.kind == "O":  # text, categories and objects
        return _text_features(name, column, where)
    if pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return Columns((name,), (column.to_numpy(dtype=np.uint8),))
    if pd.api.types.is_numeric_dtype(column):
        return Columns((name,), (_numbers(column),))
    if pd.api.types.is_datetime64_any_dtype(column) or dtype.kind == "m":
        return Columns()
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


@dataclass(frozen=True, eq=False)
class Coded:
    """A column by its different values: those there are, and for each row the place of its own, or -1."""

    values: list[Any]
    places: np.ndarray

    @cached_property
    def is_nested(self) -> bool:
        """Whether some values hold values of their own, or bytes."""
        return any(isinstance(value, list | dict | np.ndarray | bytes) for value in self.values)

    @cached_property
    def texts(self) -> list[str]:
        """What each value is called, and at the end what a missing one is."""
        return [*map(str, self.values), "missing"]

    @cached_property
    def categories(self) -> list[str]:
        """The texts that the rows hold, in order; what is missing is a category of its own."""
        return sorted({*self.texts[:-1], *(["missing"] if (self.places < 0).any() else [])})


def coded(column: "pd.Series") -> Coded:
    """Return a column by its different values, each looked at once however many rows hold it."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        places = column.cat.codes.to_numpy()
        categories = column.cat.categories
        held = np.bincount(places[places >= 0], minlength=len(categories)) > 0
        if held.all():
            return Coded(categories.tolist(), places)
        number = np.append(np.cumsum(held) - 1, -1)
        return Coded(categories[held].tolist(), number[places])
    cells = column.to_numpy(dtype=object)
    try:
        places, values = pd.factorize(cells)
    except TypeError:  # lists and dictionaries cannot be told apart
        return Coded(cells.tolist(), np.arange(len(cells)))
    return Coded(values.tolist(), places)


def _text_features(name: str, column: "pd.Series", where: str) -> Columns:
    """One feature per category; nothing for free text, identifiers and nested values."""
    found = coded(column)
    if found.is_nested:
        return Columns()
    n_rows = len(column)
    if any(_is_word(value) for value in found.values):
        numbers = None
    else:
        numbers = as_numbers(found.values)
        if not np.isnan(numbers).any():
            return Columns((name,), (np.append(numbers, np.nan)[found.places],))
    if len(found.categories) <= _MAX_CATEGORIES and len(found.categories) < n_rows:
        return one_hot(name, found, found.categories)
    return Columns(why=why_not_numbers(name, column, found, where))


def why_not_numbers(name: str, column: "pd.Series", found: Coded, where: str) -> str:
    """Why a column of text holds no numbers, where there is more to say than that it holds words.

    Raises
    ------
    DataError
        If it holds numbers in most rows and something else in the others.
    """
    texts = found.texts[:-1]
    first = texts[:_FIRST]
    if 2 * sum(map(_is_some_number, first)) <= len(first):
        return _why_lists(first)
    is_number = np.array([_is_some_number(text) for text in texts])
    is_text = np.append(~is_number, False)[found.places]
    n_present, n_text = int((found.places >= 0).sum()), int(is_text.sum())
    if n_present - n_text <= _MOSTLY_NUMBERS * n_present or n_text == 0:
        return ""
    row = int(is_text.argmax())
    cell = shortened(repr(column.iloc[row]))
    others = [text for text, number in zip(texts, is_number, strict=True) if not number]
    numbers = [text for text, number in zip(texts, is_number, strict=True) if number]
    n_codes = sum(map(_is_code, others))
    if n_text > 1 and 2 * n_codes >= len(others) and all(map(str.isdigit, numbers)):
        return f"identifiers, such as {cell} beside '{shortened(numbers[0])}'"
    raise DataError(
        f"{where} has numbers in column '{name}' except in {n_text:,} row(s), "
        f"first {cell} in row {row} (counted from 0 below the header). "
        f"Fill these cells or drop the rows, or leave the column out (--without '{shortened(name)}')."
    )


def _why_lists(texts: Sequence[str]) -> str:
    """Why text that holds equally many numbers in each cell is left out; empty for other text."""
    lists = [re.split(r"[\s,;|]+", text.strip("[]() \t\n")) for text in texts]
    n = len(lists[0]) if lists else 0
    if n < 2 or any(
        len(one) != n or np.isnan([_number(part) for part in one]).any() for one in lists
    ):
        return ""
    cell = shortened(texts[0], 30)
    return (
        f"{n:,} numbers in each cell, such as '{cell}'; give each of the {n:,} a column of its own"
    )


def _is_some_number(text: str) -> bool:
    return is_written_number(text) or is_missing_word(text) or not np.isnan(_number(text))


def _is_code(text: str) -> bool:
    """Whether a text has letters and digits, as A/5 21171 and C536379 have."""
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text))


def _is_word(value: object) -> bool:
    """Whether a value is a text that begins as no number does: not 1, -1, .5, inf or NaN."""
    return isinstance(value, str) and value[:1].isalpha() and value[0] not in "iInN"


def as_numbers(values: Sequence[Any]) -> np.ndarray:
    """Return values as numbers; NaN for what is none."""
    import pandas as pd

    try:
        numbers = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce")
    except OverflowError:  # of integers beyond what floats reach
        return np.array([_number(value) for value in values])
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan
    except OverflowError:
        return np.inf


def one_hot(name: str, column: Coded, categories: Sequence[str]) -> Columns:
    """Return a feature for each category: 1 where the column holds it."""
    number = {text: position for position, text in enumerate(categories)}
    numbers = np.array([number.get(text, -1) for text in column.texts])[column.places]
    encoded = tuple((numbers == position).astype(np.uint8) for position in range(len(categories)))
    return Columns(tuple(f"{name}={text}" for text in categories), encoded, is_encoded=True)
