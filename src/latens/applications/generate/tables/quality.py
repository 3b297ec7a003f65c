"""How like real rows synthetic ones are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latens.metrics import (
    MixedTable,
    column_shapes,
    detection_auc,
    pair_trends,
    utility,
)

__all__ = ["Quality", "columns_to_predict", "quality_of"]

# Columns that learners predict, for the time that takes; levels cost one model each.
_MOST_PREDICTED, _MOST_LEVELS = 6, 10


@dataclass(frozen=True, eq=False)
class Quality:
    """How like held-out real rows some rows are.

    Attributes
    ----------
    shapes : ndarray of shape (n_columns,)
        See `latens.metrics.column_shapes`.
    trends : ndarray of shape (n_columns, n_columns)
        See `latens.metrics.pair_trends`.
    detection : float
        See `latens.metrics.detection_auc`.
    utility : dict of int to float
        See `latens.metrics.utility`, by the places of the columns that were predicted.
    """

    shapes: np.ndarray
    trends: np.ndarray
    detection: float
    utility: dict[int, float]

    @property
    def mean_shape(self) -> float:
        """The mean over columns."""
        return float(self.shapes.mean())

    @property
    def mean_trend(self) -> float | None:
        """The mean over pairs of columns; None where there is no pair."""
        return None if np.isnan(self.trends).all() else float(np.nanmean(self.trends))

    @property
    def mean_utility(self) -> float | None:
        """The mean over columns; None where none was predicted."""
        # A model that explains less than the mean does is worth nothing, however wrong it is.
        known = [0.0 if np.isnan(score) else max(0.0, score) for score in self.utility.values()]
        return float(np.mean(known)) if known else None


def quality_of(
    rows: MixedTable, held_out: MixedTable, predicted: Sequence[int], seed: int
) -> Quality:
    """Compare rows with held-out real ones."""
    return Quality(
        column_shapes(held_out, rows),
        pair_trends(held_out, rows),
        detection_auc(held_out, rows, random_state=seed),
        {column: utility(rows, held_out, column, random_state=seed) for column in predicted},
    )


def columns_to_predict(real: MixedTable, target: int | None) -> list[int]:
    """Return the places of the columns that learners predict: the one asked for, or some of all."""
    if target is not None:
        return [target]
    n_numbers = real.numbers.shape[1]
    few = [
        place
        for place in range(real.n_columns)
        if place < n_numbers or len(np.unique(real.levels[:, place - n_numbers])) <= _MOST_LEVELS
    ]
    if real.n_columns < 2 or not few:
        return []
    chosen = np.linspace(0, len(few) - 1, min(_MOST_PREDICTED, len(few))).round().astype(int)
    return [few[place] for place in chosen]
