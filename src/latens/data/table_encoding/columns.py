"""What a column of a table is, as learned from its cells: how it becomes features, and cells again.

Each kind is a record that JSON can hold. `features` gives values of shape (n, width) and where the gaps are;
the values at gaps are those of the middle, so that a gap pulls a distance nowhere. `cells` goes back.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from latens._column_blocks import BlockKind
from latens._json_records import ColumnName, Facts, Finite, Whole
from latens.data.table_columns import Coded, as_numbers, coded

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "OTHER",
    "CategoryColumn",
    "Column",
    "DateColumn",
    "NumberColumn",
    "OmittedColumn",
    "OrdinalColumn",
    "TruthColumn",
    "as_left_by_pandas",
    "days_of",
    "numbers_of",
]

Level = bool | Whole | Finite | str
Cycle = Literal["day", "week", "year"]
# The feature of all rare levels together is called so.
OTHER = "other"
_DAY = 86_400.0
# Beyond these a moment has no place in datetime64[ns].
_FIRST_MOMENT, _LAST_MOMENT = -9.2e9, 9.2e9
# A step of rounding that is finer than what float64 keeps says nothing.
_MOST_DECIMALS = 12


class _Kind(Facts):
    """What all kinds of columns have.

    Attributes
    ----------
    name : str
    dtype : str
        Of the cells, as pandas writes it.
    has_gaps : bool
        Whether a cell was missing, so that one more feature marks gaps.
    """

    name: ColumnName
    dtype: Annotated[str, Field(max_length=100)] = "object"
    has_gaps: bool = False

    @property
    def block(self) -> BlockKind:
        """How its features are to be reconstructed."""
        return "number"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What its features are called, the mark of gaps apart."""
        return (self.name,)

    @property
    def gap_name(self) -> str:
        """What the feature that marks gaps is called."""
        return f"{self.name}=missing"


