"""Convolutional networks for images of any height and width."""

from math import prod
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import nn

from latens._validation import Constraints, Nothing, Options, PositiveIntegers, check_parameters
from latens.exceptions import ParameterError
from latens.networks.factory import ACTIVATIONS, Parts
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.layers.standardize import AddMean, Standardize
from latens.networks.layers.unpooling import MaxPool, Positions, Unpool
from latens.networks.layers.upsampling import Resize, UpsampleConvolution
from latens.networks.pyramid import UpStep, plan_pyramid

__all__ = ["ConvNet"]


class ConvNet(BaseEstimator):
    """A convolutional encoder that halves the picture at every stage, and its mirror image.

    Each stage of the encoder is a 3x3 convolution, of stride 2 or followed by max-pooling; each stage of
    the decoder enlarges to the size that the encoder had there, so that odd and unequal sides come back
    exactly.

    Parameters
    ----------
    channels : tuple of int or None, default=None
        Channels after each stage of the encoder. None takes as many stages as bring the longer side to
        7 or less, with 32, 64, 128, 128, ... channels.
    activation : {"relu", "gelu", "silu", "tanh"}, default="relu"
        After every convolution but the last.
    downsampling : {"stride", "maxpool"}, default="stride"
        How a stage of the encoder halves. Max-pooling convolves at full size first: about four times the
        work.
    upsampling : {"resize", "transposed", "unpool"}, default="resize"
        How a stage of the decoder doubles: nearest-neighbor resizing and a convolution, a transposed
        convolution, or unpooling and a convolution. Unpooling needs ``downsampling="maxpool"``.

    Notes
    -----
    With unpooling the decoder gets more than the code: it also learns where the maxima of this picture
    were, one of four places for each. A reconstruction then looks better than its code deserves, and is
    no measure of how much the code holds. A code that comes alone, as in `inverse_transform`, has no
    positions; its values go to the first place of each window.

    References
    ----------
    Zeiler, Taylor and Fergus (2011), Adaptive deconvolutional networks for mid and high level feature
    learning. https://doi.org/10.1109/ICCV.2011.6126474

    Examples
    --------
    >>> ConvNet(channels=(8, 16)).build((1, 27, 20), code_dim=5).width
    560
    """

    _constraints: ClassVar[Constraints] = {
        "channels": (PositiveIntegers(), Nothing()),
        "activation": (Options(tuple(ACTIVATIONS)),),
        "downsampling": (Options(("stride", "maxpool")),),
        "upsampling": (Options(("resize", "transposed", "unpool")),),
    }

    def __init__(
        self,
        channels: tuple[int, ...] | None = None,
        *,
        activation: str = "relu",
        downsampling: str = "stride",
        upsampling: str = "resize",
    ) -> None:
        self.channels = channels
        self.activation = activation
        self.downsampling = downsampling
        self.upsampling = upsampling

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the two halves; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range, the two ways of sampling do not fit each other, or the
            input is not made of images.
        """
        check_parameters(self)
        if self.upsampling == "unpool" and self.downsampling != "maxpool":
            raise ParameterError(
                "The 'upsampling' parameter of ConvNet must be 'resize' or 'transposed' where there is no "
                "max-pooling. Got 'unpool' instead; set downsampling='maxpool' to use it."
            )
        pyramid = plan_pyramid("ConvNet", input_shape, self.channels)
        positions = Positions()
        width = prod(pyramid.top)
        encoder = nn.Sequential(
            Standardize(input_shape),
            *[layer for step in pyramid.steps_down() for layer in self._down(*step, positions)],
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            nn.Linear(code_dim, width),
            ACTIVATIONS[self.activation](),
            nn.Unflatten(1, pyramid.top),
            *[layer for step in pyramid.steps_up() for layer in self._up(step, positions)],
            OutputConvolution(pyramid.channels[1], pyramid.channels[0], 3, padding=1),
            AddMean(input_shape),
        )
        return Parts(encoder, decoder, width, positions=positions)

    def _down(self, n_in: int, n_out: int, positions: Positions) -> list[nn.Module]:
        """One stage of the encoder."""
        activation = ACTIVATIONS[self.activation]()
        if self.downsampling == "stride":
            return [nn.Conv2d(n_in, n_out, 3, stride=2, padding=1), activation]
        pool = nn.MaxPool2d(2, ceil_mode=True)
        return [
            nn.Conv2d(n_in, n_out, 3, padding=1),
            MaxPool(positions) if self.upsampling == "unpool" else pool,
            activation,  # after the pooling: the same for rising functions, on a quarter of the values
        ]

    def _up(self, step: UpStep, positions: Positions) -> list[nn.Module]:
        """One stage of the decoder."""
        activation = ACTIVATIONS[self.activation]()
        if self.upsampling == "transposed":
            # From n to 2n - 1, and to 2n with one more row or column.
            more = (1 - step.size[0] % 2, 1 - step.size[1] % 2)
            return [
                nn.ConvTranspose2d(
                    step.n_in, step.n_out, 3, stride=2, padding=1, output_padding=more
                ),
                activation,
            ]
        convolution = nn.Conv2d(step.n_in, step.n_out, 3, padding=1)
        if self.upsampling == "unpool":
            return [Unpool(positions, step.size), convolution, activation]
        if step.doubles:
            return [UpsampleConvolution(convolution), activation]
        return [Resize(*step.size), convolution, activation]
