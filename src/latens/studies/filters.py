"""What the units of an encoder look for: their filters, and the pictures that excite them most."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from latens.models import BaseAutoencoder
from latens.networks.layers.standardize import Standardize
from latens.runs import PicturedLayer
from latens.studies.inspection import each_row
from latens.studies.receptive_fields import Field, Span, output_of, receptive_fields

__all__ = ["InspectedLayer", "look_inside"]

_LAYERS, _UNITS, _PATCHES = 6, 16, 6
# What a unit answers to is the mean of this many pictures.
_AVERAGED = 24

Weighted = nn.Conv2d | nn.Linear


@dataclass(frozen=True, eq=False)
class InspectedLayer:
    """The first units of one layer, and what they look for.

    Attributes
    ----------
    name : str
        "1", "2", ... in the order of the encoder, or "code".
    kind : str
        "convolution", "dense" or "code".
    units : int
        How many the layer has; the arrays hold the first 16 of them.
    shows : str
        What the filters are: "kernels", "weights" of the pixels, or "mean images" of the pictures that
        excite a unit most.
    filters : ndarray
        Kernels (u, height, width, channels in) of at most 16 channels in, float32; weights (u, *image),
        float32; or mean images (u, *image), uint8.
    patches : ndarray of shape (u, k, height, width[, channels]), uint8
        For each unit, what it saw in the k pictures that excite it most, the most exciting first: the
        part of the picture that reaches the unit, black beyond the border, or the whole picture.
    """

    name: str
    kind: str
    units: int
    shows: str
    filters: np.ndarray
    patches: np.ndarray

    def record(self) -> PicturedLayer:
        """Return what results.json says of it."""
        return PicturedLayer(name=self.name, kind=self.kind, units=self.units, shows=self.shows)


def look_inside(model: BaseAutoencoder, X: np.ndarray) -> list[InspectedLayer]:
    """Find the filters of an encoder's layers, and the patches of pictures that excite them most.

    Parameters
    ----------
    model : BaseAutoencoder
        Fitted on images.
    X : ndarray of shape (n_images, height, width[, channels])
        Images in the user's units; a thousand are plenty.

    Returns
    -------
    list of InspectedLayer
        At most six: convolutions and dense layers of the encoder, evenly chosen, and the code.
    """
    pictures = (model.scaling_.apply(X).clip(0, 1) * 255).round().astype(np.uint8)
    inputs = _inputs_of_layers(model, X)
    chosen = _evenly(list(inputs), _LAYERS - 1)
    convolutions = [one for one in chosen if isinstance(one, nn.Conv2d)]
    fields = receptive_fields(model, convolutions)
    found = []
    for layer in chosen:
        top = _strongest(model, X, partial(output_of, layer, model.network_.encoder))
        patches = _patches(pictures, top, fields.get(layer))
        shows, filters = "mean images", _mean_pictures(pictures, top)
        if isinstance(layer, nn.Conv2d):
            shows, filters = "kernels", _kernels(layer)
        elif inputs[layer]:
            shows, filters = "weights", _as_pictures(layer.weight, X.shape[1:])
        name = str(list(inputs).index(layer) + 1)
        kind = "convolution" if isinstance(layer, nn.Conv2d) else "dense"
        found.append(InspectedLayer(name, kind, len(layer.weight), shows, filters, patches))
    return [*found, _code(model, X, pictures, is_first=not inputs)]


def _code(
    model: BaseAutoencoder, X: np.ndarray, pictures: np.ndarray, *, is_first: bool
) -> InspectedLayer:
    """The code as a layer; its weights are pictures only where no other layer comes before it."""
    top = _strongest(model, X, lambda x: model.network_.encode(x).mean)
    shows, filters = "mean images", _mean_pictures(pictures, top)
    heads = [one for one in model.network_.bottleneck.modules() if isinstance(one, nn.Linear)]
    if is_first and heads:
        shows, filters = "weights", _as_pictures(heads[0].weight, X.shape[1:])
    return InspectedLayer(
        "code", "code", model.latent_dim, shows, filters, _patches(pictures, top, None)
    )


def _inputs_of_layers(model: BaseAutoencoder, X: np.ndarray) -> dict[Weighted, bool]:
    """The convolutions and dense layers in the order of use, and which are dense ones of the bare pixels."""
    found: dict[Weighted, bool] = {}

    def note(x: Tensor) -> Tensor:
        # A ramp, as no layer gives it back by chance; a real picture may be black all over.
        ramp = torch.linspace(0.1, 0.9, x[0].numel()).to(x).reshape(x[:1].shape)

        encoder = model.network_.encoder
        # Centered and divided by one number, pixels are still pixels, and weights of them pictures.
        standardize = next((one for one in encoder.modules() if isinstance(one, Standardize)), None)
        bare = ramp if standardize is None else standardize(ramp)

        def catch(layer: Weighted, inputs: tuple[Tensor], output: Tensor) -> None:
            seen = inputs[0]
            # Layers of a transformer see a patch at a time.
            is_whole = seen.shape[:-1].numel() == 1
            found.setdefault(layer, is_whole and torch.equal(seen.flatten(), bare.flatten()))

        layers = [one for one in encoder.modules() if isinstance(one, Weighted)]
        handles = [one.register_forward_hook(catch) for one in layers]
        try:
            encoder(ramp)
        finally:
            for handle in handles:
                handle.remove()
        return x[:1]

    each_row(model, X[:1], note)
    return found


@dataclass(frozen=True, eq=False)
class _Top:
    """For each unit the pictures that excite it most, and where in them; both of shape (u, k)."""

    pictures: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


def _strongest(
    model: BaseAutoencoder, X: np.ndarray, outputs_of: Callable[[Tensor], Tensor]
) -> _Top:
    """The pictures for which outputs of shape (batch, units, ...) are largest, and where in them."""

    def peaks(x: Tensor) -> Tensor:
        outputs = outputs_of(x)
        width = outputs.shape[3] if outputs.ndim == 4 else 1
        value, place = outputs[:, :_UNITS].unsqueeze(-1).flatten(2).max(dim=2)
        return torch.stack([value, place // width, place % width], dim=1)

    value, row, column = each_row(model, X, peaks).transpose(1, 2, 0)
    order = np.argsort(-value, axis=1, kind="stable")[:, :_AVERAGED]
    places = (np.take_along_axis(one, order, axis=1).astype(np.intp) for one in (row, column))
    return _Top(order, *places)


def _patches(pictures: np.ndarray, top: _Top, field: Field | None) -> np.ndarray:
    """What each unit saw in the pictures that excite it most."""
    few = top.pictures[:, :_PATCHES]
    if field is None:
        return pictures[few]
    cut = [
        _crop(pictures[picture], *field.box(int(top.rows[at]), int(top.columns[at])))
        for at, picture in np.ndenumerate(few)
    ]
    return np.stack(cut).reshape(*few.shape, *cut[0].shape)


def _crop(picture: np.ndarray, rows: Span, columns: Span) -> np.ndarray:
    """A part of a picture that may reach over the border, where it is black."""
    (top, bottom), (left, right) = rows, columns
    patch = np.zeros((bottom - top, right - left, *picture.shape[2:]), dtype=picture.dtype)
    inside = picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    down, across = max(-top, 0), max(-left, 0)
    patch[down : down + inside.shape[0], across : across + inside.shape[1]] = inside
    return patch


def _mean_pictures(pictures: np.ndarray, top: _Top) -> np.ndarray:
    means = [pictures[rows].mean(axis=0) for rows in top.pictures]
    return np.stack(means).round().astype(np.uint8)


def _kernels(layer: nn.Conv2d) -> np.ndarray:
    weight = layer.weight.detach()[:_UNITS, :_UNITS]
    return weight.movedim(1, -1).float().cpu().numpy()


def _as_pictures(weight: Tensor, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of weights of the bare pixels, in the layout of the user's images."""
    channels = shape[2] if len(shape) == 3 else 1
    rows = weight.detach()[:_UNITS].reshape(-1, channels, *shape[:2]).movedim(1, -1)
    return rows.reshape(-1, *shape).float().cpu().numpy()


def _evenly(layers: list[Weighted], most: int) -> list[Weighted]:
    """At most this many, evenly chosen, first and last included."""
    places = np.linspace(0, len(layers) - 1, min(len(layers), most)).round().astype(int)
    return [layers[at] for at in places]
