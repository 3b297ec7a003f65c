"""The objective of RecVAE: a prior made of the encoder one epoch ago, and two phases per step."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.distributions import Normal

from latens.networks import Bottleneck, Network, Output
from latens.objectives.objective import (
    Batch,
    Corruption,
    Losses,
    Objective,
    Phase,
    ReconstructionError,
)

__all__ = ["CompositePriorObjective"]

# Of the mixture, as in the authors' program: N(0, 1), the posterior of an epoch ago, and N(0, e^10).
_WEIGHTS = (3 / 20, 3 / 4, 1 / 10)
_WIDE = 148.4  # e^5, the standard deviation of the widest


class CompositePriorObjective(Objective):
    """A reconstruction error plus the divergence from a mixture of N(0, 1) and the earlier posterior.

    A step has two phases. In "encoder" the encoder learns from corrupted samples, with a divergence weighted
    by the number of events of a sample; in "decoder" the decoder learns from clean ones, without a
    divergence. Per-sample terms: ``reconstruction`` and ``kl``, both in nats.

    Parameters
    ----------
    reconstruction : callable
    corruption : callable
        From clean samples to what the encoder gets to see.
    gamma : float
        The weight of the divergence for each event of a sample.

    References
    ----------
    I. Shenbin, A. Alekseev, E. Tutubalina, V. Malykh, S. Nikolenko (2020), "RecVAE: a new variational
    autoencoder for top-N recommendations with implicit feedback", WSDM 2020, arXiv:1912.11160.
    """

    def __init__(
        self, reconstruction: ReconstructionError, corruption: Corruption, gamma: float
    ) -> None:
        super().__init__(reconstruction, corruption=corruption)
        self.gamma = gamma
        self.earlier_encoder: nn.Module = nn.Identity()
        self.earlier_bottleneck: Bottleneck | None = None

    def remember(self, network: Network) -> None:
        """Take the network's encoder as it is now for the prior: before the training, and after epochs."""
        self.earlier_encoder = deepcopy(network.encoder).requires_grad_(False)
        self.earlier_bottleneck = deepcopy(network.bottleneck).requires_grad_(False)

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of the phase "encoder"."""
        output = network(self.seen(batch.x))
        errors = self.reconstruction(output, batch.x)
        kl = self._divergence(output, batch.x)
        total = (errors + self.gamma * batch.x.sum(1) * kl).mean()
        return Losses(total, {"reconstruction": errors.detach(), "kl": kl.detach()})

    def decoder_losses(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of the phase "decoder"."""
        errors = self.reconstruction(network(batch.x), batch.x)
        return Losses(errors.mean(), {"reconstruction": errors.detach()})

    def phases(self, network: Network) -> list[Phase]:
        self.remember(network)
        coding = [*network.encoder.parameters(), *network.bottleneck.parameters()]
        decoding = list(network.decoder.parameters())
        return [
            Phase("encoder", coding, self),
            Phase("decoder", decoding, self.decoder_losses),
        ]

    def _divergence(self, output: Output, x: Tensor) -> Tensor:
        """KL divergence of each posterior from the prior, estimated at the code that was drawn."""
        assert self.earlier_bottleneck is not None, "phases() comes first"
        posterior, z = output.code.posterior, output.code.z
        assert isinstance(posterior, Normal), "the divergence needs a Gaussian posterior"
        with torch.no_grad():
            earlier = self.earlier_bottleneck.settled(self.earlier_encoder(x)).posterior
        assert earlier is not None
        zero = torch.zeros((), device=z.device, dtype=z.dtype)
        parts = (Normal(zero, zero + 1), earlier, Normal(zero, zero + _WIDE))
        weights = torch.tensor(_WEIGHTS, device=z.device, dtype=z.dtype).log()
        density = torch.stack(
            [part.log_prob(z) + weight for part, weight in zip(parts, weights, strict=True)]
        )
        return (posterior.log_prob(z) - density.logsumexp(0)).sum(1)