class NumberColumn(_Kind):
    """A column of numbers.

    Attributes
    ----------
    low, high : float
        The range that was seen.
    decimals : int or None
        How many decimals the numbers have; None for more than a few.
    middle : float
        What stands in the place of a gap.
    """

    kind: Literal["number"] = "number"
    low: Finite
    high: Finite
    decimals: Annotated[int, Field(ge=0, le=_MOST_DECIMALS)] | None = None
    middle: Finite

    def features(self, column: "pd.Series") -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers, and where there is none."""
        values = numbers_of(column)
        if values.dtype.kind != "f":
            return values[:, None], np.zeros(len(values), bool)
        gaps = np.isnan(values)
        if gaps.any():
            values = np.where(gaps, self.middle, values)
        return values[:, None], gaps

    def cells(self, values: np.ndarray) -> "pd.Series":
        """Return numbers of as many decimals as the column has, within its range."""
        import pandas as pd

        numbers = values[:, 0].astype(np.float64)
        if self.decimals is not None:
            numbers = np.round(numbers, self.decimals)
        return pd.Series(numbers.clip(self.low, self.high))


class TruthColumn(_Kind):
    """A column of truths; `share` of the cells are true."""

    kind: Literal["truth"] = "truth"
    share: Annotated[float, Field(ge=0, le=1)]

    @property
    def block(self) -> BlockKind:
        return "truth"

    def features(self, column: "pd.Series") -> tuple[np.ndarray, np.ndarray]:
        """Return 1 for what is true, and where there is no cell."""
        gaps = column.isna().to_numpy()
        is_true = column.eq(True).fillna(False).to_numpy(dtype=bool)
        values = np.where(gaps, self.share, is_true) if gaps.any() else is_true.astype(np.uint8)
        return values[:, None], gaps

    def cells(self, values: np.ndarray) -> "pd.Series":
        """Return whether each probability is at least a half."""
        import pandas as pd

        return pd.Series(values[:, 0] >= 0.5)


class CategoryColumn(_Kind):
    """A column of a few different values.

    Attributes
    ----------
    levels : list of str, int, float or bool
        Each a feature, which is 1 where it stands.
    shares : list of float
        How often each feature is 1; what stands in the place of a gap.
    rare : list
        Levels that share the last feature, the most frequent first.
    categories : list or None
        All categories of a pandas categorical, in its order.
    is_ordered : bool
        Whether these are ordered.
    """

    kind: Literal["category"] = "category"
    levels: list[Level]
    shares: list[Annotated[float, Field(ge=0, le=1)]]
    rare: list[Level] = Field(default_factory=list)
    categories: list[Level] | None = None
    is_ordered: bool = False

    @property
    def block(self) -> BlockKind:
        return "category"

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}={level}" for level in [*self.levels, *self._others])

    @property
    def known_texts(self) -> set[str]:
        """What its levels are called."""
        return {str(level) for level in [*self.levels, *self.rare]}

    @property
    def _others(self) -> list[str]:
        return [OTHER] if self.rare else []

    def features(self, column: "pd.Series") -> tuple[np.ndarray, np.ndarray]:
        """Return a feature for each level, and where there is no level that was seen."""
        places = _places(coded(column), self.levels, self.rare)
        gaps = places < 0
        values = (places[:, None] == np.arange(len(self.shares))).astype(np.uint8)
        if gaps.any():
            values = values.astype(np.float32)
            values[gaps] = self.shares
        return values, gaps

    def cells(self, values: np.ndarray) -> "pd.Series":
        """Return the most probable level; of the rare ones the most frequent."""
        import pandas as pd

        known = [*self.levels, *self.rare[:1]]
        cells = np.empty(len(known), dtype=object)
        cells[:] = known
        chosen = cells[values.argmax(axis=1)]
        if self.categories is None:
            return pd.Series(chosen, dtype=object)
        return pd.Series(pd.Categorical(chosen, self.categories, ordered=self.is_ordered))


class OrdinalColumn(_Kind):
    """A column of levels in an order, which becomes their place in it: 0 for the first.

    Attributes
    ----------
    levels : list of str, int, float or bool
    middle : float
        What stands in the place of a gap.
    is_categorical : bool
        Whether the cells were a pandas categorical.
    """

    kind: Literal["ordinal"] = "ordinal"
    levels: list[Level]
    middle: Finite
    is_categorical: bool = False

    @property
    def known_texts(self) -> set[str]:
        """What its levels are called."""
        return set(map(str, self.levels))

    def features(self, column: "pd.Series") -> tuple[np.ndarray, np.ndarray]:
        """Return the place of each level, and where there is none that was named."""
        places = _places(coded(column), self.levels, [])
        gaps = places < 0
        return np.where(gaps, self.middle, places)[:, None], gaps

    def cells(self, values: np.ndarray) -> "pd.Series":
        """Return the level that is nearest to each place."""
        import pandas as pd

        places = np.round(values[:, 0]).clip(0, len(self.levels) - 1).astype(int)
        cells = np.empty(len(self.levels), dtype=object)
        cells[:] = self.levels
        if self.is_categorical:
            return pd.Series(pd.Categorical(cells[places], self.levels, ordered=True))
        return pd.Series(cells[places], dtype=object)


class DateColumn(_Kind):
    """A column of moments: days since 1970, and where in the week, the year and the day each one is.

    Attributes
    ----------
    low, high : float
        The range that was seen, in days since 1970.
    step : float
        What all moments are a multiple of, in seconds.
    cycles : list of {"day", "week", "year"}
        Of which a moment's place has a sine and a cosine; those that the range covers more than once.
    form : str or None
        How text writes it, as `strftime` says it; None where cells are moments.
    middle : float
        What stands in the place of a gap, in days since 1970.
    """

    kind: Literal["date"] = "date"
    low: Finite
    high: Finite
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] = _DAY
    cycles: list[Cycle] = Field(default_factory=list)
    form: Annotated[str, Field(max_length=40)] | None = None
    middle: Finite

    @property
    def feature_names(self) -> tuple[str, ...]:
        waves = [f"{self.name} ({wave} of the {cycle})" for cycle in self.cycles for wave in _WAVES]
        return (self.name, *waves)

    def features(self, column: "pd.Series") -> tuple[np.ndarray, np.ndarray]:
        """Return days since 1970 with the waves of each cycle, and where there is no date."""
        days = days_of(column, self.form)
        gaps = np.isnan(days)
        days = np.where(gaps, self.middle, days)
        waves = [wave for cycle in self.cycles for wave in _waves(days, cycle)]
        values = np.column_stack([days, *waves])
        values[gaps, 1:] = 0
        return values, gaps

    def cells(self, values: np.ndarray) -> "pd.Series":
        """Return moments of the column's step within its range."""
        import pandas as pd

        days = values[:, 0].astype(np.float64).clip(self.low, self.high)
        seconds = np.round(days * _DAY / self.step) * self.step
        seconds = seconds.clip(_FIRST_MOMENT, _LAST_MOMENT)
        moments = pd.Series(pd.to_datetime(np.round(seconds * 1e6).astype(np.int64), unit="us"))
        if self.form is not None:
            return moments.dt.strftime(self.form).astype(object)
        if "," in self.dtype:  # datetime64[ns, zone]
            zone = self.dtype.split(",")[1].strip(" ]")
            return moments.dt.tz_localize(UTC).dt.tz_convert(zone)
        return moments


