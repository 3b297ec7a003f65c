"""A network from noisy rows of a table to their noise."""

from itertools import pairwise
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import nn

from latens._validation import Constraints, PositiveIntegers, check_parameters
from latens.networks.bottlenecks.identity import IdentityBottleneck
from latens.networks.factory import Parts
from latens.networks.network import Network

__all__ = ["DenoisingMLP"]


class DenoisingMLP(BaseEstimator):
    """Dense layers from a row to a row.

    Parameters
    ----------
    hidden : tuple of int, default=(256, 256)
        Units of each layer between the two.

    Examples
    --------
    >>> import torch
    >>> DenoisingMLP(hidden=(16,)).build(n_in=5, n_out=4)(torch.zeros(3, 5)).x_hat.shape
    torch.Size([3, 4])
    """

    _constraints: ClassVar[Constraints] = {"hidden": (PositiveIntegers(),)}

    def __init__(self, hidden: tuple[int, ...] = (256, 256)) -> None:
        self.hidden = hidden

    def build(self, n_in: int, n_out: int) -> Network:
        """Build a fresh network.

        Parameters
        ----------
        n_in, n_out : int
            Numbers that it sees and numbers that it gives, for each row.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        """
        check_parameters(self)
        widths = (n_in, *self.hidden)
        layers = [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), nn.ReLU())]
        body = nn.Sequential(*layers, nn.Linear(widths[-1], n_out))
        return Network(Parts(body, nn.Identity(), n_out), IdentityBottleneck(), bounded=False)
