"""The bottleneck of networks without a code."""

from torch import Tensor

from latens.networks.network import Bottleneck, Code

__all__ = ["IdentityBottleneck"]


class IdentityBottleneck(Bottleneck):
    """The identity, for networks from samples to samples, such as those that remove noise."""

    def forward(self, h: Tensor) -> Code:
        return Code(h, h)
