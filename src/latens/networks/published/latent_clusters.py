"""The network of the study `latent-clusters`."""

from itertools import pairwise

from torch import nn

from latens.networks.factory import Parts
from latens.networks.published.base import PublishedNet
from latens.networks.published.keras_layers import (
    batch_norm,
    convolution,
    dense,
    doubled_convolution,
    output_convolution,
)

__all__ = ["LatentClustersNet"]


class LatentClustersNet(PublishedNet):
    """An autoencoder of 28x28 images with 6-dimensional codes, in which clusters are looked for.

    77,522 parameters, 35,089 of them to the code and 42,433 from it; 77,298 are trained, the rest are the
    running statistics of the batch normalizations. Every hidden layer and the code itself are ReLU. Half
    of the kernels are 2x2, which Keras pads on the right and at the bottom.

    References
    ----------
    Bazrafshan and Attar, Auto-Encoder-MNIST. https://github.com/Shahriar-0/Auto-Encoder-MNIST

    Examples
    --------
    >>> LatentClustersNet().build((1, 28, 28), code_dim=6).width
    49
    """

    input_shape = (1, 28, 28)
    code_dim = 6

    def _parts(self) -> Parts:
        encoder = nn.Sequential(
            *_pooled(_convolutions(3, 1, 32, 32)),
            batch_norm(32),
            *_convolutions(3, 32, 32, 32),
            *_pooled(_convolutions(2, 32, 32)),
            batch_norm(32),
            *_convolutions(2, 32, 16, 4, 1),
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            dense(6, 4),
            nn.ReLU(),
            nn.Unflatten(1, (1, 2, 2)),
            *_convolutions(2, 1, 4, 16),
            batch_norm(16),
            nn.Upsample(scale_factor=7, mode="nearest"),
            *_convolutions(3, 16, 32, 32, 32),
            batch_norm(32),
            doubled_convolution(32, 32, 3),
            nn.ReLU(),
            *_convolutions(3, 32, 32),
            output_convolution(32, 3),
        )
        return Parts(encoder, decoder, 49, head=nn.Sequential(dense(49, 6), nn.ReLU()))


def _convolutions(kernel: int, *channels: int) -> list[nn.Module]:
    """Convolutions from each number of channels to the next, with ReLU."""
    return [
        layer
        for n_in, n_out in pairwise(channels)
        for layer in (convolution(n_in, n_out, kernel), nn.ReLU())
    ]


def _pooled(layers: list[nn.Module]) -> list[nn.Module]:
    """The layers with a pooling before the last ReLU: the same numbers as after it, for less work."""
    return [*layers[:-1], nn.MaxPool2d(2), layers[-1]]
