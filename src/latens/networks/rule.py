"""Which network a stranger's data get when none is named."""

from math import prod

from latens.networks.convnet import ConvNet
from latens.networks.factory import NetworkFactory
from latens.networks.mlp import MLP

__all__ = ["default_network"]

# Up to this many values a dense layer on raw pixels costs less than convolutions on a CPU and, for the
# same seconds of training, reconstructs better (docs/developers/decisions.md has the figures).
_DENSE_VALUES = 4096


def default_network(input_shape: tuple[int, ...]) -> NetworkFactory:
    """Return the network for a shape of input: dense, or convolutional for larger images.

    Tables get layers that suit their width: four times the columns, between 64 and 1024 units, then
    half of that. Images of up to 4,096 values get ``MLP((1024, 512))``, larger ones a `ConvNet`.

    Examples
    --------
    >>> default_network((30,))
    MLP(hidden=(120, 60))
    >>> default_network((3, 64, 64))
    ConvNet()
    """
    values = prod(input_shape)
    if len(input_shape) == 3 and values > _DENSE_VALUES:
        return ConvNet()
    units = min(1024, max(64, 4 * values))
    return MLP((units, units // 2))
