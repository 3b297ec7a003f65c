"""The objective of adversarial autoencoders, with a critic that tells codes from draws of the prior."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens._draws import normal_like
from latens.networks import Network
from latens.objectives.objective import (
    Batch,
    Losses,
    Objective,
    Phase,
    ReconstructionError,
    Step,
    Term,
)

__all__ = ["AdversarialObjective"]


# Two time scales: a critic that keeps up with the encoder (Heusel et al. 2017, arXiv:1706.08500).
_CRITIC_PACE = 2.0
# Keeps the critic's slope at the prior small, so that the two converge and do not circle (Mescheder,
# Geiger and Nowozin 2018, Which training methods for GANs do actually converge? arXiv:1801.04406).
_SLOPE_PENALTY = 0.5


class AdversarialObjective(Objective):
    """A reconstruction error plus the error of a critic that tells codes from draws of N(0, I).

    A step has two phases. In "fit" encoder and decoder lower the reconstruction error and the term
    ``deception``: the cross-entropy of taking codes for draws of the prior, log 2 where the critic cannot
    tell. In "critic" the critic learns to tell.

    Parameters
    ----------
    reconstruction : callable
    latent_dim : int
    weight : float
        Of the deception beside the reconstruction error.
    units : int, default=128
        Of each of the critic's two hidden layers.

    References
    ----------
    Makhzani et al. (2015), Adversarial autoencoders. arXiv:1511.05644.
    """

    def __init__(
        self, reconstruction: ReconstructionError, latent_dim: int, weight: float, units: int = 128
    ) -> None:
        super().__init__(reconstruction, {"deception": Term(self._deception, weight)})
        self.critic = nn.Sequential(
            nn.Linear(latent_dim, units),
            nn.LeakyReLU(0.2),
            nn.Linear(units, units),
            nn.LeakyReLU(0.2),
            nn.Linear(units, 1),
        )

    def critic_losses(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of the phase "critic": codes and draws of the prior, told apart."""
        with torch.no_grad():
            codes = network.encode(batch.x).z
        # The penalty is made of gradients by the draws, in validation too.
        with torch.enable_grad():
            draws = normal_like(codes).requires_grad_()
            logits = self.critic(draws)
            (slope,) = torch.autograd.grad(logits.sum(), draws, create_graph=True)
        detection = functional.softplus(self.critic(codes).squeeze(1))
        detection = detection + functional.softplus(-logits).squeeze(1)
        total = detection.mean() + _SLOPE_PENALTY * slope.square().sum(1).mean()
        return Losses(total, {"detection": detection.detach()})

    def phases(self, network: Network) -> list[Phase]:
        return [
            Phase("fit", list(network.parameters()), self),
            Phase("critic", list(self.critic.parameters()), self.critic_losses, pace=_CRITIC_PACE),
        ]

    def _deception(self, step: Step) -> Tensor:
        return functional.softplus(-self.critic(step.output.code.z).squeeze(1))
