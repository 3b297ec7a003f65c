"""Unpooling: the decoder puts each maximum back where the encoder found it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["MaxPool", "Positions", "Unpool"]


class Positions:
    """Where the maxima of one batch were, on its way from the encoder to the decoder.

    The encoder's stages push and the decoder's pop, so the last stage is the first to come back. Nothing
    is kept outside of `remembered`: a code that comes without its picture never meets the positions of
    another one, and a network that is copied or written carries none.

    Examples
    --------
    >>> positions = Positions()
    >>> with positions.remembered():
    ...     positions.push(torch.tensor([3]))
    ...     positions.pop()
    tensor([3])
    >>> positions.push(torch.tensor([3]))
    >>> positions.pop() is None
    True
    """

    def __init__(self) -> None:
        self._stack: list[Tensor] | None = None

    @contextmanager
    def remembered(self) -> Iterator[None]:
        """Keep what is pushed inside, and forget it at the end."""
        self._stack = []
        try:
            yield
        finally:
            self._stack = None

    def push(self, places: Tensor) -> None:
        """Take the places of a stage, if they are to be remembered."""
        if self._stack is not None:
            self._stack.append(places)

    def pop(self) -> Tensor | None:
        """Return the places that came last, or None where there are none."""
        return self._stack.pop() if self._stack else None


class MaxPool(nn.Module):
    """The maxima of windows of 2x2, whose places are pushed; an odd side has a narrow last window."""

    def __init__(self, positions: Positions) -> None:
        super().__init__()
        self.positions = positions

    def forward(self, x: Tensor) -> Tensor:
        maxima, places = functional.max_pool2d_with_indices(x, (2, 2), ceil_mode=True)
        self.positions.push(places)
        return maxima


class Unpool(nn.Module):
    """The inverse of `MaxPool`: values at the places that are popped, and zeros elsewhere.

    Without places every value goes to the first place of its window, above on the left.

    Parameters
    ----------
    positions : Positions
    size : (int, int)
        Height and width of the map that was pooled.
    """

    def __init__(self, positions: Positions, size: tuple[int, int]) -> None:
        super().__init__()
        self.positions = positions
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        places = self.positions.pop()
        if places is None:
            places = self._first_places(x)
        height, width = self.size
        # A scatter and not torch's max_unpool2d, which is not deterministic on CUDA.
        flat = x.new_zeros(*x.shape[:2], height * width)
        return flat.scatter(2, places.flatten(2), x.flatten(2)).unflatten(2, self.size)

    def _first_places(self, x: Tensor) -> Tensor:
        rows = 2 * torch.arange(x.shape[2], device=x.device)
        columns = 2 * torch.arange(x.shape[3], device=x.device)
        return (rows[:, None] * self.size[1] + columns).expand_as(x)

    def extra_repr(self) -> str:
        return f"height={self.size[0]}, width={self.size[1]}"
