"""Bottlenecks of sparse dictionaries: few active units per sample on average, and none that is lost."""

from typing import Any

import torch
from torch import Tensor, nn

from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code

__all__ = ["BatchTopK", "JumpReLU", "active_above_thresholds"]

# A unit is taken for dead after being silent for as many samples as an average one fires at a hundred of.
_PATIENCE = 100
# The share of their gradient that dead units get although they are silent.
_LEAK = 0.1
# Of the moving average of the threshold: about the last hundred batches.
_FOLLOWING = 0.01
# The window around its threshold in which a unit's threshold feels a gradient, relative to it.
_WINDOW = 0.5


class _Rescue(nn.Module):
    """Lets units that have been silent for long follow the gradient until they fire again.

    What is decoded stays as it is. A silent unit's row of the encoder so turns towards samples that are
    rebuilt badly in the direction of its row of the decoder, as other methods get by a second
    reconstruction from dead units (Gao et al. 2024, arXiv:2406.04093, appendix A.2) and by resampling.

    Parameters
    ----------
    latent_dim : int
    k : int
        Active units per sample on average.
    """

    silence: Tensor

    def __init__(self, latent_dim: int, k: int) -> None:
        super().__init__()
        self.patience = _PATIENCE * latent_dim / k
        self.register_buffer("silence", torch.zeros(latent_dim))

    def forward(self, z: Tensor, before: Tensor) -> Tensor:
        with torch.no_grad():
            silent = (z == 0).all(0)
            self.silence.add_(len(z)).mul_(silent)
            dead = (self.silence > self.patience).nonzero().squeeze(1)
        if len(dead) == 0:
            return z
        leak = _LEAK * before[:, dead]
        return z.index_add(1, dead, leak - leak.detach())


class BatchTopK(Bottleneck):
    """Keeps the largest positive activations of a whole batch, k for each sample on average.

    A sample that needs more units gets more. Outside of training a threshold takes the place of the
    batch, the moving average of the smallest activation kept, so that codes do not depend on each other.

    Parameters
    ----------
    parts : Parts
    latent_dim, k : int
        Numbers per code, and how many of them differ from 0 on average.

    References
    ----------
    Bussmann, Leask and Nanda (2024), BatchTopK sparse autoencoders. arXiv:2412.06410.
    """

    threshold: Tensor
    is_started: Tensor

    def __init__(self, parts: Parts, latent_dim: int, k: int) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, latent_dim)
        self.k = k
        self.rescue = _Rescue(latent_dim, k)
        self.register_buffer("threshold", torch.zeros(()))
        self.register_buffer("is_started", torch.zeros((), dtype=torch.bool))

    def forward(self, h: Tensor) -> Code:
        before = self.head(h)
        if not self.training:
            return self._code(before, self.threshold)
        smallest = _largest(before.detach(), self.k)
        share = torch.where(self.is_started, _FOLLOWING, 1.0).to(smallest.dtype)
        self.threshold.lerp_(smallest, share)
        self.is_started.fill_(True)
        code = self._code(before, smallest)
        return Code(self.rescue(code.z, before), code.mean, before=before)

    def _code(self, before: Tensor, threshold: Tensor) -> Code:
        z = torch.where(before >= threshold, before.clamp(min=0), 0.0)
        return Code(z, z, before=before)


class JumpReLU(Bottleneck):
    """Units that are silent below a learnt threshold of their own and pass everything above it.

    `Code.before` is by how much each activation exceeds its threshold, relative to the threshold, with a
    gradient for the threshold alone; `active_above_thresholds` makes the number of active units of it.

    Parameters
    ----------
    parts : Parts
    latent_dim, k : int
        Numbers per code, and the active ones among them when training starts.

    References
    ----------
    Rajamanoharan et al. (2024), Jumping ahead: improving reconstruction fidelity with JumpReLU sparse
    autoencoders. arXiv:2407.14435.
    """

    is_started: Tensor

    def __init__(self, parts: Parts, latent_dim: int, k: int) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, latent_dim)
        self.k = k
        self.rescue = _Rescue(latent_dim, k)
        self.log_threshold = nn.Parameter(torch.zeros(latent_dim))
        self.register_buffer("is_started", torch.zeros((), dtype=torch.bool))

    def forward(self, h: Tensor) -> Code:
        before = self.head(h)
        if self.training and not self.is_started:
            self.log_threshold.data.fill_(_largest(before.detach(), self.k).log())
            self.is_started.fill_(True)
        excess = before.detach() * (-self.log_threshold).exp() - 1
        z = before * _step(excess)
        if self.training:
            z = self.rescue(z, before)
        return Code(z, z, before=excess)


def active_above_thresholds(code: Code) -> Tensor:
    """Return how many numbers of each code of a `JumpReLU` are active, shape (batch,).

    Its gradient is for the thresholds alone.
    """
    assert code.before is not None, "the thresholds of a JumpReLU are needed"
    return _step(code.before).sum(1)


def _largest(before: Tensor, k: int) -> Tensor:
    """The smallest of the k largest activations per sample of a batch; never 0 or less."""
    wanted = min(before.numel(), k * len(before))
    smallest = before.flatten().topk(wanted, sorted=False).values.min()
    return smallest.clamp(min=torch.finfo(before.dtype).tiny)


class _Step(torch.autograd.Function):
    """1 above 0 and else 0; backwards, the slope of a ramp as wide as the window."""

    @staticmethod
    def forward(ctx: Any, excess: Tensor) -> Tensor:
        ctx.save_for_backward(excess)
        return (excess > 0).to(excess.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (excess,) = ctx.saved_tensors
        return gradient * (excess.abs() < _WINDOW / 2) / _WINDOW


def _step(excess: Tensor) -> Tensor:
    stepped: Tensor = _Step.apply(excess)
    return stepped
