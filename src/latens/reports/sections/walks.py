"""The section on walks through the codes."""

import numpy as np
import numpy.typing as npt

from latens.plots import Picture, interpolations, traversals
from latens.reports.blocks import Block, Figure, Fold, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import reduced
from latens.runs import array_names

__all__ = ["walks_section"]

_LEAD = (
    "What the numbers of a code mean can be seen by changing one of them, and whether there is anything "
    "between two samples by going from one code to the other."
)
_BYTES = (0.0, 255.0)
_SIDE = 48
# A run has ten numbers and six pairs, in nine steps.
_MOST_ROWS, _MOST_STEPS = 20, 20
# Sixty-four greys look like all of them and take half of the bytes.
_STEP = 4


def walks_section(run: RunData) -> Section | None:
    """Build the section of decoded walks, folded for all models but the first; None for tables."""
    if not run.is_images:
        return None
    blocks: list[Block] = []
    data: dict[str, object] = {}
    missing: list[str] = []
    for place, model in enumerate(run.models):
        figures = _figures(run, model, place, data)
        if not figures:
            missing.append(f"This run holds no walks through the codes of {run.label(model)}.")
        elif not blocks:
            blocks += figures
        else:
            blocks.append(Fold(f"Walks through the codes of {run.label(model)}", figures))
    lead = _LEAD if blocks else ""
    return Section("walks", "Walks through the codes", lead, tuple(blocks), tuple(missing), data)


def _figures(
    run: RunData,
    model: str,
    place: int,
    data: dict[str, object],
) -> tuple[Figure, ...]:
    ndim = len(run.sample_shape) + 2
    along = run.arrays.get(array_names.traversals(model), ndim=ndim)
    between = run.arrays.get(array_names.interpolations(model), ndim=ndim)
    label, side = run.label(model), min(_SIDE, run.resolution.image_side)
    figures = []
    if along is not None:
        which = run.arrays.numbers(array_names.traversed(model), rows=len(along))
        along = along[:_MOST_ROWS, :_MOST_STEPS]
        numbers = None if which is None else which[: len(along)].tolist()
        picture = traversals(_smaller(along, side), limits=_BYTES, numbers=numbers)
        data[model] = {"traversals": picture.frame.to_dict("records")}
        alt = f"{plural(len(along), 'row')} of images decoded by {label}, each for one dimension of the code."
        caption = (
            f"{label}: the code of the most central sample, with one number at a time going from its "
            "smallest to its largest usual value; the dimensions count from 0. A row that does not change is "
            "a number without use."
        )
        figures.append(_figure(picture, f"traversals-{place}", alt, caption))
    if between is not None:
        between = between[:_MOST_ROWS, :_MOST_STEPS]
        picture = interpolations(_smaller(between, side), limits=_BYTES)
        alt = f"{plural(len(between), 'row')} of images decoded by {label} between two held-out images."
        caption = (
            f"{label}: held-out images at both ends of a row, what the model makes of them beside them, and "
            "what it decodes in equal steps between their codes."
        )
        figures.append(_figure(picture, f"interpolations-{place}", alt, caption))
    return tuple(figures)


def _smaller(images: npt.NDArray[np.generic], side: int) -> npt.NDArray[np.generic]:
    n, steps = images.shape[:2]
    pixels = np.asarray(images, dtype=np.float32).reshape(n * steps, *images.shape[2:])
    smaller: npt.NDArray[np.generic] = reduced(pixels, side).astype(np.uint8) // _STEP * _STEP
    return smaller.reshape(n, steps, *smaller.shape[1:])


def _figure(picture: Picture, name: str, alt: str, caption: str) -> Figure:
    width = round(100 * picture.figure.get_figwidth())
    svg = inline_svg(picture, name, alt)
    return Figure(svg, caption, width=width, least_width=min(width, 640))