class OmittedColumn(_Kind):
    """A column that nothing is learned from.

    Attributes
    ----------
    why : str
    is_identifier : bool
        Whether its cells name the rows, so that new rows get new names.
    prefix : str
        What such names begin with, before a number.
    last : int
        The largest of these numbers.
    digits : int
        How many digits they are padded to.
    """

    kind: Literal["omitted"] = "omitted"
    why: str = ""
    is_identifier: bool = False
    prefix: Annotated[str, Field(max_length=1000)] = ""
    last: Annotated[int, Field(ge=0, lt=2**53)] = 0
    digits: Annotated[int, Field(ge=0, le=30)] = 0

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ()

    def new_cells(self, n: int) -> "pd.Series":
        """Return cells of new rows: empty, or names that follow the last one."""
        import pandas as pd

        if not self.is_identifier:
            return pd.Series([None] * n, dtype=object)
        numbers = range(self.last + 1, self.last + n + 1)
        if self.dtype.lower().startswith(("int", "uint", "float")):
            return pd.Series(numbers)
        return pd.Series([f"{self.prefix}{one:0{self.digits}d}" for one in numbers], dtype=object)


Column = Annotated[
    NumberColumn | TruthColumn | CategoryColumn | OrdinalColumn | DateColumn | OmittedColumn,
    Field(discriminator="kind"),
]

_WAVES = ("sine", "cosine")
_PERIODS = {"day": 1.0, "week": 7.0, "year": 365.2425}


def _waves(days: np.ndarray, cycle: str) -> tuple[np.ndarray, np.ndarray]:
    angle = 2 * np.pi * (days % _PERIODS[cycle]) / _PERIODS[cycle]
    return np.sin(angle), np.cos(angle)


def numbers_of(column: "pd.Series") -> np.ndarray:
    """Return numbers as NumPy holds them, NaN for gaps; integers without gaps stay integers."""
    if column.dtype.kind in "iufb" and isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    found = coded(column)
    return np.append(as_numbers(found.values), np.nan)[found.places]


def days_of(column: "pd.Series", form: str | None) -> np.ndarray:
    """Return moments as days since 1970 in UTC, NaN for gaps and for text of another form."""
    import pandas as pd

    if form is not None or column.dtype.kind != "M":
        found = coded(column)
        texts = pd.Series(found.texts[:-1], dtype=object)
        moments = pd.to_datetime(texts, format=form or "ISO8601", utc=True, errors="coerce")
        return np.append(_days(moments.dt.tz_localize(None)), np.nan)[found.places]
    if not isinstance(column.dtype, np.dtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return _days(column)


def _days(moments: "pd.Series") -> np.ndarray:
    values = moments.to_numpy(dtype="datetime64[us]")
    days = values.astype(np.int64) / (_DAY * 1e6)
    days[np.isnat(values)] = np.nan
    return days


def _places(found: Coded, levels: Sequence[Level], rare: Sequence[Level]) -> np.ndarray:
    """The place of each row's level; rare ones are at the end, what is unknown is at -1."""
    place: dict[Any, int] = {_key(level): number for number, level in enumerate(levels)}
    place |= {_key(level): len(levels) for level in rare}
    own = [_place(value, place) for value in found.values]
    return np.array([*own, -1])[found.places]


def _place(value: Any, place: dict[Any, int]) -> int:
    found = place.get(_key(value))
    # Of a file, 3 and "3" and 3.0 are one level.
    return place.get(_key(str(value)), -1) if found is None else found


def _key(level: Any) -> Any:
    """What a level is looked up by: 1 and True are two levels."""
    if isinstance(level, np.generic):
        level = level.item()
    return (isinstance(level, bool), level)


def as_left_by_pandas(cells: "pd.Series", dtype: str, gaps: np.ndarray) -> "pd.Series":
    """Return cells in the type of their column, with gaps; whole numbers stay whole beside gaps."""
    import pandas as pd

    with_gaps = bool(gaps.any())
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.mask(gaps) if with_gaps else cells
    if with_gaps and dtype in ("bool", "object") and cells.dtype == bool:
        cells = cells.astype(object)
    elif with_gaps and dtype[:3] in ("int", "uin"):
        dtype = dtype.replace("uint", "UInt").replace("int", "Int")
    if dtype == "category" or (cells.dtype.kind == "M" and dtype[:4] != "date"):
        return cells.mask(gaps)
    if dtype[:3] in ("int", "Int", "uin", "UIn") and cells.dtype.kind == "f":
        cells = cells.round()
    # A type that this pandas does not know leaves values as they are.
    with suppress(TypeError, ValueError):
        cells = cells.astype(dtype)
    return cells.mask(gaps) if with_gaps else cells
