"""The symmetries of a square as a data augmentation."""

import torch
from torch import Tensor

from latens._draws import drawing

__all__ = ["random_dihedral"]


def random_dihedral(x: Tensor) -> Tensor:
    """Apply a random symmetry of the square, one of eight rotations and reflections, to a batch of images.

    One draw serves the whole batch: the order of samples is random already, and a view costs nothing.
    """
    quarters, mirrors = (int(torch.randint(n, (), generator=drawing())) for n in (4, 2))
    x = torch.rot90(x, quarters, (2, 3))
    return x.flip(3) if mirrors else x
