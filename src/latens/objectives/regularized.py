"""The objective of regularised autoencoders: small codes, and a decoder that is smooth around them."""

import torch
from torch import Tensor

from latens.networks import Network
from latens.objectives.code_terms import contraction_estimate
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError

__all__ = ["RegularizedObjective"]


class RegularizedObjective(Objective):
    """Reconstruction error, the size of the codes, and how fast the decoder may change.

    Per-sample terms: ``reconstruction``; ``code``, half the mean square of the code's numbers; and
    ``smoothness``, the squared Frobenius norm of the decoder's Jacobian per value, or the sum of the
    decoder's squared weights per value.

    Parameters
    ----------
    reconstruction : callable
    code_weight, decoder_weight : float
    penalty : {"gradient", "weights"}
        What makes the decoder smooth.
    """

    def __init__(
        self,
        reconstruction: ReconstructionError,
        code_weight: float,
        decoder_weight: float,
        penalty: str,
    ) -> None:
        super().__init__(reconstruction)
        self.code_weight = code_weight
        self.decoder_weight = decoder_weight
        self.penalty = penalty

    def forward(self, network: Network, batch: Batch) -> Losses:
        # The Jacobian is made of gradients by the codes, in validation too.
        with torch.enable_grad():
            output = network(batch.x)
            z, n_values = output.code.z, batch.x[0].numel()
            if self.penalty == "gradient":
                smoothness = contraction_estimate(output.x_hat, z) / n_values
            else:
                smoothness = _squared_weights(network).expand(len(z)) / n_values
        losses = super().losses(output, batch)
        size = 0.5 * z.square().mean(1)
        total = losses.total + self.code_weight * size.mean()
        total = total + self.decoder_weight * smoothness.mean()
        parts = {"code": size.detach(), "smoothness": smoothness.detach()}
        return Losses(total, {**losses.terms, **parts})


def _squared_weights(network: Network) -> Tensor:
    """The sum of the squares of the decoder's weights; biases make no function steeper."""
    weights = [one for one in network.decoder.parameters() if one.ndim > 1]
    return torch.stack([weight.square().sum() for weight in weights]).sum()
