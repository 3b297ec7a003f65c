"""The section on what each representation takes to be alike."""

import numpy as np
import numpy.typing as npt

from latens.plots import Picture, neighbors
from latens.reports.blocks import Block, Cell, Figure, Fold, Heading, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import count, number, plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import display_range, reduced
from latens.runs import array_names

__all__ = ["similar_section"]

Array = npt.NDArray[np.generic]

# Raw values, PCA and the first model; more would make each image too small.
_MOST, _SIDE = 3, 48
_COLUMNS, _TABLES = 8, 3
# A run has six, with seven neighbors each.
_MOST_QUERIES, _MOST_NEAR = 12, 16
_LEAD = (
    "A few held-out samples, not chosen, and the held-out samples closest to them: by the raw values, by PCA "
    "and by the codes. A good code finds what is alike in kind and not in every pixel."
)


def similar_section(run: RunData) -> Section:
    """Build the section of nearest neighbors."""
    found = _read(run)
    if not found:
        missing = ("This run holds no nearest neighbors.",)
        return Section("similar", "Similar samples", missing=missing)
    rows = {name: one for name, (one, _) in found.items()}
    data = {
        "neighbours": {name: one.tolist() for name, one in rows.items()},
        "first": "each list starts with the sample itself",
    }
    if run.is_images:
        blocks: tuple[Block, ...] = (_figure(run, found),)
    else:
        blocks = tuple(_tables(run, found))
    return Section("similar", "Similar samples", _lead(run), blocks, data=data)


def _lead(run: RunData) -> str:
    return _LEAD if run.is_images else _LEAD.replace("every pixel", "every value")


def _read(run: RunData) -> dict[str, tuple[Array, Array]]:
    """From representations to row numbers and samples, all of one shape."""
    wanted = [*run.representations[:2], *run.models[:1]]
    found: dict[str, tuple[Array, Array]] = {}
    for name in dict.fromkeys(wanted):
        rows = run.arrays.rows(array_names.neighbors(name), ndim=2)
        samples = run.arrays.get(array_names.similar(name), ndim=len(run.sample_shape) + 2)
        if rows is None or samples is None or samples.shape[:2] != rows.shape:
            continue
        rows, samples = rows[:_MOST_QUERIES, :_MOST_NEAR], samples[:_MOST_QUERIES, :_MOST_NEAR]
        if all(rows.shape == others.shape for others, _ in found.values()):
            found[name] = rows, samples
    return dict(list(found.items())[:_MOST])


def _figure(run: RunData, found: dict[str, tuple[Array, Array]]) -> Figure:
    side = min(_SIDE, run.resolution.image_side)
    limits = display_range(next(iter(found.values()))[1], run.data.data_range)
    tiles = {}
    for name, (_, samples) in found.items():
        q, k = samples.shape[:2]
        small = reduced(samples.reshape(q * k, *samples.shape[2:]), side)
        tiles[run.label(name)] = small.reshape(q, k, *small.shape[1:])
    rows = {run.label(name): one for name, (one, _) in found.items()}
    queries, columns = next(iter(rows.values())).shape
    titles = _titles(run, next(iter(rows.values()))[:, 0])
    picture: Picture = neighbors(tiles, limits=limits, rows=rows, titles=titles)
    alt = (
        f"{plural(queries, 'held-out image')}, each with its {columns - 1} nearest neighbors by "
        f"{', '.join(tiles)}."
    )
    caption = (
        "Each panel: a held-out image, and behind the gap its nearest neighbors among the held-out images, "
        "the nearest first."
    )
    width = round(100 * picture.figure.get_figwidth())
    svg = inline_svg(picture, "similar-samples", alt)
    return Figure(svg, caption, width, min(width, 680))


def _titles(run: RunData, rows: Array) -> list[str]:
    y = run.arrays.classes("test")
    titles = []
    for row in rows.astype(int).tolist():
        label = run.class_name(int(y[row])) if y is not None and row < len(y) else ""
        titles.append(f"row {row}, {label}" if label else f"row {row}")
    return titles


def _tables(run: RunData, found: dict[str, tuple[Array, Array]]) -> list[Block]:
    """A table for each of the first samples, all but the first folded."""
    queries = len(next(iter(found.values()))[0])
    blocks: list[Block] = []
    for at in range(min(queries, _TABLES)):
        table = _table(run, found, at)
        blocks.append(Fold(table.caption, (table,)) if blocks else table)
    return blocks


def _table(run: RunData, found: dict[str, tuple[Array, Array]], at: int) -> ReportTable:
    features = next(iter(found.values()))[1].shape[-1]
    given = run.data.feature_names
    names = [str(one) for one in given or ()] or [f"column {one + 1}" for one in range(features)]
    shown = names[:_COLUMNS]
    first = int(next(iter(found.values()))[0][at, 0])
    cells = [
        (
            Cell("the sample itself" if not rank else f"{rank}, by {run.label(name)}"),
            Cell(count(int(rows[at, rank])), number=True),
            *(Cell(number(float(value)), number=True) for value in samples[at, rank][:_COLUMNS]),
        )
        for place, (name, (rows, samples)) in enumerate(found.items())
        for rank in range(0 if place == 0 else 1, min(4, rows.shape[1]))
    ]
    headings = (
        Heading("Neighbor"),
        Heading("Held-out row", number=True),
        *(Heading(name, number=True) for name in shown),
    )
    note = f"The first {len(shown)} of {features} columns." if len(shown) < features else ""
    return ReportTable(
        f"Held-out row {first} and what is closest", headings, tuple(cells), note=note
    )
