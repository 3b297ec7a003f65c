"""The section on the data: how many samples of each class there are, and what they look like."""

import numpy as np

from latens.plots import class_frequencies, class_samples
from latens.reports.blocks import Block, Figure, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import reduced
from latens.runs import array_names

__all__ = ["classes_section"]

_LEAD = (
    "The labels that came with the data. They score what is found, and had no say in finding it."
)
_TAUGHT = "The labels that came with the data. They score what is found; {} learned from them, too."
# With images larger than this, fewer stand side by side.
_SMALL, _MANY, _FEW = 40, 16, 8
# So many are drawn.
_MOST_CLASSES = 20


def classes_section(run: RunData) -> Section | None:
    """Build the section of the classes; None for data without labels."""
    known = {}
    for name, part in (("samples to learn from", "train"), ("held-out samples", "test")):
        labels = run.arrays.classes(part)
        if labels is not None and np.any(labels >= 0):
            known[name] = labels[labels >= 0]
    if not known:
        return None
    picture = class_frequencies(known, names=run.class_names)
    classes = picture.frame["label"].nunique()
    alt = f"Samples in each of {plural(classes, 'class', 'classes')}: " + ", ".join(
        f"{row.name} {row.count}" for row in picture.frame.itertuples(index=False)
    )
    svg = inline_svg(picture, "class-frequencies", alt[:2_000])
    caption = "Samples of each class."
    blocks: list[Block] = [Figure(svg, caption, width=720, least_width=420)]
    samples = _samples(run)
    if samples is not None:
        blocks.append(samples)
    data = {"classes": picture.frame.to_dict("records")}
    lead = _TAUGHT.format(", ".join(run.supervised)) if run.supervised else _LEAD
    return Section("classes", "Classes", lead, tuple(blocks), data=data)


def _samples(run: RunData) -> Figure | None:
    images = run.arrays.get(array_names.MAP_IMAGES, ndim=len(run.sample_shape) + 1)
    samples = run.arrays.on_map()
    labels = None if samples is None else run.arrays.classes_of(samples)
    if not run.is_images or images is None or labels is None or len(images) < len(labels):
        return None
    known = np.flatnonzero(labels >= 0)
    columns = _MANY if max(images.shape[1:3]) <= _SMALL else _FEW
    found, counts = np.unique(labels[known], return_counts=True)
    largest = found[np.argsort(-counts, kind="stable")[:_MOST_CLASSES]]
    # The first of each class are enough; all of them would be many megabytes as floats.
    first = np.sort(np.concatenate([known[labels[known] == one][:columns] for one in largest]))
    picture = class_samples(
        reduced(images[first], run.resolution.image_side),
        labels[first],
        limits=(0.0, 255.0),
        names=run.class_names,
        columns=columns,
    )
    alt = f"Up to {columns} held-out images of every class."
    return Figure(
        inline_svg(picture, "class-samples", alt), f"{alt} They were not chosen.", least_width=680
    )
