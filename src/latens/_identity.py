"""Which sample is which: its row in the data, what it is called there, and whether a model has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from latens._text import shortened

__all__ = ["HELD_OUT", "PARTS", "TRAINED_ON", "Identity"]

Places = npt.NDArray[np.int64]

TRAINED_ON, HELD_OUT = 0, 1
# As tables and results.json have them, and as sentences do.
PARTS = ("train", "held-out")
_WORDS = ("trained on", "held out")
_LONGEST = 60


@dataclass(frozen=True, eq=False)
class Identity:
    """What samples are known by; a place is where a sample stands among them.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,) or None
        Row numbers in the data, from 0 as pandas counts, with gaps where samples were left out. None where
        they are not known, of a run of version 0.1: then a place is the number of a held-out sample.
    ids : sequence of str or None
        File names, or the cells of a column of names; "" for a sample without.
    part : ndarray of uint8 of shape (n,) or None
        `TRAINED_ON` or `HELD_OUT`; None where that is not known.
    id_name : str
        What the column of `ids` is called in tables: "file" or "id".

    Examples
    --------
    >>> identity = Identity(np.array([3, 7]), ("a.png", "b.png"), np.array([0, 1], np.uint8), "file")
    >>> identity.label(1), Identity(np.array([3, 7])).label(0)
    ('row 7 (b.png, held out)', 'row 3')
    >>> identity.columns([1])
    {'row': [7], 'file': ['b.png'], 'part': ['held-out']}
    """

    rows: Places | None
    ids: Sequence[str] | None = None
    part: npt.NDArray[np.uint8] | None = None
    id_name: str = "id"

    @property
    def row_name(self) -> str:
        """What the column of row numbers is called in tables."""
        return "row" if self.rows is not None else "held-out sample"

    def row(self, place: int) -> int:
        """Return the row number of a sample; of a run that does not know it, its place."""
        return place if self.rows is None else int(self.rows[place])

    def label(self, place: int) -> str:
        """Return what sentences call a sample, such as "row 1957 (customer-0042, held out)"."""
        name = "" if self.ids is None else shortened(self.ids[place], _LONGEST)
        words = "" if self.part is None else _WORDS[self.part[place]]
        more = ", ".join(one for one in (name, words) if one)
        return f"{self.row_name} {self.row(place)}{f' ({more})' if more else ''}"

    def columns(self, places: Sequence[int] | Places | None = None) -> dict[str, list[Any]]:
        """Return the columns that every table of samples begins with: "row", "file" or "id", and "part".

        Parameters
        ----------
        places : sequence of int or None, default=None
            The samples, in the order of the table. None: all.
        """
        if places is None:
            assert self.rows is not None, "a run that does not know its rows does not list all"
            places = np.arange(len(self.rows))
        chosen = np.asarray(places, dtype=np.int64)
        rows = chosen if self.rows is None else self.rows[chosen]
        columns: dict[str, list[Any]] = {self.row_name: rows.tolist()}
        if self.ids is not None:
            columns[self.id_name] = [self.ids[one] for one in chosen.tolist()]
        if self.part is not None:
            columns["part"] = [PARTS[one] for one in self.part[chosen].tolist()]
        return columns

    def place_of(self, row: int) -> int | None:
        """Return the place of a row number; None where the data have no such row, or left it out."""
        found = [] if self.rows is None else np.flatnonzero(self.rows == row).tolist()
        return found[0] if found else None

    def why_missing(self, row: int) -> str:
        """Return in a sentence why there is no sample in a row of the data."""
        last = 0 if self.rows is None else int(self.rows.max())
        if 0 <= row <= last:
            return f"Row {row} of the data was left out when they were read."
        return f"There is no row {row} in the data, which go from row 0 to {last}."

    def place_called(self, name: str) -> int | None:
        """Return the place of the sample of a name."""
        ids = self.ids or ()
        return list(ids).index(name) if name in ids else None

    @cached_property
    def trained_on(self) -> Places | None:
        """The places of the samples that were trained on, in their order; None where that is not known."""
        return None if self.part is None else np.flatnonzero(self.part == TRAINED_ON)

    @cached_property
    def held_out(self) -> Places | None:
        """The places of the held-out samples, in their order; None where a place is such a number itself."""
        return None if self.part is None else np.flatnonzero(self.part == HELD_OUT)

    def to_places(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the places of samples that are counted within the held-out part."""
        return numbers if self.held_out is None else self.held_out[numbers]

    def to_numbers(self, places: npt.NDArray[Any], part: int = HELD_OUT) -> npt.NDArray[Any]:
        """Return the numbers within a part of places of samples of that part."""
        known = self.held_out if part == HELD_OUT else self.trained_on
        return places if known is None else np.searchsorted(known, places)

    def without_part(self) -> "Identity":
        """Return the same where nobody knows what a model has seen."""
        return replace(self, part=None)
