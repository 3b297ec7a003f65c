"""Networks for rows of items: every user is brought to unit length first."""

from itertools import chain, pairwise, repeat

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens.networks import Parts
from latens.networks.layers.standardize import AddMean

__all__ = ["DenseEncoder", "UnitLength", "dense_parts", "plain_parts"]


class UnitLength(nn.Module):
    """Divides every row by its length, so that users with many items are not louder than others."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.normalize(x, dim=1)


class DenseEncoder(nn.Module):
    """Layers of equal width, each of which sees the sum of all before it.

    Parameters
    ----------
    n_items, width, depth : int

    References
    ----------
    I. Shenbin, A. Alekseev, E. Tutubalina, V. Malykh, S. Nikolenko (2020), "RecVAE", WSDM 2020,
    arXiv:1912.11160, section 3.2.
    """

    def __init__(self, n_items: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = chain([n_items], repeat(width, depth))
        self.start = UnitLength()
        self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(sizes))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        h, total = self.start(x), None
        for layer, norm in zip(self.layers, self.norms, strict=True):
            before = layer(h) if total is None else layer(h) + total
            h = functional.silu(norm(before))
            total = h if total is None else total + h
        return h


def plain_parts(n_items: int, hidden: tuple[int, ...], latent_dim: int) -> Parts:
    """An encoder of tanh layers and its mirror image, which ends by adding each item's base rate."""
    up, down = (n_items, *hidden), (latent_dim, *reversed(hidden))
    encoder = nn.Sequential(UnitLength(), *_tanh_layers(up))
    decoder = nn.Sequential(*_tanh_layers(down), nn.Linear(down[-1], n_items), AddMean((n_items,)))
    return Parts(encoder, decoder, width=up[-1])


def dense_parts(n_items: int, width: int, depth: int, latent_dim: int) -> Parts:
    """A densely connected encoder, and a decoder of a single layer."""
    decoder = nn.Sequential(nn.Linear(latent_dim, n_items), AddMean((n_items,)))
    return Parts(DenseEncoder(n_items, width, depth), decoder, width=width)


def start_from_popularity(network: nn.Module, counts: Tensor) -> None:
    """Let the decoder begin with the log of every item's share of the events."""
    for layer in network.modules():
        if isinstance(layer, AddMean):
            layer.mean.copy_(torch.log((counts + 1) / (counts + 1).sum()))


def _tanh_layers(sizes: tuple[int, ...]) -> list[nn.Module]:
    return [
        layer for n_in, n_out in pairwise(sizes) for layer in (nn.Linear(n_in, n_out), nn.Tanh())
    ]
