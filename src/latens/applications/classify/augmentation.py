"""Changes to a sample that should not change its class."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import torch
from torch import Tensor
from torch.nn import functional

from latens._draws import drawing, uniform_like

__all__ = ["Augmentation", "augmentation_for"]

Change = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Augmentation:
    """A weak and a strong change of scaled samples of shape (batch, *input_shape).

    The teacher sees the weak one, the student the strong one.
    """

    weak: Change
    strong: Change


def augmentation_for(input_shape: tuple[int, ...]) -> Augmentation:
    """Return the changes that hold for a shape of input in general.

    Images move by up to a tenth of their side, turn by up to 20 degrees, grow or shrink by up to 20 %,
    lean by up to 0.2, and lose a square of up to half their side. They are never mirrored: a mirrored
    letter is another one or none. Rows of a table get 30 % of their values from other rows of the batch
    (Bahri et al. 2022, SCARF, arXiv:2106.15147), which keeps each column's distribution. The weak changes
    are about a quarter of that.

    Parameters
    ----------
    input_shape : (int,) or (int, int, int)
        Features, or channels, height and width.
    """
    if len(input_shape) == 1:
        return Augmentation(lambda x: borrow_values(x, 0.05), lambda x: borrow_values(x, 0.3))
    return Augmentation(
        lambda x: move(x, shift=0.025, angle=5, growth=0.05, lean=0.0),
        lambda x: cut_out(move(x, shift=0.1, angle=20, growth=0.2, lean=0.2), side=0.5),
    )


def borrow_values(x: Tensor, share: float) -> Tensor:
    """Replace a random share of the values of each row by those of a random other row."""
    other = x[torch.randperm(len(x), device=x.device, generator=drawing())]
    return torch.where(uniform_like(x) < share, other, x)


def move(x: Tensor, *, shift: float, angle: float, growth: float, lean: float) -> Tensor:
    """Move images by a random affine map each; what comes in from outside repeats the border.

    Parameters
    ----------
    x : Tensor of shape (batch, channels, height, width)
    shift : float
        The most, as a share of each side.
    angle : float
        The most, in degrees.
    growth, lean : float
        The most that the logarithm of the size and the shear differ from 0.
    """

    def up_to(most: float) -> Tensor:
        return (
            2 * torch.rand(len(x), device=x.device, dtype=x.dtype, generator=drawing()) - 1
        ) * most

    turn, size, shear = up_to(angle * pi / 180), up_to(growth).exp(), up_to(lean)
    cos, sin = turn.cos() / size, turn.sin() / size
    # Coordinates run from -1 to 1, so a shift by a share of a side is twice that.
    across = torch.stack([cos, shear - sin, up_to(2 * shift)], dim=1)
    down = torch.stack([sin, cos, up_to(2 * shift)], dim=1)
    grid = functional.affine_grid(
        torch.stack([across, down], dim=1), list(x.shape), align_corners=False
    )
    return functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def cut_out(x: Tensor, *, side: float) -> Tensor:
    """Give a random square of each image, of up to a share of its side, the image's mean color.

    DeVries and Taylor (2017), Improved regularization of convolutional neural networks with cutout.
    arXiv:1708.04552.
    """
    height, width = x.shape[-2:]
    half = torch.rand(len(x), 1, device=x.device, generator=drawing()) * side / 2
    inside = [
        (
            torch.arange(length, device=x.device) / length
            - torch.rand(len(x), 1, device=x.device, generator=drawing())
        )
        .abs()
        .less(half)
        for length in (height, width)
    ]
    hidden = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return torch.where(hidden, x.mean((2, 3), keepdim=True), x)
