"""The section that shows samples above their reconstructions, and the strip at the head of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens.plots import reconstructions
from latens.reports.blocks import Cell, Figure, Heading, Image, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import as_pixels, display_range, reduced, spread_out, strip
from latens.reports.user_rows import UserRows, user_rows
from latens.runs import array_names

__all__ = ["Hero", "examples_section", "hero"]

Samples = npt.NDArray[np.generic]

_SHOWN, _CLASSES, _HERO, _HERO_COLUMNS = 12, 10, 9, 3
# Columns of a row that are shown.
_COLUMNS = 40
_ORIGINAL = "original"
_ROWS_LEAD = (
    "A row is squeezed into a code and reconstructed from the code alone. Cells that come back as they were "
    "are bold; numbers have as many decimals as their column, and of levels the most probable one is shown."
)
_THIRDS = ("reconstructed best", "in the middle", "reconstructed worst")


@dataclass(frozen=True)
class Hero:
    """What is at the head: originals, and what the first model makes of them, each with a caption."""

    original: Image
    reconstructed: Image
    original_caption: str
    reconstructed_caption: str


def examples_section(run: RunData) -> Section:
    """Build the section of originals and reconstructions."""
    originals, reconstructed = _read(run)
    if originals is None or not reconstructed:
        missing = ("This run holds no reconstructed examples yet.",)
        return Section("reconstructions", "Reconstructions", missing=missing)
    shown = _some_of_each_third(len(originals))
    rows = user_rows(run)
    if rows is not None:
        some = {name: one[shown] for name, one in reconstructed.items()}
        return _of_rows(rows, originals[shown], some)
    limits = None
    if run.is_images:
        limits = display_range(originals, run.data.data_range)
        originals = reduced(originals[shown], run.resolution.image_side)
        reconstructed = {
            name: reduced(one[shown], run.resolution.image_side)
            for name, one in reconstructed.items()
        }
    else:
        originals, reconstructed = (
            originals[shown],
            {name: one[shown] for name, one in reconstructed.items()},
        )
    picture = reconstructions(
        originals,
        reconstructed,
        groups=_thirds(len(shown)),
        limits=limits,
        feature_names=run.data.feature_names,
        difference=_difference(run, reconstructed),
    )
    what = "images" if run.is_images else "samples"
    names = ", ".join(reconstructed)
    alt = f"{len(shown)} held-out {what} and how {names} reconstruct them, sorted by error."
    caption = (
        f"Held-out {what} and what is left of them after the code, in order of the reconstruction "
        f"error: the {what} that are reconstructed best, some of middling error, and the worst of all."
    )
    if run.is_images:
        caption += " In the errors, blue is too dark and orange too bright."
    lead = (
        "A sample is squeezed into a code and reconstructed from the code alone. What is missing from the "
        "reconstructed sample was not in the code."
    )
    figures = (
        Figure(inline_svg(picture, "examples", alt), caption, least_width=680),
        *_one_of_each_class(run),
    )
    return Section("reconstructions", "Reconstructions", lead, figures, data=_data(picture.frame))


def _of_rows(rows: UserRows, originals: Samples, reconstructed: Mapping[str, Samples]) -> Section:
    """The section of a table of mixed columns: rows beside their reconstructions, cell by cell."""
    texts = {
        name: rows.texts(samples)
        for name, samples in {_ORIGINAL: originals, **reconstructed}.items()
    }
    thirds = _thirds(len(originals))
    # One of each third: best, in the middle, worst.
    first = {third: place for place, third in reversed([*enumerate(thirds)])}
    tables = tuple(
        _of_row(rows.names, texts, first[third], third) for third in dict.fromkeys(thirds)
    )
    return Section("reconstructions", "Reconstructions", _ROWS_LEAD, tables)


def _of_row(
    names: Sequence[str], texts: Mapping[str, list[list[str]]], place: int, title: str
) -> ReportTable:
    headings = (Heading("Column"), *(Heading(name) for name in texts))
    given = texts[_ORIGINAL][place]
    cells = tuple(
        (
            Cell(name),
            *(
                Cell(of_all[place][at], best=of_all[place][at] == given[at])
                for of_all in texts.values()
            ),
        )
        for at, name in enumerate(names[:_COLUMNS])
    )
    return ReportTable(f"A held-out row, {title}", headings, cells)


def _one_of_each_class(run: RunData) -> tuple[Figure, ...]:
    """The first held-out image of every class over its reconstructions; none for tables.

    A label is looked up by the place of its image, so that the two cannot come from different orders.
    """
    originals, reconstructed = _read(run, "class_examples")
    samples = run.arrays.samples(array_names.CLASS_ROWS)
    labels = None if samples is None else run.arrays.classes_of(samples)
    if not run.is_images or originals is None or not reconstructed or labels is None:
        return ()
    if len(labels) != len(originals):
        return ()
    limits = display_range(originals, run.data.data_range)
    shown = slice(_CLASSES)
    words = [run.class_name(int(label)) for label in labels[shown]]
    picture = reconstructions(
        reduced(originals[shown], run.resolution.image_side),
        {
            name: reduced(one[shown], run.resolution.image_side)
            for name, one in reconstructed.items()
        },
        groups=words,
        limits=limits,
    )
    alt = f"One held-out image of each class and how {', '.join(reconstructed)} reconstruct it: "
    caption = "The first held-out image of every class, and what is left of it after the code."
    svg = inline_svg(picture, "class-examples", alt + ", ".join(words))
    return (Figure(svg, caption, least_width=680),)


def _difference(run: RunData, reconstructed: dict[str, Samples]) -> str | None:
    """The first model that reconstructs images, whose errors are shown."""
    labels = [run.label(model) for model in run.models]
    return next((one for one in labels if one in reconstructed and run.is_images), None)


def _data(frame: "object") -> dict[str, object]:
    return {"errors": frame.to_dict("records")}  # type: ignore[attr-defined]


def hero(run: RunData) -> Hero | None:
    """Build the strip at the head; None for tables and for runs without examples."""
    originals, reconstructed = _read(run)
    sizes = {run.label(row.representation): row.numbers for row in run.results.rows}
    models = [
        label for label in map(run.label, run.models) if label in reconstructed.keys() & sizes
    ]
    if not run.is_images or originals is None or not models:
        return None
    limits = display_range(originals, run.data.data_range)
    shown = spread_out(len(originals), _HERO)

    def strip_of(images: Samples, alt: str) -> Image:
        return strip(
            as_pixels(reduced(images[shown], run.resolution.image_side), limits),
            alt,
            per_row=_HERO_COLUMNS,
        )

    return Hero(
        strip_of(originals, f"{len(shown)} original images that were held out"),
        strip_of(reconstructed[models[0]], f"the same images, reconstructed by {models[0]}"),
        "Held-out images",
        f"Reconstructed from {plural(sizes[models[0]], 'dimension')} each",
    )


def _read(run: RunData, which: str = "examples") -> tuple[Samples | None, dict[str, Samples]]:
    """Originals, and reconstructions by label, of the same shape."""
    originals = run.arrays.get(array_names.originals(which), ndim=len(run.sample_shape) + 1)
    if originals is None:
        return None, {}
    reconstructed = {}
    for name in run.representations:
        examples = run.arrays.get(array_names.examples(name, which))
        if examples is not None and examples.shape == originals.shape:
            reconstructed[run.label(name)] = examples
    return originals, reconstructed


def _some_of_each_third(n: int) -> Sequence[int]:
    """Rows of the best, the middle and the worst third; all of them if they are few."""
    if n <= _SHOWN:
        return range(n)
    third, wanted = n // 3, _SHOWN // 3
    return [start + at for start in (0, third, n - third) for at in spread_out(third, wanted)]


def _thirds(n: int) -> list[str]:
    if n < len(_THIRDS):
        return [""] * n
    return [_THIRDS[min(2, 3 * at // n)] for at in range(n)]
