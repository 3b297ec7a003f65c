"""Nearest-neighbor upsampling: to a fixed size, and by two together with a convolution."""

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Resize", "UpsampleConvolution"]


class Resize(nn.Module):
    """Nearest-neighbor resizing to a fixed height and width."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.size = (height, width)

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, size=self.size, mode="nearest")

    def extra_repr(self) -> str:
        return f"height={self.size[0]}, width={self.size[1]}"


class UpsampleConvolution(nn.Sequential):
    """Nearest-neighbor doubling and a "same" convolution, computed on the small map.

    The windows of the convolution see the same value several times. Adding up the weights that meet the
    same value gives four smaller kernels, one for even and odd rows and columns each: the same numbers,
    for a 3x3 kernel with 2.25 times fewer multiplications. Parameters and state are those of the two
    layers in a row.

    Parameters
    ----------
    convolution : Conv2d
        Of an odd, square kernel, stride 1 and half its size as padding.

    Notes
    -----
    One transposed convolution would give the same, but its bfloat16 kernels wait for each other in a
    spin: a step takes up to 30 times as long when another program wants a core.

    References
    ----------
    Shi et al. (2016), Is the deconvolution layer the same as a convolutional layer? arXiv:1609.07009.

    Examples
    --------
    >>> layers = UpsampleConvolution(nn.Conv2d(3, 5, 3, padding=1))
    >>> x = torch.rand(1, 3, 4, 4)
    >>> torch.allclose(layers(x), nn.Sequential.forward(layers, x), atol=1e-6)
    True
    """

    sums: Tensor

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__(nn.Upsample(scale_factor=2, mode="nearest"), convolution)
        kernel = convolution.kernel_size[0]
        # Which small value, counted from the first that is seen, each weight meets: for even and odd.
        taps = range(kernel)
        places = [[(odd + tap - kernel // 2) // 2 for tap in taps] for odd in (0, 1)]
        self.before = [-row[0] for row in places]
        self.after = [row[-1] for row in places]
        seen = range(kernel // 2 + 1)
        sums = [[[float(one - row[0] == at) for one in row] for at in seen] for row in places]
        dtype = convolution.weight.dtype
        self.register_buffer("sums", torch.tensor(sums, dtype=dtype), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        rows = [
            torch.stack([self._quarter(x, down, across) for across in (0, 1)], 3) for down in (0, 1)
        ]
        return torch.stack(rows, 2).flatten(3, 4).flatten(1, 2).permute(0, 3, 1, 2)

    def _quarter(self, x: Tensor, down: int, across: int) -> Tensor:
        """The even or odd rows and columns of the result, channels last."""
        convolution = self[1]
        assert isinstance(convolution, nn.Conv2d), "the second layer is a convolution"
        weight = self.sums[down] @ convolution.weight @ self.sums[across].T
        sides = (self.before[across], self.after[across], self.before[down], self.after[down])
        layout = torch.channels_last
        padded = functional.pad(x, sides).contiguous(memory_format=layout)
        weight = weight.contiguous(memory_format=layout)
        return functional.conv2d(padded, weight, convolution.bias).permute(0, 2, 3, 1)
