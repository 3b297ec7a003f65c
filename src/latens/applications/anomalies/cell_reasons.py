"""Why a row of a mixed table is anomalous, in the words of its columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from latens._column_blocks import ColumnBlock
from latens.applications.anomalies.level_pairs import LevelPairs
from latens.applications.anomalies.mixed_columns import is_gap, is_unseen
from latens.applications.anomalies.reasons import LEAST_SHARE, MOST_REASONS, USUAL
from latens.data.table_encoding.columns import DateColumn, NumberColumn, OrdinalColumn
from latens.data.table_encoding.encoder import TableEncoder

__all__ = ["CellReasons"]

# A level in fewer rows is rare by itself, and a pair that is so much rarer than expected is worth a word.
_RARE_LEVEL, _SURPRISING = 0.02, np.log(2.5)
# The usual values of fewer rows are a matter of chance; and of so few rows a count is plainer than a share.
_FEWEST, _COUNTED = 10, 10


@dataclass(frozen=True, eq=False)
class CellReasons:
    """Names the columns that make a row anomalous, each with its value and how usual that is.

    Where a value is usual by itself and not beside that of another column, this is said.

    Attributes
    ----------
    encoder : TableEncoder
    features : ndarray of shape (n_samples, n_features)
        Of the samples learned from, in the user's units.
    pairs : LevelPairs or None
    """

    encoder: TableEncoder
    features: np.ndarray
    pairs: LevelPairs | None

    def words(self, row: np.ndarray, shares: np.ndarray) -> str:
        """Return the reasons for one row of features, of what `explain` gives for them, the largest first."""
        blocks = self.encoder.blocks_
        of_columns = np.array([shares[block.features].sum() for block in blocks])
        largest = np.argsort(-of_columns, kind="stable")[:MOST_REASONS]
        chosen = [at for at in largest if of_columns[at] >= LEAST_SHARE] or largest[:1]
        levels = None if self.pairs is None else self.pairs.places(row[None])[0]
        return "; ".join(
            f"{self._cell(blocks[at], row, levels)}, {100 * of_columns[at]:.0f} %" for at in chosen
        )

    def _cell(self, block: ColumnBlock, row: np.ndarray, levels: np.ndarray | None) -> str:
        """A cell of a row, and how usual it is."""
        if is_gap(row[None], block)[0]:
            share = is_gap(self.features, block).mean()
            return f"{block.name} is missing (as in {_percent(share)} of rows)"
        if is_unseen(row[None], block)[0]:
            return f"{block.name} = a level never seen"
        beside = "" if levels is None else self._beside(block, row, levels)
        usual = self._usual_level(block, row) if block.kind != "number" else self._usual(block)
        return f"{block.name} = {self._texts[block.name](row)} ({usual}{beside})"

    def _usual_level(self, block: ColumnBlock, row: np.ndarray) -> str:
        return f"{_percent(self._same_level(block, row, self._known(block)).mean())} of rows"

    def _usual(self, block: ColumnBlock, rows: np.ndarray | None = None) -> str:
        """The middle 90 % of the numbers of a column, in all rows or in some."""
        known = self._known(block) if rows is None else rows
        low, high = self._quantiles(block, known)
        return f"usually {low}" if low == high else f"usually {low} to {high}"

    def _quantiles(self, block: ColumnBlock, known: np.ndarray) -> tuple[str, str]:
        low, high = np.quantile(known[:, block.start], USUAL)
        return self._number(block, low), self._number(block, high)

    def _beside(self, block: ColumnBlock, row: np.ndarray, levels: np.ndarray) -> str:
        """What is unusual about a usual cell: beside which other cell it is rare."""
        pairs = self.pairs
        if pairs is None or block not in pairs.columns:
            return ""
        at = pairs.columns.index(block)
        surprise = pairs.surprise[levels[at], levels]
        partner = int(surprise.argmax())
        known = self._known(block)
        if surprise[partner] < _SURPRISING or not self._is_usual(block, row, known):
            return ""
        other = pairs.columns[partner]
        alike = known[pairs.places(known)[:, partner] == levels[partner]]
        where = f"with {self._level(other, row, levels[partner])}"
        if block.kind != "number":
            return self._share_among(block, row, alike, where)
        value, few = row[block.start], alike[:, block.start]
        if len(few) < _FEWEST or np.quantile(few, USUAL[0]) <= value <= np.quantile(few, USUAL[1]):
            return ""
        low, high = self._quantiles(block, alike)
        return f", but {low if low == high else f'{low} to {high}'} {where}"

    def _share_among(
        self, block: ColumnBlock, row: np.ndarray, alike: np.ndarray, where: str
    ) -> str:
        n = int(self._same_level(block, row, alike).sum())
        if n < _COUNTED:
            return f", but {n} of {len(alike):,} {where}"
        return f", but {_percent(n / len(alike))} of those {where}"

    def _is_usual(self, block: ColumnBlock, row: np.ndarray, known: np.ndarray) -> bool:
        if block.kind != "number":
            return bool(self._same_level(block, row, known).mean() >= _RARE_LEVEL)
        low, high = np.quantile(known[:, block.start], USUAL)
        return bool(low <= row[block.start] <= high)

    def _level(self, block: ColumnBlock, row: np.ndarray, level: int) -> str:
        """A level of a row in words: a value, or between which numbers one lies."""
        if block.kind != "number":
            return f"{block.name} = {self._texts[block.name](row)}"
        assert self.pairs is not None
        at = self.pairs.columns.index(block)
        place = level - int(self.pairs.starts[at])
        values = self._known(block)[:, block.start].astype(np.float64)
        edges = np.array([values.min(), *self.pairs.edges[at], values.max()])
        low, high = edges[place], edges[place + 1]
        inside = values[(values <= high) & ((values > low) | (place == 0))]
        ends = inside if len(inside) else edges[place : place + 2]
        low_text, high_text = (self._number(block, end) for end in (ends.min(), ends.max()))
        if low_text == high_text:
            return f"{block.name} = {low_text}"
        if place == 0:
            return f"{block.name} up to {high_text}"
        if place == len(edges) - 2:
            return f"{block.name} from {low_text} on"
        return f"{block.name} of {low_text} to {high_text}"

    def _number(self, block: ColumnBlock, value: float) -> str:
        features = np.zeros(self.features.shape[1])
        features[block.start] = value
        return self._texts[block.name](features)

    def _known(self, block: ColumnBlock) -> np.ndarray:
        """The samples learned from that have a value in a column; all, where none has."""
        gaps = is_gap(self.features, block)
        return self.features if gaps.all() or not gaps.any() else self.features[~gaps]

    @staticmethod
    def _same_level(block: ColumnBlock, row: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Which rows have the level of a row."""
        places = slice(block.start, block.stop)
        if block.kind == "truth":
            return np.asarray((rows[:, block.start] > 0.5) == (row[block.start] > 0.5))
        return np.asarray(rows[:, places].argmax(axis=1) == row[places].argmax())

    @cached_property
    def _texts(self) -> Mapping[str, Callable[[np.ndarray], str]]:
        """How the cells of each column are written."""
        columns: dict[str, Any] = {column.name: column for column in self.encoder.columns_}
        return {block.name: _writer(columns[block.name], block) for block in self.encoder.blocks_}


