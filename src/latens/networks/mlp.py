"""Fully connected networks."""

from itertools import pairwise
from math import prod
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import nn

from latens._validation import Constraints, Options, PositiveIntegers, check_parameters
from latens.networks.factory import ACTIVATIONS, Parts
from latens.networks.layers.standardize import AddMean, Standardize

__all__ = ["MLP"]


class MLP(BaseEstimator):
    """A fully connected encoder and its mirror image as the decoder.

    Works for tables and, flattened inside, for images of any shape.

    Parameters
    ----------
    hidden : tuple of int, default=(1024, 512)
        Units of the encoder's layers, from the input to the code; the decoder has them in reverse
        order. An empty tuple makes both halves linear.
    activation : {"relu", "gelu", "silu", "tanh"}, default="gelu"
        After every hidden layer.

    Examples
    --------
    >>> parts = MLP(hidden=(64, 32)).build((1, 8, 8), code_dim=5)
    >>> parts.width
    32
    """

    _constraints: ClassVar[Constraints] = {
        "hidden": (PositiveIntegers(),),
        "activation": (Options(tuple(ACTIVATIONS)),),
    }

    def __init__(self, hidden: tuple[int, ...] = (1024, 512), *, activation: str = "gelu") -> None:
        self.hidden = hidden
        self.activation = activation

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the two halves; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        """
        check_parameters(self)
        features = prod(input_shape)
        up = (features, *self.hidden)
        down = (code_dim, *reversed(self.hidden))
        encoder = nn.Sequential(Standardize(input_shape), nn.Flatten(), *self._layers(up))
        decoder = nn.Sequential(
            *self._layers(down),
            nn.Linear(down[-1], features),
            nn.Unflatten(1, input_shape),
            AddMean(input_shape),
        )
        return Parts(encoder, decoder, width=up[-1])

    def _layers(self, sizes: tuple[int, ...]) -> list[nn.Module]:
        activation = ACTIVATIONS[self.activation]
        return [
            layer
            for n_in, n_out in pairwise(sizes)
            for layer in (nn.Linear(n_in, n_out), activation())
        ]
