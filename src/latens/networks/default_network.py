"""The network for data for which none is named."""

from math import prod

from latens.networks.convnet import ConvNet
from latens.networks.factory import NetworkFactory
from latens.networks.mlp import MLP

__all__ = ["default_network"]

# Up to this many values a dense layer on raw pixels costs less than convolutions on a CPU and, for the
# same seconds of training, reconstructs better (docs/developers/decisions.md has the figures).
_DENSE_VALUES = 4096
# A layer is four times as wide as the table, between these.
_UNITS = 64, 1024
# Of counts of words one layer is enough and learns sooner: decisions.md, "Wide tables of zeros".
_UNITS_FOR_ZEROS = 512


def default_network(input_shape: tuple[int, ...], *, mostly_zeros: bool = False) -> NetworkFactory:
    """Return the network for a shape of input: dense, or convolutional for larger images.

    Tables get layers that suit their width: four times the columns, between 64 and 1024 units, then
    half of that. Images of up to 4,096 values get ``MLP((1024, 512))``, larger ones a `ConvNet`. Tables of
    more than 1,024 columns that are zeros for the most part, such as counts of words, get one layer of 512.

    Parameters
    ----------
    input_shape : tuple of int
        Of one sample: ``(n_features,)`` or ``(channels, height, width)``.
    mostly_zeros : bool, default=False
        Whether nine in ten values are zeros.

    Examples
    --------
    >>> default_network((30,))
    MLP(hidden=(120, 60))
    >>> default_network((3, 64, 64))
    ConvNet()
    >>> default_network((2000,), mostly_zeros=True)
    MLP(hidden=(512,))
    """
    values = prod(input_shape)
    if len(input_shape) == 3 and values > _DENSE_VALUES:
        return ConvNet()
    fewest, most = _UNITS
    if len(input_shape) == 1 and values > most and mostly_zeros:
        return MLP((_UNITS_FOR_ZEROS,))
    units = min(most, max(fewest, 4 * values))
    return MLP((units, units // 2))