def _writer(column: Any, block: ColumnBlock) -> Callable[[np.ndarray], str]:
    """What writes the cell of a column from a row of features."""
    if block.kind == "truth":
        return lambda row: "yes" if row[block.start] > 0.5 else "no"
    if block.kind == "category":
        names = [name.removeprefix(f"{column.name}=") for name in column.feature_names]
        return lambda row: names[int(row[block.start : block.stop].argmax())]
    if isinstance(column, DateColumn):
        unit = "D" if column.step % 86_400 == 0 else "m" if column.step % 60 == 0 else "s"
        return lambda row: _moment(float(row[block.start]), unit)
    if isinstance(column, OrdinalColumn):
        last = len(column.levels) - 1
        return lambda row: str(column.levels[int(np.clip(np.round(row[block.start]), 0, last))])
    decimals = column.decimals if isinstance(column, NumberColumn) else None
    return lambda row: _number(float(row[block.start]), decimals)


def _moment(days: float, unit: str) -> str:
    seconds = np.datetime64(round(days * 86_400), "s")
    return str(seconds.astype(f"datetime64[{unit}]")).replace("T", " ")


def _number(value: float, decimals: int | None) -> str:
    """A number with no more digits than its column has, and than anybody reads."""
    if decimals is None:
        return f"{value:.4g}"
    rounded = round(value, decimals)
    return f"{rounded:.10g}" if abs(rounded) < 1e10 else f"{rounded:.4g}"


def _percent(share: float) -> str:
    if share == 0:
        return "0 %"
    if share < 0.01:
        return f"{100 * share:.1g} %"
    return f"{100 * share:.0f} %"
