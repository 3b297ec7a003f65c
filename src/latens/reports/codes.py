"""The section on the codes themselves."""

from latens.plots import code_histograms
from latens.reports.arrays import Arrays
from latens.reports.blocks import Block, Figure, Section
from latens.reports.content import Content
from latens.reports.figures import inline_svg
from latens.reports.formatting import count

__all__ = ["codes_section"]

_LEAD = (
    "A code is a handful of numbers per sample. The outline of each shows which values it takes: a number "
    "that hardly varies carries nothing, and two humps split the samples in two."
)


def codes_section(content: Content, arrays: Arrays) -> Section:
    """Build the section with the distribution of every number of every model's codes."""
    blocks: list[Block] = []
    data: dict[str, object] = {}
    missing: list[str] = []
    for place, model in enumerate(content.models):
        codes = arrays.get(f"codes_{model}_test", ndim=2)
        label = content.label(model)
        if codes is None:
            missing.append(f"This run holds no codes of {label} yet.")
            continue
        picture = code_histograms(codes)
        used = int(picture.frame["used"].sum())
        shown, numbers = len(picture.frame), codes.shape[1]
        first = f" (the first {shown} of {numbers})" if shown < numbers else ""
        alt = f"Distribution of the numbers of the code of {label}{first}; {used} of {shown} vary."
        caption = f"{label}: {count(len(codes))} held-out samples, {numbers} numbers each{first}."
        svg = inline_svg(picture, f"codes-{place}", alt)
        width = round(100 * picture.figure.get_figwidth())
        blocks.append(Figure(svg, caption, width=width, least_width=min(width, 480)))
        data[model] = picture.frame.to_dict("records")
    return Section("codes", "Codes", _LEAD if blocks else "", tuple(blocks), tuple(missing), data)
