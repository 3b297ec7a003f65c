"""The network of the study `mnist-reduction`."""

from typing import ClassVar

from torch import nn

from latens._validation import Constraints, Options, Real
from latens.networks.factory import ACTIVATIONS, Parts
from latens.networks.published.base import PublishedNet
from latens.networks.published.keras_layers import (
    batch_norm,
    convolution,
    dense,
    output_convolution,
)

__all__ = ["MnistReductionNet"]


class MnistReductionNet(PublishedNet):
    """An autoencoder of digits with 49-dimensional codes: a convolutional encoder and a mostly dense decoder.

    416,262 parameters, of which 415,494 are trained; the rest are the running statistics of the batch
    normalizations.

    Parameters
    ----------
    dropout : float in [0, 1), default=0.2
        Share of the 49 features that are left out before the code while training. The study has a
        dropout and does not say its rate.
    code_activation : {"linear", "relu", "gelu", "silu", "tanh"}, default="linear"
        Of the code; the study does not say it.

    Notes
    -----
    The study's table names the ReLU after each batch normalization and no other activation. Here the
    first convolution and the decoder's hidden layers are ReLU as well, and the 1x1 convolution to a
    single channel is linear, so that no feature can be dead before the dropout.

    References
    ----------
    The study `mnist-reduction`: dimensionality reduction of MNIST with a convolutional autoencoder.

    Examples
    --------
    >>> MnistReductionNet(dropout=0.1).build((1, 28, 28), code_dim=49).width
    49
    """

    input_shape = (1, 28, 28)
    code_dim = 49
    _constraints: ClassVar[Constraints] = {
        "dropout": (Real(0, 1, closed="left"),),
        "code_activation": (Options(("linear", *ACTIVATIONS)),),
    }

    def __init__(self, *, dropout: float = 0.2, code_activation: str = "linear") -> None:
        self.dropout = dropout
        self.code_activation = code_activation

    def _parts(self) -> Parts:
        encoder = nn.Sequential(
            convolution(1, 64, 3),
            nn.ReLU(),
            *_stage(64, 128),
            *_stage(128, 256),
            convolution(256, 1, 1),
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            dense(49, 49),
            nn.ReLU(),
            dense(49, 784),
            nn.ReLU(),
            nn.Unflatten(1, (1, 28, 28)),
            convolution(1, 64, 3),
            nn.ReLU(),
            output_convolution(64, 1),
        )
        return Parts(encoder, decoder, 49, head=self._head())

    def _head(self) -> nn.Module:
        linear = self.code_activation == "linear"
        activation = nn.Identity() if linear else ACTIVATIONS[self.code_activation]()
        return nn.Sequential(nn.Dropout(self.dropout), dense(49, 49), activation)


def _stage(n_in: int, n_out: int) -> list[nn.Module]:
    # Pooled before the ReLU: the same numbers as after it, for less work.
    return [convolution(n_in, n_out, 3), batch_norm(n_out), nn.MaxPool2d(2), nn.ReLU()]
