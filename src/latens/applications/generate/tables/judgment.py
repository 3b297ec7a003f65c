"""Synthetic rows of a table, judged: how like real rows they are, and how near to those learned from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from latens._seeds import derive
from latens._text import shortened
from latens.applications.generate.tables.mixed import as_mixed_tables
from latens.applications.generate.tables.privacy import CAUTION, Privacy, privacy_of
from latens.applications.generate.tables.quality import (
    Quality,
    columns_to_predict,
    quality_of,
)
from latens.applications.wording import percent
from latens.data import TableEncoder
from latens.exceptions import DataError, ParameterError
from latens.metrics import MixedTable
from latens.runs import Table

__all__ = ["TableJudgment", "judge_tables"]

# Rows of each table that are compared: figures to about a percentage point, in seconds.
_MOST_ROWS, _FEWEST_ROWS = 4_000, 20
_WORST = 5
_REAL = "real training rows"


@dataclass(frozen=True, eq=False)
class TableJudgment:
    """What sets of synthetic rows are worth, beside what real rows would be.

    Attributes
    ----------
    columns : tuple of str
        What figures of columns are of.
    real : Quality
        Of the training rows themselves: what a perfect synthesizer would reach.
    quality : dict of str to Quality
        Of each set.
    privacy : dict of str to Privacy
        Of each set.
    n_numbers : int
        How many of the first columns are numbers; the others are levels.
    n_rows : int
        Held-out rows that were compared with.
    """

    columns: tuple[str, ...]
    real: Quality
    quality: dict[str, Quality]
    privacy: dict[str, Privacy]
    n_numbers: int
    n_rows: int

    @property
    def sentence(self) -> str:
        """What is to be said of the first set."""
        name, quality = next(iter(self.quality.items()))
        privacy = self.privacy[name]
        near, attack = privacy.nearness, privacy.attack
        others = [other for other in self.quality if other != name]
        beside = "".join(
            f", {other} to {percent(self.quality[other].mean_shape)}" for other in others[:1]
        )
        trend, real_trend = quality.mean_trend, self.real.mean_trend
        related = (
            ""
            if trend is None or real_trend is None
            else f", and related as there to {percent(trend)} ({percent(real_trend)})"
        )
        return (
            f"Columns are distributed as in real rows to {percent(quality.mean_shape)} (real rows themselves "
            f"to {percent(self.real.mean_shape)}{beside}){related}. A classifier tells them from real rows "
            f"with an AUC of {quality.detection:.2f}, where 0.50 is best. {percent(near.share_nearer)} of "
            "them are nearer to a training row than to a held-out one, where 50 % is right, and an attack "
            f"tells training rows from others with an AUC of {attack.auc:.2f} ({attack.low:.2f} to "
            f"{attack.high:.2f}). {CAUTION}"
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the judgment as the report shows it."""
        return (self._quality(), self._differences(), self._privacy())

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        quality = {_REAL: self.real, **self.quality}
        return {
            "quality": {name: self._figures(one) for name, one in quality.items()},
            "privacy": {name: asdict(one) for name, one in self.privacy.items()},
            "n_rows": self.n_rows,
        }

    def _figures(self, quality: Quality) -> dict[str, Any]:
        return {
            "column_shapes": quality.mean_shape,
            "pair_trends": quality.mean_trend,
            "detection_auc": quality.detection,
            "utility": quality.mean_utility,
            "shapes": dict(zip(self.columns, quality.shapes.tolist(), strict=True)),
        }

    def _quality(self) -> Table:
        rows = [
            (name, one.mean_shape, one.mean_trend, one.detection, one.mean_utility)
            for name, one in [(_REAL, self.real), *self.quality.items()]
        ]
        predicted = ", ".join(self._named(place) for place in self.real.utility)
        note = (
            f"Beside {self.n_rows:,} held-out rows. Shapes: 1 - the statistic of Kolmogorov and Smirnov of "
            "numbers, 1 - the total variation distance of levels. Pairs: 1 - half the difference of "
            "correlations, 1 - the total variation distance of pairs of levels; both as sdmetrics has them, "
            "with gaps as a level. Told apart: the cross-validated AUC of a classifier (boosted histograms), "
            "0.5 is best. Useful: how well held-out real rows are predicted by a model of these rows"
            + (f" (mean of {predicted}; AUC of levels, R2 of numbers)." if predicted else ".")
        )
        return Table(
            "How like real rows",
            ("rows", "shapes", "pairs", "told apart", "useful"),
            tuple(rows),
            note,
        )

    def _differences(self) -> Table:
        """The columns and the pairs that differ most, and each predicted column."""
        quality = next(iter(self.quality.values()))
        rows: list[tuple[str, str, float, float]] = []
        for place in np.argsort(quality.shapes, kind="stable")[:_WORST]:
            own, real = float(quality.shapes[place]), float(self.real.shapes[place])
            rows.append((self._named(int(place)), "shape", own, real))
        pairs = [
            (first, second)
            for first, second in zip(*np.triu_indices(len(self.columns), 1), strict=True)
            if not np.isnan(quality.trends[first, second])
        ]
        for pair in sorted(pairs, key=lambda pair: float(quality.trends[pair]))[:_WORST]:
            what = " and ".join(self._named(int(place)) for place in pair)
            rows.append((what, "pair", float(quality.trends[pair]), float(self.real.trends[pair])))
        for place, score in quality.utility.items():
            what = "predicted, R2" if place < self.n_numbers else "predicted, AUC"
            rows.append((self._named(place), what, score, self.real.utility[place]))
        cells = tuple((*row[:2], *(None if np.isnan(x) else x for x in row[2:])) for row in rows)
        return Table("What differs most", ("column", "figure", "new rows", "real rows"), cells)

    def _privacy(self) -> Table:
        headings = ("rows", "nearer", "protection", "copies", "attack AUC", "low", "high")
        rows = tuple(
            (
                name,
                one.nearness.share_nearer,
                one.nearness.protection,
                one.nearness.share_copied,
                one.attack.auc,
                one.attack.low,
                one.attack.high,
            )
            for name, one in self.privacy.items()
        )
        held_out = next(iter(self.privacy.values())).nearness.share_copied_held_out
        note = (
            "Nearer: the share of new rows that are nearer to a training row than to one of as many held-out "
            "rows; 0.5 is right. Protection: min(2 (1 - nearer), 1). Copies: equal to a training row; of "
            f"held-out rows {percent(held_out)} are. The attack holds how near a row is to new rows against "
            f"how near it is to other real ones; 0.5 finds nobody. {CAUTION}"
        )
        return Table("How near to the rows learned from", headings, rows, note)

    def _named(self, place: int) -> str:
        return shortened(self.columns[place])


