"""The user's own columns beside the samples: as they stand in the table, never as they are learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMN_KINDS", "NO_COLUMNS", "ColumnKind", "OwnColumn", "OwnColumns", "joined_texts"]

ColumnKind = Literal["number", "truth", "date", "text"]
COLUMN_KINDS: tuple[ColumnKind, ...] = get_args(ColumnKind)

# Texts one behind the other, each with this at its end, which hardly a cell holds.
_END = "\0"
_NO_TEXTS = np.empty(0, np.uint8)
_NO_MEANINGS = np.empty(0)
_MOST_DECIMALS = 6
_DAY = np.timedelta64(1, "D")


def joined_texts(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return texts as one array of bytes, each with a zero byte at its end."""
    # A half of a surrogate pair is no text that can be written.
    text = "".join(f"{one.replace(_END, chr(0xFFFD))}{_END}" for one in texts)
    return np.frombuffer(text.encode("utf-8", "replace"), np.uint8)


@dataclass(frozen=True, eq=False)
class OwnColumn:
    """One column of the user's table, with its gaps.

    Attributes
    ----------
    name : str
    kind : {"number", "truth", "date", "text"}
        What its cells mean. Categories, identifiers and free text are all text.
    values : ndarray of shape (n_rows,)
        Of cells that stand as text: the place of each among `texts`, -1 for a gap. Else numbers, NaN for a
        gap; 0, 1 and -1 for a gap of truths; nanoseconds since 1970 of dates, the smallest for a gap.
    joined : ndarray of uint8
        The different texts, as `joined_texts` puts them together; empty where cells are no text.
    meanings : ndarray of float64
        What each of the texts means, of numbers and dates that stand as text; dates in days since 1970.
    use : str
        What the run makes of it, such as "2 categories" or "left out: dates", as `latens data info` says it.

    Examples
    --------
    >>> column = OwnColumn("size", "text", np.array([1, -1, 0]), joined_texts(["large", "small"]))
    >>> column.cells()
    ['small', None, 'large']
    """

    name: str
    kind: ColumnKind
    values: npt.NDArray[Any]
    joined: npt.NDArray[np.uint8] = field(default_factory=lambda: _NO_TEXTS)
    meanings: npt.NDArray[np.float64] = field(default_factory=lambda: _NO_MEANINGS)
    use: str = ""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def nbytes(self) -> int:
        """What it takes in memory and in a run."""
        return self.values.nbytes + self.joined.nbytes + self.meanings.nbytes

    @property
    def is_text(self) -> bool:
        """Whether the cells are kept as text, whatever they mean."""
        return self.kind == "text" or bool(len(self.joined))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The different texts of the cells; empty where these are no text."""
        return tuple(self.joined.tobytes().decode("utf-8", "replace").split(_END)[:-1])

    @cached_property
    def is_gap(self) -> npt.NDArray[np.bool_]:
        """Where the table has no value."""
        values = self.values
        if self.is_text or self.kind == "truth":
            return np.asarray(values < 0)
        if self.kind == "date":
            return np.asarray(values == np.iinfo(np.int64).min)
        return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64] | None:
        """The values of numbers, truths (0 and 1) and dates (days since 1970), NaN for gaps; None of text."""
        if self.kind == "text":
            return None
        if self.is_text:
            return np.append(self.meanings, np.nan)[self.values]
        numbers = self.values.astype(np.float64)
        if self.kind == "date":
            numbers /= _DAY / np.timedelta64(1, "ns")
        numbers[self.is_gap] = np.nan
        return numbers

    @cached_property
    def decimals(self) -> int | None:
        """How many decimals its numbers have at most; None for more than six, and for what is no number."""
        if self.kind != "number" or self.is_text:
            return None
        if self.values.dtype.kind != "f":
            return 0
        known = self.values[~self.is_gap].astype(np.float64)
        for decimals in range(_MOST_DECIMALS + 1):
            if np.array_equal(np.round(known, decimals), known):
                return decimals
        return None

    def at(self, rows: Any) -> "OwnColumn":
        """Return the column of some rows, in their order."""
        return replace(self, values=self.values[rows])

    def cells(self, places: Any = None) -> list[str | None]:
        """Return cells as they stand in the table; None for a gap."""
        one = self if places is None else self.at(places)
        if one.is_text:
            texts = (*self.texts, None)
            return [texts[value] for value in one.values.tolist()]
        if self.kind == "date":
            words = np.datetime_as_string(one.values.view("datetime64[ns]"), unit="s").tolist()
        elif self.kind == "truth":
            words = ["True" if value else "False" for value in one.values.tolist()]
        elif one.values.dtype.kind == "f":
            form = "" if self.decimals is None else f".{self.decimals}f"
            words = [format(value, form) for value in one.values.tolist()]
        else:
            words = list(map(str, one.values.tolist()))
        return [None if gap else word for gap, word in zip(one.is_gap, words, strict=True)]

    def series(self) -> "pd.Series":
        """Return the column for pandas: whole numbers stay whole beside gaps, text stays text."""
        import pandas as pd

        if self.is_text:
            cells = np.array([*self.texts, None], dtype=object)[self.values]
            return pd.Series(cells, name=self.name, dtype=object)
        if self.kind == "date":
            return pd.Series(self.values.view("datetime64[ns]"), name=self.name)
        if self.kind == "truth":
            truths = pd.array(self.values == 1, dtype="boolean")
            truths[self.is_gap] = pd.NA
            return pd.Series(truths if self.is_gap.any() else self.values == 1, name=self.name)
        if self.values.dtype.kind == "f" and self.decimals == 0 and self.is_gap.any():
            return pd.Series(self.values, name=self.name).astype("Int64")
        # As pandas reads them; in the column they are as narrow as they can be.
        wide = np.float64 if self.values.dtype.kind == "f" else np.int64
        is_larger = self.values.dtype == np.uint64
        return pd.Series(self.values if is_larger else self.values.astype(wide), name=self.name)


@dataclass(frozen=True, eq=False)
class OwnColumns:
    """The columns of the user's table, in its order.

    Attributes
    ----------
    columns : tuple of OwnColumn
    left_out : tuple of str
        The names of those for which there was no room.

    Examples
    --------
    >>> columns = OwnColumns((OwnColumn("orders", "number", np.array([3, 1, 4])),))
    >>> columns.names, columns.at([2, 0])["orders"].cells()
    (('orders',), ['4', '3'])
    """

    columns: tuple[OwnColumn, ...] = ()
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[OwnColumn]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> OwnColumn:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(column.name for column in self.columns)

    def at(self, rows: Any) -> "OwnColumns":
        """Return the columns of some rows, in their order."""
        return replace(self, columns=tuple(column.at(rows) for column in self.columns))

    def frame(self, taken: Sequence[str] = ()) -> "pd.DataFrame":
        """Return a table of the columns; one that is called as others are gets a number.

        Parameters
        ----------
        taken : sequence of str, default=()
            Names that others have.
        """
        import pandas as pd

        used, named = set(taken), {}
        for column in self.columns:
            name, number = column.name, 2
            while name in used:
                name, number = f"{column.name} {number}", number + 1
            used.add(name)
            named[name] = column.series()
        return pd.DataFrame(named)


# What data that are no table have.
NO_COLUMNS = OwnColumns()
