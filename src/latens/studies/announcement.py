"""What a run is about to do, and how long it takes, told before it starts."""

from collections.abc import Iterator
from dataclasses import dataclass

from latens._durations import format_duration
from latens.models.base import Cost
from latens.studies.budget import Budget
from latens.studies.preparation import Prepared

__all__ = ["Announcement"]


@dataclass(frozen=True)
class Announcement:
    """What a run is about to do, told before it starts.

    Attributes
    ----------
    data : Prepared
    costs : dict of str to Cost
        Of every model that is to be trained, for one seed.
    seeds : int
    seconds : float
        How long the trainings of all models and seeds will take together, measured on a few batches.
    budget : Budget or None
        The time of the whole run, where it has any.
    seconds_after : float
        How long what follows the trainings takes, by a rough estimate; 0 without a budget.
    """

    data: Prepared
    costs: dict[str, Cost]
    seeds: int
    seconds: float
    budget: Budget | None = None
    seconds_after: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it is until the run is done; None where that was not estimated."""
        if self.budget is None:
            return None
        return min(self.budget.left(), self.seconds + self.seconds_after)

    def lines(self) -> Iterator[str]:
        """Yield what people are told, line by line."""
        yield from self._of_data()
        for name, cost in self.costs.items():
            plan = cost.plan
            epochs = "" if plan.max_epochs is None else f"up to {plan.max_epochs} epochs on "
            yield f"{name}: {plan.parameters:,} parameters, {epochs}{plan.device}"
            if plan.bfloat16:
                yield f"  in bfloat16, as {plan.precision_reason}"
        if self.costs:
            seeds = "" if self.seeds == 1 else f" for {self.seeds} seeds"
            yield f"training will take about {format_duration(self.seconds)}{seeds}"
        else:
            yield "every model is trained already"
        if self.budget is not None:
            yield from self._of_time(self.budget)

    def _of_data(self) -> Iterator[str]:
        train, test = self.data.train, self.data.test
        shape = "x".join(str(side) for side in train.X.shape[1:])
        what = f"images of {shape}" if self.data.is_images else f"rows of {shape} columns"
        yield f"{train.name}: {len(train):,} {what} to learn from, {len(test):,} held out"
        if train.read_as:
            yield f"  read as: {train.read_as}"
        yield from (f"  note: {note}" for note in train.notes)
        of_test = (note for note in test.notes if note not in train.notes)
        yield from (f"  note: of the held-out part: {note}" for note in of_test)

    def _of_time(self, budget: Budget) -> Iterator[str]:
        for cheap in budget.cheap:
            yield f"  to save time: {cheap.step} {cheap.text}"
        whole = format_duration(budget.spent() + (self.seconds_left or 0.0))
        others = "" if budget.is_limit else " (or: --time-limit '10 min', --preset best)"
        yield f"the whole run will take about {whole}{others}"
