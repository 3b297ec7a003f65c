"""Bilinear doubling of a map, alone and with the convolution after it."""

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["BilinearConvolution", "BilinearUpsample"]


class BilinearUpsample(nn.Module):
    """Twice the height and width, as Keras did it until TensorFlow 2.

    Even rows and columns are those of the input, odd ones the means of their neighbors, and the last one
    is repeated. TensorFlow 2 and torch look half a pixel further up and left instead.

    Parameters
    ----------
    height, width : int
        Of the map that comes.

    Examples
    --------
    >>> BilinearUpsample(1, 3)(torch.tensor([[[[0.0, 2.0, 6.0]]]]))[0, 0, 0]
    tensor([0., 1., 2., 4., 6., 6.])
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.register_buffer("rows", _doubling(height), persistent=False)
        self.register_buffer("columns", _doubling(width), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        # Two products with a small matrix, in the layout of the convolutions: a third of the time that
        # torch's interpolation takes, which has no such rule for the last row and has to be cropped.
        batch, _, height, width = x.shape
        rows = x.permute(0, 2, 3, 1).reshape(batch, height, -1)
        taller = (self.rows @ rows).reshape(batch, 2 * height, width, -1)
        return (self.columns @ taller).permute(0, 3, 1, 2)


class BilinearConvolution(nn.Sequential):
    """Bilinear doubling and a "same" convolution to few channels, computed on the small map.

    Both are linear: one acts on the places of a channel, the other's weights on the channels of a place.
    So the channels are weighed first, on the small map, and what is doubled and added up is no wider than
    the taps of the kernel: for 32 channels of 14x14 and a kernel of 3x3 to one channel a twelfth of the
    time. Parameters and state are those of the two layers in a row.

    Parameters
    ----------
    height, width : int
        Of the map that comes.
    convolution : Conv2d
        Of an odd, square kernel, stride 1 and half its size as padding. Never computed in reduced
        precision, as it gives the reconstruction itself.

    Examples
    --------
    >>> layers = BilinearConvolution(4, 4, nn.Conv2d(8, 1, 3, padding=1))
    >>> x = torch.rand(1, 8, 4, 4)
    >>> torch.allclose(layers(x), nn.Sequential.forward(layers, x), atol=1e-6)
    True
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, height: int, width: int, convolution: nn.Conv2d) -> None:
        super().__init__(BilinearUpsample(height, width), convolution)
        kernel = convolution.kernel_size[0]
        self.register_buffer("rows", _tapped(_doubling(height), kernel), persistent=False)
        across = _tapped(_doubling(width), kernel).view(2 * width, width, kernel)
        # The taps down pass through, so that no axis has to be moved: (width, down, across) to (down, width).
        columns = torch.einsum("wvt,ds->vstdw", across, torch.eye(kernel)).flatten(3).flatten(0, 2)
        self.register_buffer("columns", columns, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        convolution = self[1]
        assert isinstance(convolution, nn.Conv2d), "the second layer is a convolution"
        with torch.autocast(x.device.type, enabled=False):
            weighed = self._weighed(x.to(convolution.weight.dtype), convolution.weight)
            batch, channels, height = weighed.shape[:3]
            wide = weighed.reshape(batch * channels * height, -1) @ self.columns
            whole = self.rows @ wide.view(batch, channels, self.rows.shape[1], -1)
            return whole if convolution.bias is None else whole + convolution.bias[:, None, None]

    def _weighed(self, x: Tensor, weight: Tensor) -> Tensor:
        """Every place times every tap: (batch, channels, height, width, taps)."""
        # As a convolution, which for so few columns is four times as fast as the matrix product that it is.
        by_tap = weight.permute(0, 2, 3, 1).flatten(0, 2)[:, :, None, None]
        products = functional.conv2d(x, by_tap).permute(0, 2, 3, 1)
        return products.unflatten(3, (weight.shape[0], -1)).movedim(3, 1)


def _doubling(size: int) -> Tensor:
    """The matrix from `size` values to twice as many, every second of them a mean of neighbors."""
    values = torch.eye(size)
    following = torch.cat([values[1:], values[-1:]])
    return torch.stack([values, (values + following) / 2], dim=1).flatten(0, 1)


def _tapped(matrix: Tensor, kernel: int) -> Tensor:
    """The matrix to what each tap of a "same" kernel sees: (rows, columns times taps)."""
    padded = functional.pad(matrix, (0, 0, kernel // 2, kernel // 2))
    return padded.unfold(0, kernel, 1).flatten(1)
