"""The section on what the layers of the encoders look for."""

from latens.plots import filters, patches
from latens.reports.blocks import Block, Figure, Figures, Fold, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import count
from latens.reports.run_data import RunData
from latens.reports.thumbnails import reduced
from latens.runs import PicturedLayer, array_names

__all__ = ["filters_section"]

_LEAD = (
    "What every layer of the encoder looks for: the filters of its first units, and the parts of held-out "
    "images that excite each of these units most, a row for each, all from different images. A unit that "
    "always finds the same thing is a detector of it; equal rows are units that repeat each other."
)
_BYTES = (0.0, 255.0)
# Sixty-four greys look like all of them and take half of the bytes.
_STEP = 4
_SHOWS = {
    "kernels": "blue is negative, white is zero, orange is positive",
    "weights": "the weight of every pixel: blue is negative, white is zero, orange is positive",
    "mean images": "the mean of the 24 images that excite it most",
}
_COLORED = {
    "kernels": "colors around grey, which is zero",
    "weights": "the weight of every pixel: colors around grey, which is zero",
}
_SIDE = 32
# A run has six layers with sixteen units each.
_MOST_LAYERS, _MOST_UNITS = 12, 32


def filters_section(run: RunData) -> Section | None:
    """Build the section of filters and patches, folded for all models but the first; None without."""
    blocks: list[Block] = []
    for place, (model, layers) in enumerate(run.results.layers.items()):
        drawn = [_layer(run, model, layer, place) for layer in layers[:_MOST_LAYERS]]
        shown = tuple(one for one in drawn if one is not None)
        if shown:
            label = run.label(model)
            blocks.append(Fold(f"Inside {label}", shown, is_open=not blocks))
    if not blocks:
        return None
    known = {
        model: [one.model_dump() for one in layers] for model, layers in run.results.layers.items()
    }
    data = {"layers": known}
    return Section("inside", "Inside the network", _LEAD, tuple(blocks), data=data)


def _layer(
    run: RunData,
    model: str,
    layer: PicturedLayer,
    place: int,
) -> Figures | None:
    weights = run.arrays.get(array_names.filters(model, layer.name))
    excerpts = run.arrays.get(
        array_names.patches(model, layer.name), ndim=len(run.sample_shape) + 2
    )
    if weights is None or excerpts is None or weights.ndim not in (3, 4):
        return None
    weights, excerpts = weights[:_MOST_UNITS], excerpts[:_MOST_UNITS, :_MOST_UNITS]
    name, side = f"{place}-{layer.name}", min(_SIDE, run.resolution.image_side)
    is_image = layer.shows != "kernels"
    n, k = excerpts.shape[:2]
    smaller = reduced(excerpts.reshape(n * k, *excerpts.shape[2:]), side) // _STEP * _STEP
    left = filters(
        reduced(weights, side) if is_image else weights,
        limits=_BYTES if layer.shows == "mean images" else None,
    )
    right = patches(smaller.reshape(n, k, *smaller.shape[1:]), limits=_BYTES)
    what = _in_words(layer)
    figures = (
        Figure(inline_svg(left, f"filters-{name}", f"Filters of {what}"), "", 440, 280),
        Figure(inline_svg(right, f"patches-{name}", f"What excites {what} most"), "", 560, 340),
    )
    return Figures(figures, _caption(layer, what, weights.shape, excerpts.shape))


def _in_words(layer: PicturedLayer) -> str:
    if layer.kind == "code":
        return f"the code, {count(layer.units)} dimensions"
    kind = "convolution" if layer.kind == "convolution" else "dense layer"
    return f"layer {layer.name}, a {kind} of {count(layer.units)} units"


def _caption(
    layer: PicturedLayer, what: str, weights: tuple[int, ...], excerpts: tuple[int, ...]
) -> str:
    is_colored = len(weights) == 4 and weights[-1] == 3
    shows = str(layer.shows)
    own = _COLORED.get(shows, _SHOWS.get(shows, "")) if is_colored else _SHOWS.get(shows, "")
    few = f" The first {weights[0]} are shown." if weights[0] < layer.units else ""
    excites = "the images that excite it most"
    if layer.kind == "convolution":
        excites = f"what it sees, {excerpts[2]} × {excerpts[3]} pixels, black beyond the border"
    return (
        f"{what[0].upper()}{what[1:]}.{few} Filters: {own}. Beside them, for each unit: {excites}."
    )
