"""A network over images too large for one pass, tile by tile, with the result of one pass."""

from collections.abc import Callable

from torch import Tensor

__all__ = ["map_tiles"]

_TILE = 512


def map_tiles(
    function: Callable[[Tensor], Tensor], x: Tensor, reach: int, tile: int = _TILE
) -> Tensor:
    """Apply a function of images to tiles, each with as much of its surroundings as matters to it.

    Parameters
    ----------
    function : callable
        From a tensor (batch, channels, height, width) to one of the same height and width.
    x : Tensor of shape (batch, channels, height, width)
    reach : int
        How far from a pixel the input still matters to it; a multiple of what the function aligns to.
    tile : int, default=512
        The side of what is computed at a time, surroundings not counted; a multiple as well.

    Returns
    -------
    Tensor of shape (batch, channels, height, width)

    Examples
    --------
    >>> import torch
    >>> x = torch.rand(1, 1, 50, 70)
    >>> torch.equal(map_tiles(lambda part: 2 * part, x, reach=8, tile=16), 2 * x)
    True
    """
    height, width = x.shape[-2:]
    if max(height, width) <= tile + reach:
        return function(x)
    out: Tensor | None = None
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            first = max(0, top - reach), max(0, left - reach)
            part = function(x[..., first[0] : top + tile + reach, first[1] : left + tile + reach])
            middle = part[..., top - first[0] :, left - first[1] :][..., :tile, :tile]
            if out is None:
                out = middle.new_empty(*middle.shape[:-2], height, width)
            out[..., top : top + tile, left : left + tile] = middle
    assert out is not None, "images have pixels"
    return out
