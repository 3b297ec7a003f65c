"""Convolutional networks for images of any height and width."""

from itertools import pairwise
from math import ceil
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import Tensor, nn
from torch.nn import functional

from latens._validation import Constraints, Nothing, Options, PositiveIntegers, check_parameters
from latens.exceptions import ParameterError
from latens.networks.factory import ACTIVATIONS, Parts

__all__ = ["ConvNet"]

# Halving stops when the longer side is this small: a 3x3 kernel then sees most of the picture.
_SMALLEST_MAP = 7
_CHANNELS = (32, 64, 128, 128, 128, 128)


class Resize(nn.Module):
    """Nearest-neighbour resizing to a fixed height and width."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.size = (height, width)

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, size=self.size, mode="nearest")

    def extra_repr(self) -> str:
        return f"height={self.size[0]}, width={self.size[1]}"


class ConvNet(BaseEstimator):
    """A convolutional encoder that halves the picture at every stage, and its mirror image.

    Each stage of the encoder is a 3x3 convolution of stride 2; each stage of the decoder resizes to the
    size that the encoder had there and convolves, so that odd and unequal sides come back exactly.

    Parameters
    ----------
    channels : tuple of int or None, default=None
        Channels after each stage of the encoder. None takes as many stages as bring the longer side to
        7 or less, with 32, 64, 128, 128, ... channels.
    activation : {"relu", "gelu", "silu", "tanh"}, default="relu"
        After every convolution but the last.

    Examples
    --------
    >>> ConvNet(channels=(8, 16)).build((1, 27, 20), code_dim=5).width
    560
    """

    _constraints: ClassVar[Constraints] = {
        "channels": (PositiveIntegers(), Nothing()),
        "activation": (Options(tuple(ACTIVATIONS)),),
    }

    def __init__(
        self, channels: tuple[int, ...] | None = None, *, activation: str = "relu"
    ) -> None:
        self.channels = channels
        self.activation = activation

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the two halves; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range, or the input is not made of images.
        """
        check_parameters(self)
        if len(input_shape) != 3:
            raise ParameterError(
                "ConvNet needs images of shape (n, height, width) or (n, height, width, channels). "
                f"Got samples of shape {input_shape}; reshape them, or use MLP."
            )
        sizes = _halved_sizes(input_shape[1:], self.channels)
        channels = (input_shape[0], *(self.channels or _CHANNELS[: len(sizes) - 1]))
        height, width = sizes[-1]
        features = channels[-1] * height * width
        encoder = nn.Sequential(*self._encoder_stages(channels), nn.Flatten())
        decoder = nn.Sequential(
            nn.Linear(code_dim, features),
            ACTIVATIONS[self.activation](),
            nn.Unflatten(1, (channels[-1], height, width)),
            *self._decoder_stages(channels, sizes),
        )
        return Parts(encoder, decoder, width=features)

    def _encoder_stages(self, channels: tuple[int, ...]) -> list[nn.Module]:
        stages: list[nn.Module] = []
        for n_in, n_out in pairwise(channels):
            stages += [
                nn.Conv2d(n_in, n_out, 3, stride=2, padding=1),
                ACTIVATIONS[self.activation](),
            ]
        return stages

    def _decoder_stages(
        self, channels: tuple[int, ...], sizes: list[tuple[int, int]]
    ) -> list[nn.Module]:
        stages: list[nn.Module] = []
        for stage in range(len(channels) - 1, 0, -1):
            n_out = channels[stage - 1] if stage > 1 else channels[1]
            stages += [
                Resize(*sizes[stage - 1]),
                nn.Conv2d(channels[stage], n_out, 3, padding=1),
                ACTIVATIONS[self.activation](),
            ]
        return [*stages, nn.Conv2d(channels[1], channels[0], 3, padding=1)]


def _halved_sizes(size: tuple[int, ...], channels: tuple[int, ...] | None) -> list[tuple[int, int]]:
    """The heights and widths before the first stage and after each."""
    sizes = [(size[0], size[1])]
    stages = len(channels) if channels is not None else len(_CHANNELS)
    for stage in range(stages):
        if channels is None and stage > 0 and max(sizes[-1]) <= _SMALLEST_MAP:
            break
        height, width = sizes[-1]
        sizes.append((ceil(height / 2), ceil(width / 2)))
    return sizes
