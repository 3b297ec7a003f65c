"""Which part of a picture reaches a unit of a convolution, whatever stands between the two."""

from copy import deepcopy
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from torch import Tensor, nn

from latens.models import BaseAutoencoder

__all__ = ["Field", "Span", "output_of", "receptive_fields"]

# The trial takes a pass for each row and column of the picture.
_LARGEST_SIDE = 128
_TRIAL_VALUES = 2**20

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class _FieldRows:
    """What reaches each row (or column) of a map: rows of the picture from `first` to `stop`."""

    first: np.ndarray
    stop: np.ndarray
    side: int

    def span(self, at: int) -> Span:
        """The rows that a row of the map sees, as many for each; some may lie beyond the border."""
        length = int((self.stop - self.first).max())
        if length >= self.side:
            return 0, self.side
        # What is cut off at the upper border is missing before the first row.
        start = self.stop[at] - length if self.first[at] == 0 else self.first[at]
        return int(start), int(start) + length


@dataclass(frozen=True, eq=False)
class Field:
    """The receptive fields of all units of a layer."""

    down: _FieldRows
    across: _FieldRows

    def box(self, row: int, column: int) -> tuple[Span, Span]:
        """Return rows and columns of the picture that reach the unit at a place of the map."""
        return self.down.span(row), self.across.span(column)


def receptive_fields(model: BaseAutoencoder, layers: list[nn.Conv2d]) -> dict[nn.Module, Field]:
    """Find by trial what reaches each unit: NaN in a line of the picture turns up where it is seen.

    This is exact whatever the encoder is made of, as no layer swallows NaN. It is done in double
    precision on the CPU, where a convolution is computed window by window, and not through a transform
    that would spread it.

    Parameters
    ----------
    model : BaseAutoencoder
        Fitted on images.
    layers : list of Conv2d
        Of its encoder.

    Returns
    -------
    dict of Module to Field
        Empty for pictures of more than 128 pixels a side, which would take long.
    """
    height, width, *channels = model.input_shape_
    if not layers or max(height, width) > _LARGEST_SIDE:
        return {}
    encoder, *copies = deepcopy((model.network_.encoder, *layers))
    encoder.cpu().double()
    shape = (*(channels or (1,)), height, width)
    return {
        layer: Field(_lines(encoder, copy, shape, axis=2), _lines(encoder, copy, shape, axis=3))
        for layer, copy in zip(layers, copies, strict=True)
    }


def output_of(layer: nn.Module, encoder: nn.Module, x: Tensor) -> Tensor:
    """Return what a layer inside an encoder gives, shape (batch, units, ...)."""
    caught: list[Tensor] = []
    handle = layer.register_forward_hook(lambda _, inputs, output: caught.append(output))
    try:
        encoder(x)
    finally:
        handle.remove()
    return caught[0].movedim(-1, 1) if isinstance(layer, nn.Linear) else caught[0]


def _lines(
    encoder: nn.Module, layer: nn.Module, shape: tuple[int, ...], *, axis: int
) -> _FieldRows:
    side = shape[axis - 1]
    reached = []
    with torch.inference_mode():
        for lines in torch.arange(side).split(max(1, _TRIAL_VALUES // prod(shape))):
            x = torch.zeros(len(lines), *shape, dtype=torch.float64)
            x.movedim(axis, 1)[torch.arange(len(lines)), lines] = torch.nan
            seen = output_of(layer, encoder, x).isnan().movedim(axis, 1)
            reached.append(seen.flatten(2).any(dim=2))
    # (lines of the picture, lines of the map)
    sees = torch.cat(reached).numpy()
    stop = np.where(sees.any(axis=0), side - sees[::-1].argmax(axis=0), 0)
    return _FieldRows(sees.argmax(axis=0), stop, side)
