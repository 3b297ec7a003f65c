"""Bottlenecks of sparse dictionaries: few active units per sample on average, and none that is lost."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code

__all__ = ["BatchTopK", "JumpReLU", "ThresholdedUnits"]

# A unit is taken for dead after being silent for as many samples as an average one fires at a hundred of.
_PATIENCE = 100
# The share of their gradient that dead units get although they are silent.
_LEAK = 0.1
# Of the moving average of the threshold: about the last hundred batches.
_FOLLOWING = 0.01
# The window around its threshold in which a unit's threshold feels a gradient, relative to it.
_WINDOW = 0.5
# Thresholds move so much slower than weights: at the same pace most units jumped out of reach.
_THRESHOLD_PACE = 0.1


class _Rescue(nn.Module):
    """Lets units that have been silent for long follow the gradient until they fire again.

    What is decoded stays as it is. A silent unit's row of the encoder so turns towards samples that are
    reconstructed badly in the direction of its row of the decoder, as other methods get by a second
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

    @torch.no_grad()
    def dead(self, z: Tensor) -> Tensor:
        """Take note of the codes of a batch; return which units are dead."""
        self.silence.add_(len(z)).mul_((z == 0).all(0))
        return self.silence > self.patience

    def forward(self, z: Tensor, before: Tensor, dead: Tensor) -> Tensor:
        """Return the codes with a gradient for dead units."""
        leaking: Tensor = _Leak.apply(z, before, dead)
        return leaking


class _Leak(torch.autograd.Function):
    """The codes as they are; backwards, activations of dead units get a share of the codes' gradient."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, before: Tensor, dead: Tensor) -> Tensor:
        ctx.save_for_backward(dead)
        return z.view_as(z)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        (dead,) = ctx.saved_tensors
        return gradient, _LEAK * dead.to(gradient.dtype) * gradient, None


class ThresholdedUnits(Bottleneck, ABC):
    """Units that are silent up to a threshold, such that k are active in a sample on average.

    While training, the threshold is the one that leaves k units per sample of this batch active, so that a
    sample that needs more units gets more. Otherwise it is a number of its own, and codes do not depend on
    each other: the moving average of the batches' thresholds, until `settle` finds the exact one.

    Parameters
    ----------
    parts : Parts
    latent_dim, k : int
        Dimensions of the code, and how many of them differ from 0 on average.
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

    @abstractmethod
    def _relative(self, before: Tensor) -> Tensor:
        """Activations in the units of their thresholds."""

    @abstractmethod
    def _passed(self, before: Tensor, relative: Tensor, threshold: Tensor) -> Tensor:
        """Activations that reach the threshold, and 0 for all others."""

    def _forget(self, dead: Tensor) -> None:
        """Take back what was learned of dead units, shape (latent_dim,), beside their weights."""

    def forward(self, h: Tensor) -> Code:
        before = self.head(h)
        relative = self._relative(before)
        if not self.training:
            z = self._passed(before, relative, self.threshold)
            return Code(z, z, before=before)
        threshold = self._threshold_of(relative)
        share = torch.where(self.is_started, _FOLLOWING, 1.0).to(threshold.dtype)
        self.threshold.lerp_(threshold, share)
        self.is_started.fill_(True)
        z = self._passed(before, relative, threshold)
        dead = self.rescue.dead(z)
        self._forget(dead)
        return Code(self.rescue(z, before, dead), z, before=before)

    @torch.no_grad()
    def settle(self, h: Tensor) -> None:
        """Set the threshold that leaves k units active in each of many samples, on average.

        Parameters
        ----------
        h : Tensor of shape (n_samples, width)
            Features of samples.
        """
        self.threshold.copy_(self._threshold_of(self._relative(self.head(h))))

    def _threshold_of(self, relative: Tensor) -> Tensor:
        """The smallest of the k largest activations per sample; never 0 or less."""
        wanted = min(relative.numel(), self.k * len(relative))
        smallest = relative.detach().flatten().topk(wanted, sorted=False).values.min()
        return smallest.clamp(min=torch.finfo(relative.dtype).tiny)


class BatchTopK(ThresholdedUnits):
    """Keeps the largest positive activations of a whole batch, k for each sample on average.

    References
    ----------
    Bussmann, Leask and Nanda (2024), BatchTopK sparse autoencoders. arXiv:2412.06410.
    """

    def _relative(self, before: Tensor) -> Tensor:
        return before

    def _passed(self, before: Tensor, relative: Tensor, threshold: Tensor) -> Tensor:
        return torch.where(before >= threshold, before, 0.0)


class JumpReLU(ThresholdedUnits):
    """Every unit has a threshold of its own, learned from the reconstruction.

    Only the thresholds' ratios are learned, by the authors' estimate of the gradient of a step, times
    (activation / threshold)² in its window. Their common
    factor follows from k, where the authors have a penalty on the number of active units and a weight to
    tune: the budget is then met at once, and learning decides who gets it.

    References
    ----------
    Rajamanoharan et al. (2024), Jumping ahead: improving reconstruction fidelity with JumpReLU sparse
    autoencoders. arXiv:2407.14435.
    """

    def __init__(self, parts: Parts, latent_dim: int, k: int) -> None:
        super().__init__(parts, latent_dim, k)
        self.log_ratios = nn.Parameter(torch.zeros(latent_dim))

    def _relative(self, before: Tensor) -> Tensor:
        ratios = _THRESHOLD_PACE * (self.log_ratios - self.log_ratios.mean())
        return before.detach() * (-ratios).exp()

    def _forget(self, dead: Tensor) -> None:
        # A threshold that nothing reaches has no gradient; that of an average unit is a new start.
        with torch.no_grad():
            self.log_ratios.copy_(torch.where(dead, self.log_ratios.mean(), self.log_ratios))

    def _passed(self, before: Tensor, relative: Tensor, threshold: Tensor) -> Tensor:
        stepped: Tensor = _Step.apply(relative / threshold - 1)
        return before * stepped


class _Step(torch.autograd.Function):
    """1 from 0 on and else 0; backwards, the slope of a ramp as wide as the window."""

    @staticmethod
    def forward(ctx: Any, excess: Tensor) -> Tensor:
        ctx.save_for_backward(excess)
        return (excess >= 0).to(excess.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (excess,) = ctx.saved_tensors
        return gradient * (excess.abs() < _WINDOW / 2) / _WINDOW
