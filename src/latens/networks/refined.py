"""Networks whose codes are refined sample by sample, by gradient descent on the reconstruction error."""

from collections.abc import Callable

import torch
from torch import Tensor

from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code, Network, Output

__all__ = ["RefinedNetwork"]

# In standard deviations of a latent dimension; the steps of Adam have the size of its learning rate.
_LEARNING_RATE = 0.1


class RefinedNetwork(Network):
    """A network whose encoder proposes a code, which gradient descent then improves.

    While it trains it is a plain network. `remember_spread` ends that: from then on `encode` and
    `reconstruct` refine.

    Parameters
    ----------
    parts : Parts
        From a network factory.
    bottleneck : Bottleneck
        Without random draws.
    bounded : bool
        As of `Network`.
    error : callable
        From an `Output` and the samples to one error per sample, which is made smaller.
    latent_dim : int
        Dimensions of the code.
    steps : int
        Steps of gradient descent.
    """

    spread: Tensor

    def __init__(
        self,
        parts: Parts,
        bottleneck: Bottleneck,
        *,
        bounded: bool,
        error: Callable[[Output, Tensor], Tensor],
        latent_dim: int,
        steps: int,
    ) -> None:
        super().__init__(parts, bottleneck, bounded=bounded)
        self._error = error
        self.steps = steps
        self.register_buffer("spread", torch.zeros(latent_dim))

    def remember_spread(self, codes: Tensor) -> None:
        """Measure how far codes of training samples lie apart, dimension by dimension."""
        self.spread.copy_(codes.std(0, correction=0))

    def encode(self, x: Tensor) -> Code:
        proposed = super().encode(x)
        if not self.spread.any():
            return proposed
        # What is made in inference mode may not take part in a gradient; a copy may.
        with torch.inference_mode(False), torch.enable_grad():
            z = self._refined(proposed.mean.detach().clone(), x.detach().clone())
        return Code(z, z)

    def reconstruct(self, x: Tensor) -> Output:
        """Return code and reconstruction; unlike other networks from nothing but the code, as refined."""
        return self.decode_code(self.encode(x))

    def _refined(self, start: Tensor, x: Tensor) -> Tensor:
        """The best codes on the way down from the proposed ones, so never worse than those."""
        moved = torch.zeros_like(start, requires_grad=True)
        optimizer = torch.optim.Adam([moved], lr=_LEARNING_RATE)
        best, least = start, torch.full_like(start[:, 0], torch.inf)
        for _ in range(self.steps + 1):
            z = start + self.spread * moved
            errors = self._error(self.decode_code(Code(z, z)), x)
            (moved.grad,) = torch.autograd.grad(errors.sum(), moved)
            z, errors = z.detach(), errors.detach()
            best = torch.where((errors < least)[:, None], z, best)
            least = torch.minimum(errors, least)
            optimizer.step()
        return best
