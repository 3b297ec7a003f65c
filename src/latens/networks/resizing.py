"""Bringing a map to a given height and width."""

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Resize"]


class Resize(nn.Module):
    """Nearest-neighbour resizing to a fixed height and width."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.size = (height, width)

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, size=self.size, mode="nearest")

    def extra_repr(self) -> str:
        return f"height={self.size[0]}, width={self.size[1]}"
