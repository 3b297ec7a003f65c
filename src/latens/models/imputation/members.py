"""Several small networks side by side, each with weights of its own."""

from math import sqrt

import torch
from torch import Tensor, nn

__all__ = ["Members"]


class Members(nn.Module):
    """Multilayer perceptrons with GELU and dropout that run as one; their last layers begin at 0.

    Parameters
    ----------
    n_members, n_in, width, n_out : int
    dropout : float in [0, 1)
    """

    def __init__(self, n_members: int, n_in: int, width: int, n_out: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _Linear(n_members, n_in, width),
            nn.GELU(),
            nn.Dropout(dropout),
            _Linear(n_members, width, width),
            nn.GELU(),
            nn.Dropout(dropout),
            _Linear(n_members, width, n_out),
        )
        for parameter in self.layers[-1].parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Return what each member makes of its own rows, (n_members, n_rows, n_out)."""
        return self.layers(x)


class _Linear(nn.Module):
    def __init__(self, n_members: int, n_in: int, n_out: int) -> None:
        super().__init__()
        bound = 1 / sqrt(n_in)
        self.weight = nn.Parameter(torch.empty(n_members, n_in, n_out).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(n_members, 1, n_out).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)
