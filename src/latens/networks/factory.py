"""The contract of a network factory: a parameter object that builds modules for a shape of input."""

from dataclasses import dataclass, field
from typing import Protocol

from torch import nn

from latens.networks.layers.unpooling import Positions

__all__ = ["NetworkFactory", "Parts"]

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


@dataclass(frozen=True)
class Parts:
    """What a factory builds.

    Attributes
    ----------
    encoder : Module
        From (batch, *input_shape) to (batch, width).
    decoder : Module
        From (batch, code_dim) to (batch, *input_shape), without a last activation.
    width : int
        The number of features that the encoder hands to the bottleneck.
    head : Module or None
        From (batch, width) to a deterministic code, where the network prescribes it; None: a linear
        layer. Kinds with a bottleneck of their own do not use it.
    positions : Positions
        What the encoder remembers for the decoder, where the decoder unpools; else it stays empty.
    """

    encoder: nn.Module
    decoder: nn.Module
    width: int
    head: nn.Module | None = None
    positions: Positions = field(default_factory=Positions)


class NetworkFactory(Protocol):
    """A parameter object such as `MLP` or `ConvNet`."""

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build fresh modules.

        Parameters
        ----------
        input_shape : tuple of int
            ``(n_features,)`` for a table, ``(channels, height, width)`` for images.
        code_dim : int
            How many numbers the decoder gets for each sample.
        """
