"""Pictures as rows of square patches, and back."""

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["JoinPatches", "SplitPatches", "patch_side"]

# Patches along the longer side, where nobody says how large they are.
_PATCHES = 8


def patch_side(input_shape: tuple[int, ...]) -> int:
    """Return the side of a patch that cuts the longer side of a picture into at most eight.

    Examples
    --------
    >>> [patch_side((1, side, side)) for side in (8, 28, 32, 224)]
    [1, 4, 4, 28]
    """
    return -(-max(input_shape[1:]) // _PATCHES)


class SplitPatches(nn.Module):
    """From (batch, channels, height, width) to (batch, patches, channels * side * side).

    Sides that are no multiple of the patch are filled up with zeros, which is the mean where the samples
    were standardized before.

    Parameters
    ----------
    shape : (int, int, int)
        Channels, height and width.
    side : int
        Of a patch.
    """

    def __init__(self, shape: tuple[int, ...], side: int) -> None:
        super().__init__()
        self.shape, self.side = shape, side
        self.rows, self.columns = -(-shape[1] // side), -(-shape[2] // side)

    @property
    def number(self) -> int:
        """Patches per picture."""
        return self.rows * self.columns

    @property
    def values(self) -> int:
        """Values per patch."""
        return self.shape[0] * self.side**2

    def forward(self, x: Tensor) -> Tensor:
        below = self.rows * self.side - self.shape[1]
        right = self.columns * self.side - self.shape[2]
        x = functional.pad(x, (0, right, 0, below))
        x = x.reshape(-1, self.shape[0], self.rows, self.side, self.columns, self.side)
        return x.permute(0, 2, 4, 1, 3, 5).reshape(-1, self.number, self.values)


class JoinPatches(nn.Module):
    """What undoes a `SplitPatches`."""

    def __init__(self, split: SplitPatches) -> None:
        super().__init__()
        self.shape, self.side = split.shape, split.side
        self.rows, self.columns = split.rows, split.columns

    def forward(self, patches: Tensor) -> Tensor:
        channels, height, width = self.shape
        x = patches.reshape(-1, self.rows, self.columns, channels, self.side, self.side)
        x = x.permute(0, 3, 1, 4, 2, 5)
        x = x.reshape(-1, channels, self.rows * self.side, self.columns * self.side)
        return x[:, :, :height, :width].contiguous(memory_format=torch.contiguous_format)
