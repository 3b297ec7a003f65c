"""The comparison of raw values, PCA, UMAP and models: tables, and a picture of each main metric."""

from collections.abc import Iterable

from latens.plots import comparison as dot_plot
from latens.reports.blocks import Block, Cell, Figure, Figures, Group, Heading, ReportTable, Section
from latens.reports.columns import MetricColumn, columns_of
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, duration, number
from latens.reports.formatting import spread as written_spread
from latens.reports.run_data import RunData
from latens.runs import RowSummary, summarize_rows

__all__ = ["comparison_section", "explanations"]

_PARTS = {"held-out": "Held-out samples", "train": "Samples trained on"}
_PICTURED = (
    "psnr",
    "cell_error",
    "mean_squared_error",
    "adjusted_rand_score",
    "trustworthiness",
    "silhouette_raw",
)


def comparison_section(run: RunData) -> Section:
    """Build the section that compares all representations."""
    by_part = {part: _in_order(run, part) for part in _PARTS}
    if not any(by_part.values()):
        missing = ("This run has no scores yet. Finish it with --resume.",)
        return Section("comparison", "Comparison", missing=missing)
    seeds = len({row.seed for row in run.results.rows})
    lead = (
        "Is the neural code any better than what is simpler? Every row is scored on the same samples, "
        f"with the same number of clusters{_clusters_of_classes(run)}. The best value of a column is "
        "bold and underlined."
    )
    tables: list[Block] = [_table(run, part, rows, seeds) for part, rows in by_part.items() if rows]
    data = {
        "standings": [_plain(one) for rows in by_part.values() for one in rows],
        "not_measured": [one.model_dump() for one in run.results.not_measured],
    }
    blocks = (tables[0], *_pictures(by_part["held-out"], run), *tables[1:])
    return Section("comparison", "Comparison", lead, blocks, data=data)


def _in_order(run: RunData, part: str) -> tuple[RowSummary, ...]:
    """The rows of one part of the data, baselines first."""
    found = {one.representation: one for one in summarize_rows(run.results.rows, part)}
    return tuple(found[name] for name in run.representations if name in found)


def _plain(row: RowSummary) -> dict[str, object]:
    """A row for programs, every metric with its mean, its spread and its number of seeds."""
    metrics = {
        name: {"mean": row.mean(name), "sd": row.spread(name), "seeds": len(values)}
        for name, values in row.values.items()
    }
    facts = {name: value for name, value in vars(row).items() if name != "values"}
    return facts | {"metrics": metrics}


def _clusters_of_classes(run: RunData) -> str:
    """Where agreement with labels is that of another number of clusters."""
    chosen = run.results.clusters
    if chosen is None or chosen.n_classes in (None, chosen.k):
        return ""
    return f" ({chosen.k}; agreement with labels is scored with {chosen.n_classes}, one for each class)"


def _table(run: RunData, part: str, rows: tuple[RowSummary, ...], seeds: int) -> ReportTable:
    columns = columns_of(name for row in rows for name in row.values)
    how = "one seed"
    if seeds > 1:
        own = ", each with a held-out part of its own" if run.data.own_parts else ""
        how = f"mean ± standard deviation over {seeds} seeds{own}"
    headings = [
        Heading("Representation"),
        Heading("Dimensions", "latent dimensions", number=True),
    ]
    headings += [Heading(one.label, one.title, one.better, number=True) for one in columns]
    headings += [Heading("Time to fit", number=True)]
    return ReportTable(
        caption=f"{_PARTS[part]}, {how}",
        headings=tuple(headings),
        groups=_groups(columns),
        rows=(
            *(_row(row, columns, rows) for row in rows),
            *_not_measured(run, len(headings) - 1),
        ),
    )


def _groups(columns: tuple[MetricColumn, ...]) -> tuple[Group, ...]:
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
    row: RowSummary, columns: tuple[MetricColumn, ...], rows: tuple[RowSummary, ...]
) -> tuple[Cell, ...]:
    parameters = f"{count(row.parameters)} parameters" if row.parameters else ""
    return (
        Cell(row.label, title=parameters),
        Cell(count(row.numbers), number=True),
        *(_value(row, one, rows) for one in columns),
        Cell(duration(row.seconds) if row.seconds is not None else MISSING, number=True),
    )


def _value(row: RowSummary, metric: MetricColumn, rows: tuple[RowSummary, ...]) -> Cell:
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


def _why_missing(row: RowSummary, metric: MetricColumn) -> str:
    if metric.name.endswith("accuracy") and row.part == "train":
        return "only measured on held-out samples"
    if metric.name == "trustworthiness" and row.kind == "raw":
        return "the raw values are their own neighbors"
    if not metric.needs_labels and "silhouette" not in metric.name:
        return (
            f"{row.label} does not reconstruct samples"
            if row.kind in ("raw", "umap")
            else "not measured"
        )
    return "not measured"


def _not_measured(run: RunData, span: int) -> Iterable[tuple[Cell, ...]]:
    for one in run.results.not_measured:
        reason = f"not measured: {one.reason or 'no reason given'}"
        yield Cell(one.label), Cell(reason, span=span)


def _pictures(rows: tuple[RowSummary, ...], run: RunData) -> tuple[Block, ...]:
    """At most three pictures: one metric each of reconstruction, labels and neighborhood."""
    measured = {name for row in rows for name in row.values}
    columns = {one.name: one for one in columns_of(measured)}
    wanted = [columns[name] for name in _PICTURED if name in columns]
    if any(one.name in ("psnr", "cell_error") for one in wanted):
        wanted = [one for one in wanted if one.name != "mean_squared_error"]
    figures = tuple(_picture(rows, one) for one in wanted[:4])
    several = any(len(values) > 1 for row in rows for values in row.values.values())
    bars = "; a bar is one standard deviation, a tick is a seed" if several else ", one seed"
    return (Figures(figures, f"Held-out samples{bars}."),) if figures else ()


def _picture(rows: tuple[RowSummary, ...], metric: MetricColumn) -> Figure:
    values = {row.label: row.values.get(metric.name, ()) for row in rows}
    picture = dot_plot(
        values, label=metric.label, better=metric.better or None, limits=metric.range
    )
    words = ", ".join(f"{one.representation} {one.mean:.3g}" for one in picture.frame.itertuples())
    alt = f"{metric.label} of every representation on held-out samples: {words}."
    svg = inline_svg(picture, f"comparison-{metric.name}", alt)
    return Figure(svg, "", width=480, least_width=300)


def explanations(run: RunData) -> tuple[MetricColumn, ...]:
    """Return the metrics of the tables that need explaining."""
    return columns_of(name for row in run.results.rows for name in row.measured)
