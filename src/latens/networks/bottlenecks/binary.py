"""The bottleneck of binary codes: bits that gradients pass through."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code

__all__ = ["Binary"]

_EPSILON = 1e-5  # of a variance, for numbers that never change


class Binary(Bottleneck):
    """Codes of zeros and ones: whether each number is above its mean over the samples.

    While training, the mean is the batch's, so that every bit divides a batch into two parts and none
    is wasted; afterwards it is a moving average. The gradient passes the threshold as if it were the
    sigmoid of twice the number.

    Parameters
    ----------
    parts : Parts
    latent_dim : int
        Bits per code.
    momentum : float in (0, 1), default=0.1
        Of the moving averages.

    References
    ----------
    Bengio, Leonard and Courville (2013), Estimating or propagating gradients through stochastic neurons
    for conditional computation. arXiv:1308.3432 (the straight-through estimator).
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, parts: Parts, latent_dim: int, momentum: float = 0.1) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, latent_dim)
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(latent_dim))
        self.register_buffer("variance", torch.ones(latent_dim))

    def forward(self, h: Tensor) -> Code:
        before = functional.batch_norm(
            self.head(h),
            self.mean,
            self.variance,
            training=self.training and len(h) > 1,
            momentum=self.momentum,
            eps=_EPSILON,
        )
        soft = torch.sigmoid(2 * before)
        bits = (before > 0).to(before.dtype)
        # In this order it is exactly 0 or 1, and has the gradient of `soft`.
        code = bits + (soft - soft.detach())
        return Code(code, code, before=before)