def judge_tables(
    encoder: TableEncoder,
    train: Any,
    held_out: Any,
    synthetic: Mapping[str, Any],
    *,
    target: str | None = None,
    random_state: int = 0,
) -> TableJudgment:
    """Judge sets of synthetic rows.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted on the training rows; what each column is.
    train, held_out : DataFrame or Arrow table
        The real rows that were learned from, and others, at least 20 each.
    synthetic : mapping of str to DataFrame or Arrow table
        At least 20 rows each. At most 4,000 of each table are compared.
    target : str or None, default=None
        The column whose prediction says what rows are useful for. None: up to six columns.
    random_state : int in [0, inf), default=0

    Raises
    ------
    DataError
        If there are too few rows.
    ParameterError
        If there is no such column.
    """
    tables, names = as_mixed_tables(encoder, [train, held_out, *synthetic.values()])
    for name, one in zip(["train", "held_out", *synthetic], tables, strict=True):
        if len(one) < _FEWEST_ROWS:
            raise DataError(
                f"Rows are judged from {_FEWEST_ROWS} on. There are {len(one)} in '{shortened(name)}'."
            )
    if target is not None and target not in names:
        raise ParameterError(f"There is no column '{shortened(target)}' that is learned from.")
    seed = int(random_state)
    real, other, *new = [_some(one, derive(seed, at)) for at, one in enumerate(tables)]
    predicted = columns_to_predict(real, None if target is None else names.index(target))
    sets = dict(zip(synthetic, new, strict=True))
    # What real rows do not tell either is asked of no other.
    of_real = quality_of(real, other, predicted, seed)
    told = {place: score for place, score in of_real.utility.items() if not np.isnan(score)}
    return TableJudgment(
        names,
        replace(of_real, utility=told),
        {name: quality_of(one, other, list(told), seed) for name, one in sets.items()},
        {name: privacy_of(real, other, one, seed) for name, one in sets.items()},
        real.numbers.shape[1],
        len(other),
    )


def _some(table: MixedTable, seed: int) -> MixedTable:
    rows = np.random.default_rng(seed).permutation(len(table))[:_MOST_ROWS]
    return table.take(rows)
