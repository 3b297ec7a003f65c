"""A network from noisy images to their noise, for images of any size."""

from itertools import pairwise
from typing import ClassVar

from sklearn.base import BaseEstimator
from torch import Tensor, nn
from torch.nn import functional

from latens._validation import Constraints, Integer, PositiveIntegers, check_parameters
from latens.exceptions import ParameterError
from latens.networks.bottlenecks.identity import IdentityBottleneck
from latens.networks.factory import Parts
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.network import Network

__all__ = ["DenoisingUNet"]

# Each doubles what the sides of images are padded to: here to 256 pixels.
_MOST_LEVELS = 8


class DenoisingUNet(BaseEstimator):
    """A U-shaped network of residual blocks that works at a half, a quarter, an eighth, ... of the size.

    Each level folds 2 x 2 pixels into channels, so that no step of the network has a stride and none
    runs at full size: about a tenth of the work of a plain network of 17 layers. No layer has a bias.
    Then the network has no scale of its own: twice the image with twice the noise gives twice the
    answer, which is what lets it serve noise levels between and beyond those it has seen.

    Parameters
    ----------
    channels : tuple of int, default=(48, 96, 128)
        Of each level, from the finest; at most 8 levels.
    blocks : int in [1, inf), default=1
        Residual blocks of two 3x3 convolutions at each level, on the way down and on the way up.

    References
    ----------
    Ronneberger, Fischer and Brox (2015), U-Net. arXiv:1505.04597.
    Zhang, Zuo and Zhang (2018), FFDNet. arXiv:1710.04026, for the folded pixels and the map of levels.
    Zhang, Li, Zuo, Zhang, Van Gool and Timofte (2021), Plug-and-play image restoration with deep
    denoiser prior. arXiv:2008.13751, for residual blocks without biases in a U-Net.
    Mohan, Kadkhodaie, Simoncelli and Fernandez-Granda (2020), Robust and interpretable blind image
    denoising via bias-free convolutional neural networks. arXiv:1906.05478.

    Examples
    --------
    >>> import torch
    >>> network = DenoisingUNet(channels=(8, 16)).build(n_in=2, n_out=1)
    >>> network(torch.zeros(3, 2, 27, 20)).x_hat.shape
    torch.Size([3, 1, 27, 20])
    """

    _constraints: ClassVar[Constraints] = {
        "channels": (PositiveIntegers(),),
        "blocks": (Integer(1),),
    }

    def __init__(self, channels: tuple[int, ...] = (48, 96, 128), *, blocks: int = 1) -> None:
        self.channels = channels
        self.blocks = blocks

    def build(self, n_in: int, n_out: int) -> Network:
        """Build a fresh network.

        Parameters
        ----------
        n_in, n_out : int
            Channels of what it sees and of what it gives.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        """
        check_parameters(self)
        if not 1 <= len(self.channels) <= _MOST_LEVELS:
            raise ParameterError(
                f"The 'channels' parameter of DenoisingUNet must have one level at least and "
                f"{_MOST_LEVELS} at most. Got {len(self.channels)} instead."
            )
        body = _Padded(_EvenUNet(n_in, n_out, tuple(self.channels), self.blocks), self.multiple)
        return Network(Parts(body, nn.Identity(), n_out), IdentityBottleneck(), bounded=False)

    @property
    def multiple(self) -> int:
        """Sides of images are padded to multiples of this many pixels."""
        return int(2 ** len(self.channels))

    @property
    def reach(self) -> int:
        """How far from a pixel the input still matters to it, in pixels; a multiple of `multiple`."""
        finest, *middle = [2 ** (level + 1) for level in range(len(self.channels))]
        # First and last convolution, then both ways through the blocks of each level, except that the
        # coarsest is passed once.
        reach = 2 * finest + 4 * self.blocks * finest
        reach += sum(4 * self.blocks * pixels for pixels in middle)
        reach -= 2 * self.blocks * self.multiple
        # Folding aligns a pixel with the whole square of the coarsest level that it lies in.
        return -(-(reach + self.multiple) // self.multiple) * self.multiple


class _EvenUNet(nn.Module):
    """The network itself, for images whose sides are multiples."""

    def __init__(self, n_in: int, n_out: int, channels: tuple[int, ...], blocks: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(4 * n_in, channels[0], 3, padding=1, bias=False)
        self.down = nn.ModuleList(_stage(width, blocks) for width in channels)
        self.up = nn.ModuleList(_stage(width, blocks) for width in channels[:-1])
        steps = list(pairwise(channels))
        self.fold = nn.ModuleList(nn.Conv2d(4 * a, b, 1, bias=False) for a, b in steps)
        self.unfold = nn.ModuleList(nn.Conv2d(b, 4 * a, 1, bias=False) for a, b in steps)
        self.last = OutputConvolution(channels[0], 4 * n_out, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(functional.pixel_unshuffle(x, 2))
        passed = []
        for stage, fold in zip(self.down, self.fold, strict=False):
            h = stage(h)
            passed.append(h)
            h = fold(functional.pixel_unshuffle(h, 2))
        h = self.down[-1](h)
        for stage, unfold in zip(reversed(self.up), reversed(self.unfold), strict=True):
            h = stage(functional.pixel_shuffle(unfold(h), 2) + passed.pop())
        return functional.pixel_shuffle(self.last(h), 2)


class _Block(nn.Module):
    """Two convolutions beside a way past them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.b = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, h: Tensor) -> Tensor:
        change: Tensor = self.b(functional.relu(self.a(h)))
        return h + change


class _Padded(nn.Module):
    """Brings sides to multiples by repeating the border, and cuts the result to size."""

    def __init__(self, inner: nn.Module, multiple: int) -> None:
        super().__init__()
        self.inner = inner
        self.multiple = multiple

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        more = (-width % self.multiple, -height % self.multiple)
        if any(more):
            x = functional.pad(x, (0, more[0], 0, more[1]), mode="replicate")
        out: Tensor = self.inner(x)[..., :height, :width]
        return out


def _stage(width: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*[_Block(width) for _ in range(blocks)])
