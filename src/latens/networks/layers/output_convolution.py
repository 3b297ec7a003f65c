"""The convolution that a decoder ends with."""

import torch
from torch import Tensor, nn

__all__ = ["OutputConvolution"]


class OutputConvolution(nn.Conv2d):
    """A convolution that is never computed in reduced precision.

    What it gives is the reconstruction itself. It also has few channels, and for these the bfloat16
    kernels of oneDNN gain nothing, and their threads spin in a barrier.
    """

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.to(self.weight.dtype))
