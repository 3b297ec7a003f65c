"""What a column of a table is, told by its type and its cells, or said by the user."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from latens._text import listed, shortened
from latens.data.column_roles import row_numbers
from latens.data.table_columns import Coded, as_numbers, coded, why_not_numbers
from latens.data.table_encoding.columns import (
    CategoryColumn,
    Column,
    Cycle,
    DateColumn,
    NumberColumn,
    OmittedColumn,
    OrdinalColumn,
    TruthColumn,
    days_of,
    numbers_of,
)
from latens.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "KindName", "Kinds", "recognized"]

KindName = Literal["number", "category", "truth", "date", "id", "omit"]
KINDS: tuple[KindName, ...] = get_args(KindName)
Kinds = Mapping[str, KindName | Sequence[Any]]

# So many levels need no proof that they are levels; more must come often.
_FEW_LEVELS, _MOST_LEVELS = 20, 100
# Levels of so many words on average are sentences, where there are many of them.
_SENTENCE = 4
# A level that stands in fewer rows, or a smaller share of them, is rare where there are many levels.
_FEWEST_ROWS, _RARE = 5, 0.001
_MOST_DECIMALS = 6
# The same cell may be two days by the last two of them.
_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y", "%Y/%m/%d")
_UNCLEAR_FORMS = ("%d/%m/%Y", "%m/%d/%Y")
_FIRST = 100
# Of a range that covers a cycle so often its waves say something.
_ENOUGH_CYCLES: dict[Cycle, float] = {"day": 2.0, "week": 3 * 7.0, "year": 1.5 * 365.2425}
_STEPS = (86_400.0, 3_600.0, 60.0, 1.0, 1e-3, 1e-6)
_LEFT_OUT = {"c": "complex numbers", "m": "durations"}
_NAME = re.compile(r"(|.*[^0-9])([0-9]{1,15})")


def recognized(
    frame: "pd.DataFrame",
    kinds: Kinds | None = None,
    keep: Sequence[str] = (),
    where: str = "The table",
) -> list[Column]:
    """Return what each column of a table is, in the order of the table.

    Parameters
    ----------
    frame : DataFrame
        With different names of columns, which are text.
    kinds : mapping of str to kind or sequence, default={}
        What columns are, whatever they look like: "number", "category", "truth", "date", "id" (names of the
        rows), "omit"; or the levels of an ordinal, the lowest first.
    keep : sequence of str, default=()
        Columns that are no names of rows, although they look so.
    where : str, default="The table"
        The source, as the beginning of an error.

    Raises
    ------
    ParameterError
        If `kinds` names a column that is not there or a kind that there is not.
    DataError
        If a column cannot be of the kind that was said.
    """
    kinds = kinds or {}
    _check_kinds(frame, kinds)
    # A part of a table is a copy of it, and there may be thousands of columns.
    usual = frame[[name for name in frame.columns if name not in kinds]] if kinds else frame
    named = row_numbers(usual) if len(frame) else {}
    columns = []
    for name, cells in frame.items():
        if name in kinds:
            columns.append(_as_said(str(name), cells, kinds[name]))
        elif name in named and name not in keep:
            leave_out = _omitted if "dates" in named[name] else _identifier
            columns.append(leave_out(str(name), cells, named[name]))
        else:
            columns.append(_as_it_looks(str(name), cells, where))
    return columns


def _check_kinds(frame: "pd.DataFrame", kinds: Kinds) -> None:
    for name, kind in kinds.items():
        if name not in frame.columns:
            raise ParameterError(
                f"'kinds' names the column '{shortened(str(name))}', which the table does not have. Its "
                f"columns: {listed(list(map(str, frame.columns)))}."
            )
        if isinstance(kind, str) and kind not in KINDS:
            raise ParameterError(
                f"The kind of column '{shortened(str(name))}' must be one of {', '.join(KINDS)}, or a list "
                f"of levels. Got {kind!r}."
            )


def _as_said(name: str, column: "pd.Series", kind: KindName | Sequence[Any]) -> Column:
    """A column of the kind that the user named."""
    if not isinstance(kind, str):
        return _ordinal(name, column, list(kind))
    if kind == "category":
        return _category(name, column, coded(column))
    if kind in ("omit", "id"):
        return (_identifier if kind == "id" else _omitted)(name, column, "as asked")
    if kind == "date":
        return _date_as_said(name, column)
    if kind == "truth":
        return _truth_as_said(name, column)
    numbers = numbers_of(column)
    wrong = np.isnan(numbers) & column.notna().to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"Column '{shortened(name)}' cannot be numbers: it holds {shortened(repr(column.iloc[row]))} in "
            f"row {row} (counted from 0)."
        )
    return _number(name, column, numbers)


def _as_it_looks(name: str, column: "pd.Series", where: str) -> Column:
    """A column told by its type and its cells."""
    import pandas as pd

    dtype = column.dtype
    # What most columns are comes first: a table may have hundreds of thousands.
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return _number(name, column, column.to_numpy())
    if not len(column) or column.isna().all():
        return _omitted(name, column, "no value in any row")
    if isinstance(dtype, pd.CategoricalDtype):
        if dtype.ordered and len(dtype.categories) > 2:
            return _ordinal(name, column, dtype.categories.tolist())
        # Readers keep text of any kind as categories, to save memory.
        found = coded(column)
        if (
            not found.is_nested
            and len(found.values) <= _FEW_LEVELS
            and _form(found.texts[:-1]) is None
        ):
            return _category(name, column, found)
        return _of_objects(name, column, where)
    if pd.api.types.is_bool_dtype(column):
        return _truth(name, column)
    if dtype.kind in _LEFT_OUT:
        return _omitted(name, column, _LEFT_OUT[dtype.kind])
    if dtype.kind in "iuf":
        return _number(name, column, numbers_of(column))
    if dtype.kind == "M":
        return _date(name, column, days_of(column, None), None)
    return _of_objects(name, column, where)


def _of_objects(name: str, column: "pd.Series", where: str) -> Column:
    """A column of text or of objects: truths, numbers, dates, categories, names or text."""
    found = coded(column)
    if found.is_nested:
        return _omitted(name, column, "nested values")
    values = found.values
    if all(isinstance(one, bool | np.bool_) for one in values):
        return _truth(name, column)
    numbers = as_numbers(values)
    if not np.isnan(numbers).any() and not any(isinstance(one, str) for one in values):
        return _number(name, column, numbers_of(column))
    form = _form(found.texts[:-1])
    if form is not None:
        return _date(name, column, days_of(column, form), form)
    if len(values) <= _FEW_LEVELS and len(values) < len(column):
        return _category(name, column, found)
    if not np.isnan(numbers).any():
        return _number(name, column, numbers_of(column))
    why = why_not_numbers(name, column, found, where)
    if _are_levels(found, len(column)):
        return _category(name, column, found)
    n_cells = int((found.places >= 0).sum())
    parts = _name_parts(found.texts[:-1]) if len(values) == n_cells else None
    if parts is not None:
        return _omitted(name, column, "identifiers, which differ in every row", parts)
    return _omitted(name, column, why or "free text, identifiers or nested values")


def _are_levels(found: Coded, n_rows: int) -> bool:
    """Whether most rows hold one of not too many values that come often, and these are no sentences."""
    first = found.texts[:_FIRST]
    if sum(len(text.split()) for text in first) >= _SENTENCE * len(first):
        return False
    counts = np.bincount(found.places[found.places >= 0], minlength=len(found.values))
    frequent = counts[counts >= max(_FEWEST_ROWS, _RARE * n_rows)]
    most = np.sort(frequent)[::-1][:_MOST_LEVELS]
    return bool(most.sum() > 0.5 * counts.sum())


def _category(name: str, column: "pd.Series", found: Coded) -> Column:
    """The levels of a column in their order; where there are many, the rare ones together."""
    import pandas as pd

    if found.is_nested:
        raise DataError(
            f"Column '{shortened(name)}' cannot be categories: its cells hold values of their own."
        )
    known = found.places >= 0
    counts = np.bincount(found.places[known], minlength=len(found.values))
    order = sorted(range(len(found.values)), key=lambda place: found.texts[place])
    rare: list[int] = []
    if len(order) > _FEW_LEVELS:
        by_count = sorted(order, key=lambda place: -counts[place])
        least = max(_FEWEST_ROWS, _RARE * known.sum())
        rare = [
            p for number, p in enumerate(by_count) if number >= _MOST_LEVELS or counts[p] < least
        ]
        rare = rare if len(rare) > 1 else []
    are_rare = set(rare)
    frequent = [place for place in order if place not in are_rare]
    sizes = [*counts[frequent], *([counts[rare].sum()] if rare else [])]
    total = max(1, int(counts.sum()))
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    return CategoryColumn(
        name=name,
        dtype=str(column.dtype),
        has_gaps=not known.all(),
        levels=[_plain(found.values[place]) for place in frequent],
        shares=[float(size / total) for size in sizes],
        rare=[_plain(found.values[place]) for place in rare],
        categories=[*map(_plain, column.dtype.categories)] if is_categorical else None,
        is_ordered=bool(column.dtype.ordered) if is_categorical else False,
    )


def _ordinal(name: str, column: "pd.Series", levels: list[Any]) -> Column:
    import pandas as pd

    column_levels = [_plain(level) for level in levels]
    made = OrdinalColumn(name=name, dtype=str(column.dtype), levels=column_levels, middle=0.0)
    values, gaps = made.features(column)
    unknown = gaps & column.notna().to_numpy()
    if unknown.any():
        row = int(unknown.argmax())
        raise DataError(
            f"Column '{shortened(name)}' holds {shortened(repr(column.iloc[row]))} in row {row} (counted "
            f"from 0), which is none of the levels {listed(list(map(str, levels)))}. Name all of them."
        )
    if gaps.all():
        return _omitted(name, column, "no value in any row")
    return made.model_copy(
        update={
            "has_gaps": bool(gaps.any()),
            "middle": float(values[~gaps, 0].mean()),
            "is_categorical": isinstance(column.dtype, pd.CategoricalDtype),
        }
    )


def _number(name: str, column: "pd.Series", numbers: np.ndarray) -> Column:
    # Most columns are finite, and of these there may be thousands.
    known = numbers
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        known = numbers[~np.isnan(numbers)]
    if known is not numbers and np.isinf(known).any():
        row = int(np.isinf(numbers).argmax())
        raise DataError(
            f"Column '{shortened(name)}' holds infinity in row {row} (counted from 0). Leave the cell empty, "
            "or leave the column out."
        )
    if not len(known):
        return _omitted(name, column, "no value in any row")
    return NumberColumn(
        name=name,
        dtype=str(column.dtype),
        has_gaps=len(known) < len(numbers),
        low=float(known.min()),
        high=float(known.max()),
        decimals=_decimals(known),
        middle=float(known.mean(dtype=np.float64)),
    )


def _decimals(known: np.ndarray) -> int | None:
    """How many decimals numbers have at most; None for more than a few."""
    if known.dtype.kind != "f":
        return 0
    known = known.astype(np.float64, copy=False)
    # Most columns are told by their first numbers.
    for part in (known[:_FIRST], known):
        if not (part.round(_MOST_DECIMALS) == part).all():
            return None
    return next(
        decimals for decimals in range(_MOST_DECIMALS + 1) if (known.round(decimals) == known).all()
    )


def _truth(name: str, column: "pd.Series") -> Column:
    gaps = column.isna().to_numpy()
    known = column[~gaps].to_numpy(dtype=bool)
    share = float(known.mean())
    return TruthColumn(name=name, dtype=str(column.dtype), has_gaps=bool(gaps.any()), share=share)


def _truth_as_said(name: str, column: "pd.Series") -> Column:
    known = column.dropna()
    if not known.isin([True, False]).all():
        raise DataError(
            f"Column '{shortened(name)}' cannot be truths: it holds "
            f"{shortened(repr(known[~known.isin([True, False])].iloc[0]))}. Say 'category'."
        )
    return _truth(name, column)


def _date_as_said(name: str, column: "pd.Series") -> Column:
    if column.dtype.kind == "M":
        return _date(name, column, days_of(column, None), None)
    form = _form(coded(column).texts[:-1])
    if form is None:
        raise DataError(
            f"Column '{shortened(name)}' cannot be dates: its cells can be read in no form, or in two. Write "
            "them as 2024-01-31."
        )
    return _date(name, column, days_of(column, form), form)


def _date(name: str, column: "pd.Series", days: np.ndarray, form: str | None) -> Column:
    known = days[~np.isnan(days)]
    if not len(known):
        return _omitted(name, column, "no value in any row")
    low, high = float(known.min()), float(known.max())
    seconds = known * 86_400
    step = next((one for one in _STEPS if _is_multiple(seconds, one)), _STEPS[-1])
    cycles: list[Cycle] = [cycle for cycle, least in _ENOUGH_CYCLES.items() if high - low >= least]
    return DateColumn(
        name=name,
        dtype=str(column.dtype),
        has_gaps=len(known) < len(days),
        low=low,
        high=high,
        step=step,
        cycles=[cycle for cycle in cycles if cycle != "day" or step < 86_400],
        form=form,
        middle=float(known.mean()),
    )


def _is_multiple(seconds: np.ndarray, step: float) -> bool:
    # Days as float64 keep a moment to about a microsecond.
    return bool((np.abs(seconds - np.round(seconds / step) * step) < min(1e-3, step / 4)).all())


def _form(texts: Sequence[str]) -> str | None:
    """The form in which all texts are dates, if it is one only."""
    if not texts or any(len(text) < 8 or not text[:1].isdigit() for text in texts[:_FIRST]):
        return None
    for form in _FORMS:
        if _are_dates(texts, form):
            return form
    likely = [form for form in _UNCLEAR_FORMS if _are_dates(texts, form)]
    return likely[0] if len(likely) == 1 else None


def _are_dates(texts: Sequence[str], form: str) -> bool:
    import pandas as pd

    for part in (texts[:_FIRST], texts):
        try:
            pd.to_datetime(pd.Series(part, dtype=object), format=form)
        except (ValueError, OverflowError):
            return False
    return True


def _identifier(name: str, column: "pd.Series", why: str) -> Column:
    """A column that names the rows."""
    parts = _name_parts([str(cell) for cell in column.dropna()])
    return _omitted(name, column, why, parts or ("", len(column), 0))


def _omitted(
    name: str, column: "pd.Series", why: str, parts: tuple[str, int, int] | None = None
) -> Column:
    """A column that is left out; of names of rows with the parts of `_name_parts`."""
    dtype = str(column.dtype)
    gaps = bool(column.isna().any())
    if parts is None:
        return OmittedColumn(name=name, dtype=dtype, has_gaps=gaps, why=why)
    prefix, last, digits = parts
    return OmittedColumn(
        name=name,
        dtype=dtype,
        has_gaps=gaps,
        why=why,
        is_identifier=True,
        prefix=prefix,
        last=last,
        digits=digits,
    )


def _name_parts(names: Sequence[str]) -> tuple[str, int, int] | None:
    """What names of rows begin with, their largest number, and to how many digits it is padded."""
    if any(_NAME.fullmatch(name.removesuffix(".0")) is None for name in names[:_FIRST]):
        return None
    found = [_NAME.fullmatch(name.removesuffix(".0")) for name in names]
    prefixes = {match[1] for match in found if match is not None}
    if not names or None in found or len(prefixes) > 1:
        return None
    numbers = [match[2] for match in found if match is not None]
    lengths = {len(number) for number in numbers}
    digits = lengths.pop() if len(lengths) == 1 else 0
    return prefixes.pop(), max(map(int, numbers)), digits


def _plain(value: Any) -> Any:
    """A level as JSON can hold it."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | int | float | str) else str(value)
