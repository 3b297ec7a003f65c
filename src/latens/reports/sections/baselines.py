"""The section on what a code is worth in components of PCA."""

import math

import numpy as np

from latens.plots import explained_variance
from latens.reports.blocks import Block, Cell, Figure, Heading, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count
from latens.reports.run_data import RunData
from latens.runs import array_names

__all__ = ["baselines_section"]

_LEAD = (
    "PCA is the best that straight lines can do, and it costs a second. How many of its dimensions keep as "
    "much of the held-out samples as a model keeps with its own? If hardly more, PCA is enough. Variance is "
    "kept where the squared error is small: it says nothing about clusters or neighbors."
)


def baselines_section(run: RunData) -> Section:
    """Build the section with the variance that PCA of every size keeps, and the models beside it."""
    title = "PCA of every size"
    variance = run.results.variance
    shares = [] if variance is None else [one for one in variance.shares if one is not None]
    if variance is None or variance.total is None or not shares:
        missing = ("This run does not say how much of the variance PCA keeps.",)
        return Section("baselines", title, missing=missing)
    models = _models(run, variance.total)
    picture = explained_variance(
        shares,
        {run.label(name): value for name, value in models.items()},
    )
    frame = picture.frame
    curve, rows = (
        frame[frame["representation"] == "PCA"],
        frame.iloc[len(shares) :],
    )
    words = [
        f"{row.representation} keeps {row.share:.1%} with {row.numbers} dimensions"
        for row in rows.itertuples()
    ]
    last = curve.iloc[-1]
    alt = f"PCA keeps {last.share:.1%} with {int(last.numbers)} dimensions. {'. '.join(words)}."
    caption = (
        "Share of the variance of the held-out samples that is kept; the line is PCA, fitted on training "
        "samples. A dotted line leads from a model to the PCA that keeps as much."
    )
    figure = Figure(inline_svg(picture, "variance", alt), caption, width=720, least_width=420)
    blocks: list[Block] = [figure]
    if len(rows):
        blocks.append(_table(rows, len(shares)))
    data = {"variance": variance.total, "kept": frame.to_dict("records")}
    return Section("baselines", title, _LEAD, tuple(blocks), data=data)


def _models(run: RunData, total: float) -> dict[str, tuple[int, float]]:
    """From every model to its numbers and the share that it keeps."""
    numbers = {row.representation: row.numbers for row in run.results.rows}
    models = {}
    for name in run.models:
        errors = run.arrays.get(array_names.errors(name), ndim=1)
        if errors is not None and name in numbers and total > 0:
            share = 1 - float(errors.mean(dtype=np.float64)) / total
            if math.isfinite(share):
                models[name] = numbers[name], share
    return models


def _table(rows: "object", most: int) -> ReportTable:
    headings = (
        Heading("Model"),
        Heading("Dimensions", "latent dimensions", number=True),
        Heading("Variance kept", "of held-out samples; 100% is all", "higher", number=True),
        Heading("PCA needs", "dimensions to keep as much", number=True),
    )
    cells = tuple(
        (
            Cell(row.representation),
            Cell(count(row.numbers), number=True),
            Cell(f"{row.share:.1%}".replace("-", "−"), number=True),
            Cell(_needed(row.components, most), number=True),
        )
        for row in rows.itertuples()  # type: ignore[attr-defined]
    )
    return ReportTable("What PCA needs to keep as much", headings, cells)


def _needed(components: float, most: int) -> str:
    if np.isnan(components):
        return f"more than {most}" if most else MISSING
    return count(components)
