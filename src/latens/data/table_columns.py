"""One column of a data frame as features: numbers kept, categories one-hot, the rest left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Columns", "categories_of", "features_of", "one_hot"]

_MAX_CATEGORIES = 20
# A column of text of which more than half are numbers is a column of numbers with blemishes.
_MOSTLY_NUMBERS = 0.5


@dataclass(frozen=True, eq=False)
class Columns:
    """The features made of one column; no names at all where it is left out."""

    names: tuple[str, ...] = ()
    values: tuple[np.ndarray, ...] = ()
    is_encoded: bool = False


def features_of(name: str, column: "pd.Series", where: str) -> Columns:
    """Return the features of a column; none for free text, identifiers, dates and nested values.

    Raises
    ------
    DataError
        If it holds numbers in most rows and something else in the others.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return Columns((name,), (column.to_numpy(dtype=np.uint8),))
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _text_features(name, column.astype(object), where)
    if pd.api.types.is_numeric_dtype(column):
        return Columns((name,), (_numbers(column),))
    if pd.api.types.is_datetime64_any_dtype(column) or column.dtype.kind == "m":
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


def _text_features(name: str, column: "pd.Series", where: str) -> Columns:
    """One feature per category; nothing for free text, identifiers and nested values."""
    import pandas as pd

    is_missing = column.isna()
    present = column[~is_missing]
    if present.map(lambda value: isinstance(value, list | dict | np.ndarray | bytes)).any():
        return Columns()
    numbers = pd.to_numeric(present, errors="coerce")
    if numbers.notna().all():
        values = pd.to_numeric(column, errors="coerce")
        return Columns((name,), (values.to_numpy(dtype=np.float64, na_value=np.nan),))
    categories = categories_of(column)
    if len(categories) <= _MAX_CATEGORIES and len(categories) < len(column):
        return one_hot(name, column, categories)
    if numbers.notna().mean() > _MOSTLY_NUMBERS:
        row = int(np.flatnonzero((~is_missing).to_numpy())[int(numbers.isna().to_numpy().argmax())])
        raise DataError(
            f"{where} has numbers in column '{name}' except in {int(numbers.isna().sum()):,} row(s), "
            f"first {column.iloc[row]!r} in row {row + 1} (counted from 1 below the header). "
            "Fill these cells or drop the rows."
        )
    return Columns()


def categories_of(column: "pd.Series") -> list[str]:
    """Return the texts that a column holds, in order."""
    return sorted(_texts(column).unique())


def one_hot(name: str, column: "pd.Series", categories: Sequence[str]) -> Columns:
    """Return a feature for each category: 1 where the column holds it."""
    values = _texts(column).to_numpy()
    encoded = tuple((values == category).astype(np.uint8) for category in categories)
    return Columns(tuple(f"{name}={text}" for text in categories), encoded, is_encoded=True)


def _texts(column: "pd.Series") -> "pd.Series":
    """A column as text; what is missing is a category of its own."""
    column = column.astype(object)
    return column.astype(str).where(~column.isna(), "missing")
