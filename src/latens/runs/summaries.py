"""Rows of the comparison over their seeds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

from latens.runs.results import ResultRow

__all__ = ["RowSummary", "labels_of", "mean_and_spread", "summarize_rows"]


@dataclass(frozen=True)
class RowSummary:
    """One representation on one part of the data, over all its seeds.

    Attributes
    ----------
    representation, label, kind, part : str
    numbers : int
        Dimensions of the code.
    values : mapping of str to tuple of float
        From a metric to its value for each seed that has one.
    seconds : float or None
        To fit, mean over the seeds.
    parameters : int or None
    """

    representation: str
    label: str
    kind: str
    part: str
    numbers: int
    values: Mapping[str, tuple[float, ...]]
    seconds: float | None
    parameters: int | None

    def mean(self, metric: str) -> float | None:
        """Return the mean over the seeds; None if no seed has a value."""
        return mean_and_spread(self.values.get(metric, ()))[0]

    def spread(self, metric: str) -> float | None:
        """Return the standard deviation over the seeds; None for fewer than two."""
        return mean_and_spread(self.values.get(metric, ()))[1]


def summarize_rows(rows: Iterable[ResultRow], part: str) -> tuple[RowSummary, ...]:
    """Gather the rows of one part of the data by representation, in their order."""
    rows = list(rows)
    labels = labels_of(rows)
    gathered: dict[str, list[ResultRow]] = {}
    for row in rows:
        if row.part == part:
            gathered.setdefault(row.representation, []).append(row)
    return tuple(_summary(labels[name], some) for name, some in gathered.items())


def _summary(label: str, rows: list[ResultRow]) -> RowSummary:
    first = rows[0]
    values: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.measured.items():
            values.setdefault(name, []).append(value)
    seconds = mean_and_spread([row.seconds for row in rows if row.seconds is not None])[0]
    return RowSummary(
        first.representation,
        label,
        first.kind,
        first.part,
        first.numbers,
        {name: tuple(some) for name, some in values.items()},
        seconds,
        first.parameters,
    )


def labels_of(rows: Iterable[ResultRow]) -> dict[str, str]:
    """Return what people call each representation; with its size where two would have one name."""
    known = {row.representation: row for row in rows}
    times = Counter(row.label for row in known.values())
    return {
        name: row.label if times[row.label] == 1 else f"{row.label}, {row.numbers} dimensions"
        for name, row in known.items()
    }


def mean_and_spread(values: Iterable[float]) -> tuple[float | None, float | None]:
    """Return the mean and the standard deviation (n - 1) of some values; None where there are too few."""
    values = list(values)
    return fmean(values) if values else None, stdev(values) if len(values) > 1 else None
