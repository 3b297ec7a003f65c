"""The section with new samples of every model."""

import numpy as np
import numpy.typing as npt

from latens.plots import generated
from latens.reports.blocks import Figure, Section
from latens.reports.figures import inline_svg
from latens.reports.run_data import RunData
from latens.reports.thumbnails import display_range, reduced
from latens.runs import array_names

__all__ = ["generated_section"]

# Images up to this side are as legible at a 24th of the page as they are in the file.
_SMALL, _MANY, _FEW = 40, 24, 12


def generated_section(run: RunData) -> Section | None:
    """Build the section of generated samples; None for tables, which have no pictures."""
    if not run.is_images:
        return None
    samples, missing = _read(run)
    if not samples:
        return Section("generated", "Generated samples", missing=missing)
    columns = _MANY if max(run.sample_shape[:2]) <= _SMALL else _FEW
    originals = run.arrays.get(array_names.originals(), ndim=len(run.sample_shape) + 1)
    reference = next(iter(samples.values())) if originals is None else originals
    limits = display_range(reference, run.data.data_range)
    shown = min(columns, *(len(one) for one in samples.values()))
    if originals is not None and len(originals) >= shown:
        samples = {"held-out": originals, **samples}
    tiles = {name: reduced(one[:shown], run.resolution.image_side) for name, one in samples.items()}
    picture = generated(tiles, limits=limits, columns=shown)
    alt = f"{shown} images for each of: {', '.join(tiles)}."
    caption = (
        "Held-out images first, then new ones that no sample stands behind. Look for images that could be "
        "real, and for variety: a model that always draws the same image has learned little."
    )
    lead = (
        "A code is drawn at random and decoded: from N(0, I) by variational, Wasserstein and adversarial "
        "kinds, from a mixture fitted on the training codes by the others. They were not chosen."
    )
    figure = Figure(inline_svg(picture, "generated-samples", alt), caption, least_width=680)
    data = {"shown": shown, "models": [name for name in tiles if name != "held-out"]}
    return Section("generated", "Generated samples", lead, (figure,), missing, data)


def _read(run: RunData) -> tuple[dict[str, npt.NDArray[np.generic]], tuple[str, ...]]:
    samples, missing = {}, []
    for model in run.models:
        images = run.arrays.get(array_names.generated(model), ndim=len(run.sample_shape) + 1)
        if images is not None and images.shape[1:] == run.sample_shape:
            samples[run.label(model)] = images
        else:
            missing.append(f"This run holds no new samples of {run.label(model)}.")
    return samples, tuple(missing)
