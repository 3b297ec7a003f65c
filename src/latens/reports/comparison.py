"""The comparison of raw values, PCA, UMAP and models: tables, and a picture of each main metric."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from latens.plots import comparison as dot_plot
from latens.reports.blocks import Block, Cell, Figure, Figures, Group, Heading, Section, Table
from latens.reports.columns import Column, columns_of
from latens.reports.content import Content, Row
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, duration, number
from latens.reports.formatting import spread as written_spread

__all__ = ["Standing", "comparison_section", "explanations", "standings"]

_PARTS = {"held-out": "Held-out samples", "train": "Samples trained on"}
_PICTURED = (
    "psnr",
    "mean_squared_error",
    "adjusted_rand_score",
    "trustworthiness",
    "silhouette_raw",
)


@dataclass(frozen=True)
class Standing:
    """One representation on one part of the data, over all its seeds.

    Attributes
    ----------
    representation, label, kind, part : str
    numbers : int
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
        values = self.values.get(metric)
        return fmean(values) if values else None

    def spread(self, metric: str) -> float | None:
        """Return the standard deviation over the seeds; None for fewer than two."""
        values = self.values.get(metric, ())
        return stdev(values) if len(values) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """Return plain data, every metric with its mean, its spread and its number of seeds."""
        return {
            "representation": self.representation,
            "label": self.label,
            "kind": self.kind,
            "part": self.part,
            "numbers": self.numbers,
            "seconds": self.seconds,
            "parameters": self.parameters,
            "metrics": {
                name: {"mean": self.mean(name), "sd": self.spread(name), "seeds": len(values)}
                for name, values in self.values.items()
            },
        }


def standings(content: Content, part: str) -> tuple[Standing, ...]:
    """Gather the rows of one part of the data by representation, in the order of the run."""
    gathered: dict[str, list[Row]] = {name: [] for name in content.representations}
    for row in content.rows:
        if row.part == part:
            gathered[row.representation].append(row)
    return tuple(_standing(content, rows) for rows in gathered.values() if rows)


def _standing(content: Content, rows: list[Row]) -> Standing:
    first = rows[0]
    names = dict.fromkeys(name for row in rows for name in row.metrics)
    seconds = [row.seconds for row in rows if row.seconds is not None]
    return Standing(
        representation=first.representation,
        label=content.label(first.representation),
        kind=first.kind,
        part=first.part,
        numbers=first.numbers,
        values={
            name: tuple(row.metrics[name] for row in rows if name in row.metrics) for name in names
        },
        seconds=fmean(seconds) if seconds else None,
        parameters=first.parameters,
    )


def comparison_section(content: Content) -> Section:
    """Build the section that compares all representations."""
    by_part = {part: standings(content, part) for part in _PARTS}
    if not any(by_part.values()):
        missing = ("This run has no scores yet. Finish it with --resume.",)
        return Section("comparison", "Comparison", missing=missing)
    seeds = len({row.seed for row in content.rows})
    lead = (
        "Is the neural code any better than what is simpler? Every row is scored on the same samples, "
        f"with the same number of clusters{_clusters_of_classes(content)}. The best value of a column is "
        "bold and underlined."
    )
    tables: list[Block] = [
        _table(content, part, rows, seeds) for part, rows in by_part.items() if rows
    ]
    data = {
        "standings": [one.to_json() for rows in by_part.values() for one in rows],
        "not_measured": [{"label": one.title, "reason": one.text} for one in content.not_measured],
    }
    blocks = (tables[0], *_pictures(by_part["held-out"], content), *tables[1:])
    return Section("comparison", "Comparison", lead, blocks, data=data)


def _clusters_of_classes(content: Content) -> str:
    """Where agreement with labels is that of another number of clusters."""
    sweep = content.sweep
    if sweep is None or sweep.n_classes in (None, sweep.k):
        return ""
    return (
        f" ({sweep.k}; agreement with labels is scored with {sweep.n_classes}, one for each class)"
    )


def _table(content: Content, part: str, rows: tuple[Standing, ...], seeds: int) -> Table:
    columns = columns_of(name for row in rows for name in row.values)
    how = "one seed"
    if seeds > 1:
        own = ", each with a held-out part of its own" if content.data.get("own_parts") else ""
        how = f"mean ± standard deviation over {seeds} seeds{own}"
    headings = [Heading("Representation"), Heading("Numbers", "numbers per sample", number=True)]
    headings += [Heading(one.label, one.title, one.better, number=True) for one in columns]
    headings += [Heading("Time to fit", number=True)]
    return Table(
        caption=f"{_PARTS[part]}, {how}",
        headings=tuple(headings),
        groups=_groups(columns),
        rows=(
            *(_row(row, columns, rows) for row in rows),
            *_not_measured(content, len(headings) - 1),
        ),
    )


