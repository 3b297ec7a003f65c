"""The bottleneck of networks that have none."""

from torch import Tensor

from latens.networks.network import Bottleneck, Code

__all__ = ["IdentityBottleneck"]


class IdentityBottleneck(Bottleneck):
    """Hands everything on: for networks from samples to samples, such as those that remove noise."""

    def forward(self, h: Tensor) -> Code:
        return Code(h, h)
