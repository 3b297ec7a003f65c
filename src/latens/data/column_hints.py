"""What a user should know of columns that are learned from: truths, parts, identifiers, codes for missing."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from latens._text import listed, shortened
from latens.data.column_roles import has_few_values, is_called_identifier, is_called_truth
from latens.data.parts import part_called
from latens.data.table_columns import coded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["column_hints", "sum_row"]

_SHOWN = 5
_PART_NAMES = ("fold", "kfold", "cv_fold", "cvfold", "split", "partition", "subset")
# Codes of at least this many digits, each row its own; seconds and milliseconds since 1970 are times.
_LEAST_DIGITS = 8
_TIMES = ((1e9, 2e9), (1e12, 2e12))
_FEWEST_ROWS = 10
# How far a value must lie from all others, in their range, to stand for something else, and how often; of
# three nines or more, which hardly anything measures, less far.
_FAR, _FAR_FOR_NINES, _OFTEN, _FEWEST_OTHERS = 3.0, 1.0, 2, 3
_NINES = re.compile(r"9+\.9+")
# No instrument reaches these, and the ends of whole numbers of two and four bytes.
_HUGE = 1e20
_ENDS = (-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0)
_SUMS = frozenset(
    [
        *("total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt"),
        *(
            "somme",
            "totale",
            "suma",
            "\u5408\u8a08",
            "\u5408\u8ba1",
            "\u0438\u0442\u043e\u0433\u043e",
        ),
    ]
)


def column_hints(
    frame: "pd.DataFrame", values: dict[str, np.ndarray], *, are_labeled: bool
) -> list[str]:
    """Return what is to be pointed out of features, a sentence for each kind.

    Parameters
    ----------
    frame : DataFrame
        The columns without those of labels.
    values : dict of str to ndarray
        The features that were made of them.
    are_labeled : bool
        Whether a column of labels is known, beside which no other is a truth.
    """
    owners = {name.partition("=")[0] for name in values} | set(values)
    kinds = zip(frame.columns, frame.dtypes, strict=True)
    names = {str(name): dtype.kind for name, dtype in kinds if name in owners}
    if len(values) < 2:
        return [*_on_sentinels(values)]
    truths = [name for name in names if is_called_truth(name)]
    return [
        *([] if are_labeled else _on_truths(frame, truths)),
        *_on_parts(frame, {name: kind for name, kind in names.items() if name not in truths}),
        *_on_identifiers(values),
        *_on_sentinels(values),
    ]


def sum_row(frame: "pd.DataFrame") -> list[str]:
    """Say so where the last row is called a sum, as no other is.

    Examples
    --------
    >>> import pandas as pd
    >>> sum_row(pd.DataFrame({"region": ["north", "south", "Total"], "sold": [1, 2, 3]}))
    ["The last row, 3, is called 'Total' in column 'region' and is learned from like any other; delete it \
if it sums the others up."]
    """
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if dtype.kind != "O" or len(frame) < 2:
            continue
        column = frame[name]
        last = column.iloc[-1]
        is_sum = isinstance(last, str) and last.strip(" :").lower() in _SUMS
        if is_sum and not (column.iloc[:-1] == last).any():
            return [
                f"The last row, {len(frame):,}, is called '{shortened(last)}' in column '{shortened(name)}' "
                "and is learned from like any other; delete it if it sums the others up."
            ]
    return []


def _on_truths(frame: "pd.DataFrame", names: Sequence[str]) -> list[str]:
    found = [name for name in names if has_few_values(frame[name])]
    if not found:
        return []
    column = shortened(found[0])
    return [
        f"{_are(found)} learned from like any other; if that is the truth to compare with, "
        f"give --label-column '{column}', or leave it out with --without '{column}'."
    ]


def _on_parts(frame: "pd.DataFrame", kinds: Mapping[str, str]) -> list[str]:
    may_be = [name for name, kind in kinds.items() if kind == "O" or _is_called_part(name)]
    found = [name for name in may_be if _says_parts(name, frame[name])]
    if not found:
        return []
    return [
        f"{_are(found)} learned from like any other; if that says which part of the data a row belongs to, "
        f"leave it out with --without '{shortened(found[0])}'."
    ]


def _says_parts(name: str, column: "pd.Series") -> bool:
    """Whether a column divides the rows, as train and test do, by its values or by its name."""
    if column.dtype.kind == "O":
        values = coded(column)
        if values.is_nested or not 2 <= len(values.values) <= _SHOWN:
            return False
        return all(isinstance(one, str) and part_called(one) for one in values.values)
    return column.dtype.kind in "iu" and _is_called_part(name) and has_few_values(column)


def _is_called_part(name: str) -> bool:
    return name.strip().lower() in _PART_NAMES


def _on_identifiers(values: dict[str, np.ndarray]) -> list[str]:
    whole = [name for name, column in values.items() if column.dtype.kind in "iu"]
    again = [name for name in whole if is_called_identifier(name)]
    codes = [name for name in whole if name not in again and _are_codes(values[name])]
    notes = []
    for found, why in (
        (again, "by the name identifiers, which come again"),
        (codes, "long whole numbers, another one in each row, as codes are"),
    ):
        if found:
            column = shortened(found[0])
            notes.append(
                f"{_are(found)} learned from as numbers: {why}; "
                f"--without '{column}' leaves such a column out."
            )
    return notes


def _are_codes(values: np.ndarray) -> bool:
    """Whether whole numbers are all different, of equally many digits, and in no order."""
    if len(values) < _FEWEST_ROWS:
        return False
    low, high = float(values.min()), float(values.max())
    if low < 10 ** (_LEAST_DIGITS - 1) or len(str(int(low))) != len(str(int(high))):
        return False
    if any(start <= low and high < end for start, end in _TIMES):
        return False
    is_rising = bool((values[1:] > values[:-1]).all() or (values[1:] < values[:-1]).all())
    return not is_rising and len(np.unique(values)) == len(values)


def _on_sentinels(values: dict[str, np.ndarray]) -> list[str]:
    """Point out values that may stand for a missing one, such as -999."""
    found: dict[str, str] = {}
    for name, column in values.items():
        if column.dtype != np.uint8 and len(column) >= _FEWEST_ROWS:
            said = [f"{value:.10g} in {count:,} rows" for value, count in _sentinels(column)]
            if said:
                found[name] = " and ".join(said)
    if not found:
        return []
    shown = ", ".join(f"'{shortened(name)}' ({what})" for name, what in [*found.items()][:_SHOWN])
    more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    return [
        f"Far from all their other values, and learned from as they stand: {shown}{more}. If that means that "
        "the number is missing, empty these cells and give --missing drop or --missing median."
    ]


def _sentinels(column: np.ndarray) -> list[tuple[float, int]]:
    """Values far outside that come again and look chosen, with how often they come."""
    finite, low, high = column, float(column.min()), float(column.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = column[np.isfinite(column)]
        if not len(finite):
            return []
        low, high = float(finite.min()), float(finite.max())
    chosen = {end for end in (low, high) if _looks_chosen(end)}
    if not chosen:
        return []
    others = finite[~np.isin(finite, [*chosen])]
    if len(others) < _FEWEST_OTHERS or len(np.unique(others)) < _FEWEST_OTHERS:
        return []
    low, high = float(others.min()), float(others.max())
    found = []
    for value in sorted(chosen):
        gap = max(low - value, value - high)
        count = int((finite == value).sum())
        is_nines = f"{abs(value):.10g}".replace(".", "").startswith("999")
        far = _FAR_FOR_NINES if is_nines else _FAR
        if gap >= far * (high - low) and count >= _OFTEN:
            found.append((value, count))
    return found


def _looks_chosen(value: float) -> bool:
    """Whether a value is one digit again and again, as 99, -777 and 99.99, or the end of what is stored."""
    if abs(value) >= _HUGE or value in _ENDS:
        return True
    digits = f"{abs(value):.10g}"
    is_same = len(digits) >= 2 and len(set(digits)) == 1
    return (is_same and digits.isdecimal()) or _NINES.fullmatch(digits) is not None


def _are(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"Column '{shortened(names[0])}' is"
    return f"Columns {listed(names)} are"
