"""histories.json: every epoch of every training."""

import math
from typing import Annotated

from pydantic import Field

from latens.runs.records import Count, Many, Name, Record, Text

__all__ = ["EpochRecord", "Histories", "HistoryRecord"]

_MOST_VALUES = 200

Values = Annotated[dict[Text, float | None], Field(max_length=_MOST_VALUES)]


class EpochRecord(Record):
    """One pass over the training samples, as `latens.training.Epoch`; None where a value is not finite."""

    number: Count
    loss: float | None
    validation_loss: float | None = None
    learning_rate: float | None = None
    seconds: float | None = None
    terms: Values = {}
    errors: Values = {}
    is_settled: bool = True

    @property
    def monitored(self) -> float:
        """The loss that decides which weights are kept; infinite where it is not finite."""
        value = self.loss if self.validation_loss is None else self.validation_loss
        return value if value is not None and math.isfinite(value) else math.inf


class HistoryRecord(Record):
    """One training, as `latens.training.History`."""

    stopped: Text = ""
    notes: Many[Text] = []
    precision: Text = ""
    precision_reason: Text = ""
    epochs: Many[EpochRecord] = []

    @property
    def best(self) -> EpochRecord:
        """The epoch whose weights were kept; there must be one."""
        settled = [epoch for epoch in self.epochs if epoch.is_settled]
        return min(settled or self.epochs[-1:], key=lambda epoch: epoch.monitored)


class Histories(Record):
    """histories.json, under a key of its own: from a model and a seed to its training."""

    models: dict[Name, dict[Text, HistoryRecord]] = {}
