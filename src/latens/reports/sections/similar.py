"""The section on what each representation takes to be alike."""

import numpy as np
import numpy.typing as npt

from latens.plots import Picture, neighbors
from latens.reports.blocks import Block, Cell, Figure, Fold, Heading, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import capitalized, number, plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import display_range, reduced
from latens.reports.user_rows import UserRows, user_rows
from latens.runs import array_names

__all__ = ["similar_section"]

Array = npt.NDArray[np.int64]
# From a representation to the places of samples and of their neighbors, and the samples.
Found = dict[str, tuple[Array, npt.NDArray[np.generic]]]

# Raw values, PCA and the first model; more would make each image too small.
_MOST, _SIDE = 3, 48
_COLUMNS, _TABLES = 8, 3
# A run has six, with seven neighbors each.
_MOST_QUERIES, _MOST_NEAR = 12, 16
_WHICH = "Which samples these are"
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
    known = run.arrays.identity
    data = {
        "neighbours": {name: _rows(run, places).tolist() for name, (places, _) in found.items()},
        "numbers": known.row_name,
        "first": "each list starts with the sample itself",
    }
    if run.is_images:
        blocks: tuple[Block, ...] = (_figure(run, found), Fold(_WHICH, (_key(run, found),)))
    else:
        blocks = tuple(_tables(run, found))
    return Section("similar", "Similar samples", _lead(run), blocks, data=data)


def _lead(run: RunData) -> str:
    return _LEAD if run.is_images else _LEAD.replace("every pixel", "every value")


def _read(run: RunData) -> Found:
    """From representations to places among all samples and the samples, all of one shape."""
    wanted = [*run.representations[:2], *run.models[:1]]
    found: Found = {}
    for name in dict.fromkeys(wanted):
        rows = run.arrays.samples(array_names.neighbors(name), ndim=2)
        samples = run.arrays.get(array_names.similar(name), ndim=len(run.sample_shape) + 2)
        if rows is None or samples is None or samples.shape[:2] != rows.shape:
            continue
        rows, samples = rows[:_MOST_QUERIES, :_MOST_NEAR], samples[:_MOST_QUERIES, :_MOST_NEAR]
        if all(rows.shape == others.shape for others, _ in found.values()):
            found[name] = rows, samples
    return dict(list(found.items())[:_MOST])


def _figure(run: RunData, found: Found) -> Figure:
    side = min(_SIDE, run.resolution.image_side)
    limits = display_range(next(iter(found.values()))[1], run.data.data_range)
    tiles = {}
    for name, (_, samples) in found.items():
        q, k = samples.shape[:2]
        small = reduced(samples.reshape(q * k, *samples.shape[2:]), side)
        tiles[run.label(name)] = small.reshape(q, k, *small.shape[1:])
    rows = {run.label(name): _rows(run, places) for name, (places, _) in found.items()}
    queries, columns = next(iter(rows.values())).shape
    titles = _titles(run, next(iter(found.values()))[0][:, 0])
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


def _rows(run: RunData, places: Array) -> Array:
    """The row numbers of samples."""
    known = run.arrays.identity.rows
    return places if known is None else known[places]


def _titles(run: RunData, places: Array) -> list[str]:
    labels, known = run.arrays.classes_of(places), run.arrays.identity
    titles = []
    for at, place in enumerate(places.tolist()):
        title = f"{known.row_name} {known.row(int(place))}"
        titles.append(title if labels is None else f"{title}, {run.class_name(int(labels[at]))}")
    return titles


def _key(run: RunData, found: Found) -> ReportTable:
    """Which samples the pictures are of, in their order."""
    known = run.arrays.identity
    queries = len(next(iter(found.values()))[0])
    cells = [
        (
            Cell(known.label(int(places[at, 0]))),
            Cell(run.label(name)),
            Cell("; ".join(known.label(int(one)) for one in places[at, 1:]), long=True),
        )
        for at in range(queries)
        for name, (places, _) in found.items()
    ]
    headings = (Heading("Sample"), Heading("By"), Heading("Its neighbors, the nearest first"))
    return ReportTable(_WHICH, headings, tuple(cells))


def _values(sample: Array, rows: UserRows | None) -> list[Cell]:
    """The values of a sample: of the user's columns where these are mixed, else of the features."""
    if rows is None:
        return [Cell(number(float(value)), number=True) for value in sample]
    return [Cell(text, number=True) for text in rows.texts(sample[None])[0]]


def _tables(run: RunData, found: Found) -> list[Block]:
    """A table for each of the first samples, all but the first folded."""
    queries = len(next(iter(found.values()))[0])
    blocks: list[Block] = []
    for at in range(min(queries, _TABLES)):
        table = _table(run, found, at)
        blocks.append(Fold(table.caption, (table,)) if blocks else table)
    return blocks


def _table(run: RunData, found: Found, at: int) -> ReportTable:
    features = next(iter(found.values()))[1].shape[-1]
    given = run.data.feature_names
    rows_of_user = user_rows(run)
    names = [str(one) for one in given or ()] or [f"column {one}" for one in range(features)]
    if rows_of_user is not None:
        names, features = rows_of_user.names, len(rows_of_user.names)
    shown = names[:_COLUMNS]
    known = run.arrays.identity
    first = known.label(int(next(iter(found.values()))[0][at, 0]))
    cells = [
        (
            Cell("the sample itself" if not rank else f"{rank}, by {run.label(name)}"),
            Cell(str(known.row(int(rows[at, rank]))), number=True),
            *([] if known.ids is None else [Cell(known.ids[int(rows[at, rank])])]),
            *_values(samples[at, rank], rows_of_user)[:_COLUMNS],
        )
        for place, (name, (rows, samples)) in enumerate(found.items())
        for rank in range(0 if place == 0 else 1, min(4, rows.shape[1]))
    ]
    headings = (
        Heading("Neighbor"),
        Heading(capitalized(known.row_name), "counted from 0, as in the data", number=True),
        *([] if known.ids is None else [Heading(capitalized(known.id_name))]),
        *(Heading(name, number=True) for name in shown),
    )
    note = f"The first {len(shown)} of {features} columns." if len(shown) < features else ""
    return ReportTable(
        f"{capitalized(first)} and what is closest", headings, tuple(cells), note=note
    )
