"""The network of the study `cifar-sparse`."""

from torch import nn

from latens.networks.factory import Parts
from latens.networks.published.base import PublishedNet
from latens.networks.published.keras_layers import convolution, doubled_convolution

__all__ = ["CifarSparseNet"]


class CifarSparseNet(PublishedNet):
    """A map of 8x8 from a gray picture of 32x32, by two convolutions of 5x5 and two poolings.

    334 parameters, all trained. The code is the second pooling, 64 numbers that are never negative, so
    there is no layer between features and code.

    Notes
    -----
    The study adds an L1 penalty on the activations of the encoder's two convolutions (of the decoder's,
    too, by one reading of it). A network knows no loss: the penalty is left to the kind, such as a sparse
    one, and a kind sees the code alone, which is the largest of every four activations of the second
    convolution. The study does not say the activation of its last layer; here it is a sigmoid for
    pictures, as for all networks.

    References
    ----------
    The study `cifar-sparse`: K-means from scratch on CIFAR-10, on pixels and on sparse codes.

    Examples
    --------
    >>> CifarSparseNet().build((1, 32, 32), code_dim=64).width
    64
    """

    input_shape = (1, 32, 32)
    code_dim = 64

    def _parts(self) -> Parts:
        encoder = nn.Sequential(
            convolution(1, 3, 5),
            nn.MaxPool2d(2),  # before the ReLU: the same numbers as after it, for less work
            nn.ReLU(),
            convolution(3, 1, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            nn.Unflatten(1, (1, 8, 8)),
            convolution(1, 1, 5),
            nn.ReLU(),
            doubled_convolution(1, 3, 5),
            nn.ReLU(),
            doubled_convolution(3, 1, 5),
        )
        return Parts(encoder, decoder, 64, head=nn.Identity())
