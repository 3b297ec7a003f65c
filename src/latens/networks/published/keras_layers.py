"""Keras' layers in torch, so that the network of a Keras study is the same network here.

They differ from torch's in the padding, the initial weights and the constants of the normalization.
"""

from torch import Tensor, nn
from torch.nn import functional

from latens.networks.layers.bilinear import BilinearConvolution
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.layers.upsampling import UpsampleConvolution

__all__ = [
    "SamePadding",
    "batch_norm",
    "bilinear_output",
    "convolution",
    "dense",
    "doubled_convolution",
    "output_convolution",
    "same_padding",
]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after a side, such that ceil(size / stride) windows fit.

    Where their number is odd, the one more comes after, on the right or at the bottom.

    Examples
    --------
    >>> same_padding(28, kernel=3, stride=2), same_padding(7, kernel=3, stride=2)
    ((0, 1), (1, 1))
    >>> same_padding(28, kernel=2, stride=1)
    (0, 1)
    """
    windows = -(-size // stride)
    total = max(0, (windows - 1) * stride + kernel - size)
    return total // 2, total - total // 2


class SamePadding(nn.Module):
    """The zeros that Keras' "same" puts around a map, for a square kernel."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        top, bottom = same_padding(x.shape[2], self.kernel, self.stride)
        left, right = same_padding(x.shape[3], self.kernel, self.stride)
        return functional.pad(x, (left, right, top, bottom))

    def extra_repr(self) -> str:
        return f"kernel={self.kernel}, stride={self.stride}"


def doubled_convolution(n_in: int, n_out: int, kernel: int) -> nn.Module:
    """Return a layer that repeats every row and column, and a convolution after it."""
    convolved = convolution(n_in, n_out, kernel)
    assert isinstance(convolved, nn.Conv2d), "odd kernels need no layer for the padding"
    return UpsampleConvolution(convolved)


def convolution(
    n_in: int, n_out: int, kernel: int, *, stride: int = 1, padding: str = "same"
) -> nn.Module:
    """Return a convolution with Keras' padding and initial weights.

    Parameters
    ----------
    n_in, n_out : int
        Channels.
    kernel : int
        Its height and width.
    stride : int, default=1
    padding : {"same", "valid"}, default="same"
    """
    # The same zeros on both sides are torch's own padding, which costs no copy.
    is_symmetric = kernel % 2 == 1 and stride == 1
    zeros = kernel // 2 if padding == "same" and is_symmetric else 0
    layer = _with_initial_weights(nn.Conv2d(n_in, n_out, kernel, stride=stride, padding=zeros))
    if padding == "valid" or is_symmetric:
        return layer
    return nn.Sequential(SamePadding(kernel, stride), layer)


def bilinear_output(size: int, n_in: int, kernel: int) -> nn.Module:
    """Return a layer that doubles square maps bilinearly, and the convolution to gray pictures after it."""
    return BilinearConvolution(size, size, output_convolution(n_in, kernel))


def output_convolution(n_in: int, kernel: int) -> nn.Conv2d:
    """Return the convolution to gray pictures that a decoder ends with."""
    layer = OutputConvolution(n_in, 1, kernel, padding=kernel // 2)
    _with_initial_weights(layer)
    return layer


def dense(n_in: int, n_out: int) -> nn.Module:
    """Return a fully connected layer with Keras' initial weights."""
    return _with_initial_weights(nn.Linear(n_in, n_out))


def batch_norm(channels: int) -> nn.BatchNorm2d:
    """Return a normalization with Keras' constants; its momentum of .99 is .01 in torch's terms.

    The running statistics follow so slowly that a network needs some hundred steps of training before
    it does as well in use as it does in training.
    """
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def _with_initial_weights(layer: nn.Conv2d | nn.Linear) -> nn.Module:
    """The layer with weights after Glorot and Bengio (2010) and biases of zero."""
    nn.init.xavier_uniform_(layer.weight)
    assert layer.bias is not None, "layers are made with a bias"
    nn.init.zeros_(layer.bias)
    return layer
