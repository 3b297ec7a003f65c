"""The section on the codes themselves."""

import numpy as np
import numpy.typing as npt

from latens.metrics import CodeDistribution, describe_codes
from latens.plots import code_histograms, code_tiles
from latens.plots.code_tiles import is_square
from latens.reports.blocks import Block, Figure, Fold, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import count
from latens.reports.run_data import RunData
from latens.reports.sections.distributions import distribution_data, distributions_table
from latens.reports.thumbnails import display_range, reduced, spread_out
from latens.runs import array_names

__all__ = ["codes_section"]

_LEAD = (
    "The outline of each latent dimension shows which values it takes: a dimension "
    "that hardly varies carries nothing, and two humps split the samples in two. The line is N(0, 1), from "
    "which variational, Wasserstein and adversarial kinds draw new samples: a "
    "good distribution fills it without gaps."
)

# Figures of more models than this are folded.
_OPEN = 3
_TILES, _SIDE = 12, 64


def codes_section(run: RunData) -> Section:
    """Build the section with the distribution of every number of every model's codes."""
    figures: dict[str, Figure] = {}
    distributions: dict[str, CodeDistribution] = {}
    data: dict[str, object] = {}
    missing: list[str] = []
    for place, model in enumerate(run.models):
        label = run.label(model)
        draws = run.arrays.get(array_names.draws(model), ndim=2)
        codes = run.arrays.get(array_names.codes(model), ndim=2) if draws is None else draws
        if codes is None:
            missing.append(f"This run holds no codes of {label} yet.")
            continue
        what = "codes" if draws is None else "draws of the codes"
        figures[label], numbers = _figure(codes, label, what, place)
        facts: dict[str, object] = {"numbers": numbers}
        if len(codes) > 1 and np.isfinite(codes).all():
            distributions[label] = describe_codes(codes)
            facts["distribution"] = distribution_data(distributions[label])
        data[model] = facts
    blocks: list[Block] = [*list(figures.values())[:_OPEN]]
    if distributions:
        blocks.append(distributions_table(distributions))
    blocks += [tiles for model in run.models if (tiles := _tiles(run, model)) is not None]
    others = list(figures.items())[_OPEN:]
    blocks += [Fold(f"The codes of {label}", (figure,)) for label, figure in others]
    return Section("codes", "Codes", _LEAD if blocks else "", tuple(blocks), tuple(missing), data)


def _tiles(run: RunData, model: str) -> Figure | None:
    """Held-out images over their codes; None where a code is no square."""
    codes = run.arrays.get(array_names.codes(model), ndim=2)
    rows, images = (
        run.arrays.samples(array_names.EXAMPLE_ROWS),
        run.arrays.get(array_names.originals()),
    )
    if not run.is_images or codes is None or rows is None or images is None:
        return None
    places = run.arrays.among_scored(rows, len(codes))
    if places is None or len(images) != len(places) or not is_square(codes.shape[1]):
        return None
    shown = spread_out(len(places), _TILES)
    limits = display_range(images, run.data.data_range)
    picture = code_tiles(reduced(images[shown], _SIDE), codes[places[shown]], limits=limits)
    label = run.label(model)
    caption = f"{label}: held-out images over their codes; white is 0."
    return Figure(inline_svg(picture, f"code-tiles-{model}", caption), caption, least_width=680)


def _figure(
    codes: npt.NDArray[np.generic], label: str, what: str, place: int
) -> tuple[Figure, list[dict[str, object]]]:
    picture = code_histograms(codes, prior=True)
    used = int(picture.frame["used"].sum())
    shown, numbers = len(picture.frame), codes.shape[1]
    first = f" (the first {shown} of {numbers})" if shown < numbers else ""
    alt = f"Distribution of the dimensions of the code of {label}{first}; {used} of {shown} vary."
    caption = f"{label}: {what} of {count(len(codes))} held-out samples, {numbers} dimensions each{first}."
    svg = inline_svg(picture, f"codes-{place}", alt)
    width = round(100 * picture.figure.get_figwidth())
    figure = Figure(svg, caption, width=width, least_width=min(width, 480))
    return figure, picture.frame.to_dict("records")