def _groups(columns: tuple[Column, ...]) -> tuple[Group, ...]:
    scored = sum(one.needs_labels for one in columns)
    spans = [
        ("", 2),
        ("without labels", len(columns) - scored),
        ("scored with labels", scored),
        ("", 1),
    ]
    return tuple(Group(text, span) for text, span in spans if span)


# No winner among these: distances of different spaces do not compare.
_EACH_IN_ITS_OWN_SPACE = ("silhouette_score", "dunn_index")


def _row(
    row: Standing, columns: tuple[Column, ...], rows: tuple[Standing, ...]
) -> tuple[Cell, ...]:
    parameters = f"{count(row.parameters)} numbers learnt" if row.parameters else ""
    return (
        Cell(row.label, title=parameters),
        Cell(count(row.numbers), number=True),
        *(_value(row, one, rows) for one in columns),
        Cell(duration(row.seconds) if row.seconds is not None else MISSING, number=True),
    )


def _value(row: Standing, metric: Column, rows: tuple[Standing, ...]) -> Cell:
    mean, spread = row.mean(metric.name), row.spread(metric.name)
    if mean is None:
        return Cell(MISSING, title=_why_missing(row, metric), number=True)
    others = [value for one in rows if (value := one.mean(metric.name)) is not None]
    best = {"higher": max(others), "lower": min(others)}.get(metric.better)
    if metric.name in _EACH_IN_ITS_OWN_SPACE:
        best = None
    text = number(mean, metric.name)
    return Cell(
        text,
        detail=written_spread(spread, text) if spread is not None else "",
        title=f"over {len(row.values[metric.name])} seeds" if spread is not None else "one seed",
        # Equal digits are a tie, whatever comes after them.
        best=best is not None and len(others) > 1 and text == number(best, metric.name),
        number=True,
    )


def _why_missing(row: Standing, metric: Column) -> str:
    if metric.name.endswith("accuracy") and row.part == "train":
        return "only measured on held-out samples"
    if metric.name == "trustworthiness" and row.kind == "raw":
        return "the raw values are their own neighbours"
    if not metric.needs_labels and "silhouette" not in metric.name:
        return (
            f"{row.label} does not rebuild samples"
            if row.kind in ("raw", "umap")
            else "not measured"
        )
    return "not measured"


def _not_measured(content: Content, span: int) -> Iterable[tuple[Cell, ...]]:
    for one in content.not_measured:
        reason = f"not measured: {one.text or 'no reason given'}"
        yield Cell(one.title), Cell(reason, span=span)


def _pictures(rows: tuple[Standing, ...], content: Content) -> tuple[Block, ...]:
    """At most three pictures: one metric each of rebuilding, labels and neighbourhood."""
    measured = {name for row in rows for name in row.values}
    columns = {one.name: one for one in columns_of(measured)}
    wanted = [columns[name] for name in _PICTURED if name in columns]
    if any(one.name == "psnr" for one in wanted):
        wanted = [one for one in wanted if one.name != "mean_squared_error"]
    figures = tuple(_picture(rows, one) for one in wanted[:4])
    several = any(len(values) > 1 for row in rows for values in row.values.values())
    bars = "; a bar is one standard deviation, a tick is a seed" if several else ", one seed"
    return (Figures(figures, f"Held-out samples{bars}."),) if figures else ()


def _picture(rows: tuple[Standing, ...], metric: Column) -> Figure:
    values = {row.label: row.values.get(metric.name, ()) for row in rows}
    picture = dot_plot(
        values, label=metric.label, better=metric.better or None, limits=metric.range
    )
    words = ", ".join(f"{one.representation} {one.mean:.3g}" for one in picture.frame.itertuples())
    alt = f"{metric.label} of every representation on held-out samples: {words}."
    svg = inline_svg(picture, f"comparison-{metric.name}", alt)
    return Figure(svg, "", width=480, least_width=300)


def explanations(content: Content) -> tuple[Column, ...]:
    """Return the metrics of the tables that need explaining."""
    return columns_of(name for row in content.rows for name in row.metrics)
