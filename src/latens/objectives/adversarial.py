"""The objective of adversarial autoencoders: a critic that tells codes from draws of the prior."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens.networks import Network
from latens.objectives.objective import Batch, Losses, Objective, Phase, ReconstructionError

__all__ = ["AdversarialObjective"]


class AdversarialObjective(Objective):
    """Reconstruct, and make the codes look like draws from N(0, I) to a critic that learns to tell.

    Two phases share a step. In "fit" encoder and decoder lower the reconstruction error while the
    encoder fools the critic; in "critic" the critic learns. Per-sample terms: ``reconstruction`` and
    ``deception``, the cross-entropy of the critic's mistake, log 2 where it cannot tell.

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
        super().__init__(reconstruction)
        self.weight = weight
        self.critic = nn.Sequential(
            nn.Linear(latent_dim, units),
            nn.LeakyReLU(0.2),
            nn.Linear(units, units),
            nn.LeakyReLU(0.2),
            nn.Linear(units, 1),
        )

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of the phase "fit"."""
        output = network(batch.x)
        losses = super().losses(output, batch)
        deception = self._surprise(output.code.z, is_prior=True)
        total = losses.total + self.weight * deception.mean()
        return Losses(total, {**losses.terms, "deception": deception.detach()})

    def critic_losses(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of the phase "critic": codes and draws of the prior, told apart."""
        with torch.no_grad():
            codes = network.encode(batch.x).z
        draws = torch.randn_like(codes)
        detection = self._surprise(codes, is_prior=False) + self._surprise(draws, is_prior=True)
        return Losses(detection.mean(), {"detection": detection.detach()})

    def phases(self, network: Network) -> list[Phase]:
        return [
            Phase("fit", list(network.parameters()), self),
            Phase("critic", list(self.critic.parameters()), self.critic_losses),
        ]

    def _surprise(self, z: Tensor, *, is_prior: bool) -> Tensor:
        logits = self.critic(z).squeeze(1)
        return functional.softplus(-logits if is_prior else logits)
