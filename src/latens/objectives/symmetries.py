"""The eight ways to lay a square."""

import torch
from torch import Tensor

from latens._draws import drawing

__all__ = ["turned"]


def turned(x: Tensor) -> Tensor:
    """Return a batch of square images in one of the eight ways to lay a square, drawn at random.

    One draw serves the whole batch: the order of samples is random already, and a view costs nothing.
    """
    quarters, mirrors = (int(torch.randint(n, (), generator=drawing())) for n in (4, 2))
    x = torch.rot90(x, quarters, (2, 3))
    return x.flip(3) if mirrors else x
