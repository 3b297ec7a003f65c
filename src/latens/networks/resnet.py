"""Residual networks for images of any height and width."""

from math import gcd, prod
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import Tensor, nn

from latens._validation import (
    Constraints,
    Integer,
    Nothing,
    Options,
    PositiveIntegers,
    check_parameters,
)
from latens.exceptions import ParameterError
from latens.networks.factory import ACTIVATIONS, Parts
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.layers.standardize import AddMean, Standardize
from latens.networks.layers.upsampling import Resize
from latens.networks.pyramid import UpStep, plan_pyramid

__all__ = ["ResNet", "ResidualBlock"]

_GROUPS = 8


class ResidualBlock(nn.Module):
    """The input plus a change to it: twice norm, activation and a 3x3 convolution.

    Parameters
    ----------
    n_in, n_out : int
        Channels. Where they differ, or the stride is not 1, a 1x1 convolution carries the input across.
    activation : type of Module
    stride : int, default=1
    """

    def __init__(
        self, n_in: int, n_out: int, activation: type[nn.Module], *, stride: int = 1
    ) -> None:
        super().__init__()
        self.change = nn.Sequential(
            _norm(n_in),
            activation(),
            nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1),
            _norm(n_out),
            activation(),
            nn.Conv2d(n_out, n_out, 3, padding=1),
        )
        is_same = n_in == n_out and stride == 1
        self.shortcut = nn.Identity() if is_same else nn.Conv2d(n_in, n_out, 1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        return self.shortcut(x) + self.change(x)


class ResNet(BaseEstimator):
    """A residual encoder that halves the picture at every stage, and its mirror image.

    For pictures that a plain `ConvNet` is not deep enough for. A first convolution makes the channels;
    the first block of each stage of the encoder has stride 2, and each stage of the decoder resizes to the
    size that the encoder had there, so that odd and unequal sides come back exactly.

    Parameters
    ----------
    channels : tuple of int in [2, inf) or None, default=None
        Channels after each stage of the encoder. None takes as many stages as bring the longer side to
        7 or less, with 32, 64, 128, 128, ... channels.
    blocks : int in [1, inf), default=1
        Residual blocks of each stage, in both halves.
    activation : {"relu", "gelu", "silu", "tanh"}, default="relu"
        Before every convolution but the first.

    Notes
    -----
    Blocks normalize groups of channels and not batches: the code of a sample is then the same whichever
    samples are beside it, in training as in use, and a batch of one is as good as any other.

    References
    ----------
    He, Zhang, Ren and Sun (2016), Identity mappings in deep residual networks. arXiv:1603.05027.
    Wu and He (2018), Group normalization. arXiv:1803.08494.

    Examples
    --------
    >>> ResNet(channels=(8, 16), blocks=2).build((1, 27, 20), code_dim=5).width
    560
    """

    _constraints: ClassVar[Constraints] = {
        "channels": (PositiveIntegers(), Nothing()),
        "blocks": (Integer(1),),
        "activation": (Options(tuple(ACTIVATIONS)),),
    }

    def __init__(
        self,
        channels: tuple[int, ...] | None = None,
        *,
        blocks: int = 1,
        activation: str = "relu",
    ) -> None:
        self.channels = channels
        self.blocks = blocks
        self.activation = activation

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the two halves; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range, or the input is not made of images.
        """
        check_parameters(self)
        if min(self.channels or (2,)) < 2:
            raise ParameterError(
                "The 'channels' parameter of ResNet must be a tuple of integers in [2, inf), as a channel "
                f"cannot be normalized alone. Got {self.channels} instead; use ConvNet."
            )
        pyramid = plan_pyramid("ResNet", input_shape, self.channels)
        colors, first = pyramid.channels[:2]
        # The first convolution makes the channels of the first stage, so that stage starts with them.
        starts = [first, *pyramid.channels[1:-1]]
        down = zip(starts, pyramid.channels[1:], strict=True)
        encoder = nn.Sequential(
            Standardize(input_shape),
            nn.Conv2d(colors, first, 3, padding=1),
            *[self._down(n_in, n_out) for n_in, n_out in down],
            *self._end(pyramid.channels[-1]),
            nn.Flatten(),
        )
        width = prod(pyramid.top)
        decoder = nn.Sequential(
            nn.Linear(code_dim, width),
            nn.Unflatten(1, pyramid.top),
            *[self._up(step) for step in pyramid.steps_up()],
            *self._end(first),
            OutputConvolution(first, colors, 3, padding=1),
            AddMean(input_shape),
        )
        return Parts(encoder, decoder, width)

    def _down(self, n_in: int, n_out: int) -> nn.Sequential:
        """One stage of the encoder."""
        activation = ACTIVATIONS[self.activation]
        halving = ResidualBlock(n_in, n_out, activation, stride=2)
        return nn.Sequential(halving, *self._more_blocks(n_out))

    def _up(self, step: UpStep) -> nn.Sequential:
        """One stage of the decoder."""
        widening = ResidualBlock(step.n_in, step.n_out, ACTIVATIONS[self.activation])
        return nn.Sequential(Resize(*step.size), widening, *self._more_blocks(step.n_out))

    def _more_blocks(self, channels: int) -> list[nn.Module]:
        activation = ACTIVATIONS[self.activation]
        return [ResidualBlock(channels, channels, activation) for _ in range(self.blocks - 1)]

    def _end(self, channels: int) -> list[nn.Module]:
        """Blocks start with norm and activation, so the last one is followed by them."""
        return [_norm(channels), ACTIVATIONS[self.activation]()]


def _norm(channels: int) -> nn.GroupNorm:
    """Eight groups, or fewer so that each has at least two channels and all have the same number."""
    return nn.GroupNorm(min(gcd(_GROUPS, channels), channels // 2), channels)
