"""Bottlenecks that are a linear map, with or without a distribution."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Normal

from latens._draws import normal_like
from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code

__all__ = ["Deterministic", "Gaussian", "Rectifier", "TopK"]

# A posterior narrower than e**-6 or wider than e**6 is a number that overflows soon.
_LOG_VARIANCE_LIMIT = 12.0


class Deterministic(Bottleneck):
    """The same sample always has the same code: a linear map, or the network's own head.

    Parameters
    ----------
    parts : Parts
        The network that it stands in.
    latent_dim : int
        Dimensions of the code.
    activation : Module or None
        After the map, for codes that must be positive or bounded.
    """

    def __init__(self, parts: Parts, latent_dim: int, activation: nn.Module | None = None) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, latent_dim)
        self.activation = activation or nn.Identity()

    def forward(self, h: Tensor) -> Code:
        z = self.activation(self.head(h))
        return Code(z, z)


class Rectifier(nn.Module):
    """A ReLU whose units can come back to life: a tenth of what would wake a silent one reaches it.

    Codes are few, and a plain ReLU lost 8 of 10 for good in the first steps on 8,000 images.
    """

    def forward(self, h: Tensor) -> Tensor:
        rectified: Tensor = _Rectified.apply(h)
        return rectified


class _Rectified(torch.autograd.Function):
    _LEAK = 0.1

    @staticmethod
    def forward(ctx: Any, h: Tensor) -> Tensor:
        ctx.save_for_backward(h)
        return h.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        (h,) = ctx.saved_tensors
        # Only what lifts a silent unit: nothing answers to one that sinks, so that it would sink, and the
        # weights it shares with the others grow, without end.
        return torch.where(h > 0, gradient, _Rectified._LEAK * gradient.clamp(max=0))


class TopK(Bottleneck):
    """Keeps the k activations of largest size in each code and sets the others to 0.

    Parameters
    ----------
    parts : Parts
    latent_dim, k : int
        Dimensions of the code, and how many of them may differ from 0.

    References
    ----------
    Makhzani and Frey (2014), k-Sparse autoencoders. arXiv:1312.5663.
    """

    def __init__(self, parts: Parts, latent_dim: int, k: int) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, latent_dim)
        self.k = k

    def forward(self, h: Tensor) -> Code:
        before = self.head(h)
        # By size and not by value: a unit has two ways to be chosen, and fewer are never chosen.
        largest = before.abs().topk(self.k, dim=1).indices
        z = torch.zeros_like(before).scatter(1, largest, before.gather(1, largest))
        return Code(z, z, before=before)


class Gaussian(Bottleneck):
    """A Gaussian posterior with independent numbers; `z` is a draw, `mean` its mean.

    Parameters
    ----------
    parts : Parts
    latent_dim : int
    """

    def __init__(self, parts: Parts, latent_dim: int) -> None:
        super().__init__()
        self.mean = nn.Linear(parts.width, latent_dim)
        self.log_variance = nn.Linear(parts.width, latent_dim)

    def forward(self, h: Tensor) -> Code:
        code = self.settled(h)
        assert isinstance(code.posterior, Normal)
        mean, scale = code.posterior.loc, code.posterior.scale
        return replace(code, z=mean + scale * normal_like(mean))

    def settled(self, h: Tensor) -> Code:
        mean = self.mean(h)
        log_variance = self.log_variance(h).clamp(-_LOG_VARIANCE_LIMIT, _LOG_VARIANCE_LIMIT)
        posterior = Normal(mean, (0.5 * log_variance).exp(), validate_args=False)
        return Code(mean, mean, posterior)
