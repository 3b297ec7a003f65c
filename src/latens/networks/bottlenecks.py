"""Bottlenecks: from the encoder's features to a code."""

from torch import Tensor, nn

from latens.networks.network import Bottleneck, Code

__all__ = ["Deterministic"]


class Deterministic(Bottleneck):
    """A linear map to the code: the same sample always has the same code.

    Parameters
    ----------
    width : int
        Features from the encoder.
    latent_dim : int
        Numbers per code.
    """

    def __init__(self, width: int, latent_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, latent_dim)

    def forward(self, h: Tensor) -> Code:
        z = self.linear(h)
        return Code(z, z)
