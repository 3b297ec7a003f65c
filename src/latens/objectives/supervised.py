"""The objective of supervised autoencoders: rebuild the sample and name its class."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens.networks import Network
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError

__all__ = ["SupervisedObjective"]


class SupervisedObjective(Objective):
    """Reconstruction error plus the cross-entropy of a linear label head on the code.

    Samples with the label -1 have none and add nothing to the cross-entropy.

    Parameters
    ----------
    reconstruction : callable
    latent_dim, n_classes : int
    weight : float
        Of the cross-entropy beside the reconstruction error.

    References
    ----------
    Le, Patterson and White (2018), Supervised autoencoders: improving generalization performance with
    unsupervised regularizers. NeurIPS 31.
    """

    def __init__(
        self, reconstruction: ReconstructionError, latent_dim: int, n_classes: int, weight: float
    ) -> None:
        super().__init__(reconstruction)
        self.weight = weight
        self.head = nn.Linear(latent_dim, n_classes)

    def forward(self, network: Network, batch: Batch) -> Losses:
        output = network(batch.x)
        losses = super().losses(output, batch)
        wrong = self._errors(output.code.z, batch.y)
        total = losses.total + self.weight * wrong.mean()
        return Losses(total, {**losses.terms, "label": wrong.detach()})

    def _errors(self, z: Tensor, y: Tensor | None) -> Tensor:
        if y is None:
            return torch.zeros(len(z), dtype=z.dtype, device=z.device)
        known = y >= 0
        errors = functional.cross_entropy(self.head(z), y.clamp(min=0), reduction="none")
        # Scaled by the share of known labels, so that few labels weigh as much as many.
        return errors * known / known.float().mean().clamp(min=1 / len(y))
