"""The objective of contractive autoencoders: codes that hardly change when their samples do."""

import torch

from latens.networks import Network
from latens.objectives.code_terms import contraction_estimate
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError

__all__ = ["ContractiveObjective"]


class ContractiveObjective(Objective):
    """Reconstruction error plus the squared norm of the code's Jacobian.

    Parameters
    ----------
    reconstruction : callable
    weight : float
        Of the Jacobian's squared Frobenius norm.
    """

    def __init__(self, reconstruction: ReconstructionError, weight: float) -> None:
        super().__init__(reconstruction)
        self.weight = weight

    def forward(self, network: Network, batch: Batch) -> Losses:
        # The Jacobian is made of gradients by the samples, in validation too.
        with torch.enable_grad():
            x = batch.x.detach().requires_grad_()
            output = network(x)
            contraction = contraction_estimate(output.code.mean, x)
        losses = super().losses(output, batch)
        total = losses.total + self.weight * contraction.mean()
        return Losses(total, {**losses.terms, "contraction": contraction.detach()})
