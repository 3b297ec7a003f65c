"""The importance-weighted bound on the likelihood, with several draws for each sample."""

import math

import torch
from torch import Tensor
from torch.distributions import Normal

from latens.networks import Network, Output
from latens.objectives.divergences import gaussian_kl
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError, Step
from latens.objectives.reconstruction import GaussianError, squared_error

__all__ = ["ImportanceWeightedObjective", "log_weights"]

# Rounds of weights by a variance and a variance by the weights, which converge fast.
_ROUNDS = 4


def log_weights(output: Output, errors: Tensor, x: Tensor) -> Tensor:
    """Return log p(x|z) + log p(z) - log q(z|x) for one draw of each sample, in nats per sample.

    Its mean over draws is the variational bound on log p(x); the mean of its exponential is p(x) itself.

    Parameters
    ----------
    output : Output
        With a Gaussian posterior and a draw from it.
    errors : Tensor of shape (batch,)
        Negative log-likelihoods in nats per value, as reconstruction errors are.
    x : Tensor of shape (batch, *input_shape)

    Returns
    -------
    Tensor of shape (batch,)
    """
    posterior, z = output.code.posterior, output.code.z
    assert isinstance(posterior, Normal), "importance weights need a Gaussian posterior"
    prior = -0.5 * (z.square() + math.log(2 * math.pi))
    ratio = (prior - posterior.log_prob(z)).sum(1)
    return ratio - x[0].numel() * errors


class ImportanceWeightedObjective(Objective):
    r"""The negative logarithm of the mean importance weight of several draws, in nats per value.

    .. math:: -\log \frac{1}{K} \sum_k \frac{p(x|z_k) p(z_k)}{q(z_k|x)}

    Per-sample terms: ``reconstruction`` and ``kl`` as of the ordinary bound, and ``bound``, which is
    minimized and not the sum of the two.

    Parameters
    ----------
    reconstruction : callable
        A negative log-likelihood in nats per value.
    n_draws : int
        The K above.
    """

    def __init__(self, reconstruction: ReconstructionError, n_draws: int) -> None:
        super().__init__(reconstruction)
        self.n_draws = n_draws

    @property
    def coupled(self) -> frozenset[str]:
        return super().coupled | ({"bound"} if super().coupled else set())

    def forward(self, network: Network, batch: Batch) -> Losses:
        # Each sample goes through the encoder as often, too, so that any network will do.
        x = batch.x.repeat_interleave(self.n_draws, 0)
        output = network(x)
        errors = self._errors(output, x)
        weights = self._by_sample(log_weights(output, errors, x))
        bound = (math.log(self.n_draws) - weights.logsumexp(1)) / x[0].numel()
        parts = {
            "reconstruction": self._by_sample(errors).mean(1),
            "kl": self._by_sample(gaussian_kl(Step(network, batch, x, output))).mean(1),
            "bound": bound,
        }
        return Losses(bound.mean(), {name: value.detach() for name, value in parts.items()})

    def _errors(self, output: Output, x: Tensor) -> Tensor:
        """Negative log-likelihoods of all draws, under the variance that is best for the bound.

        Where the bound is stationary in the variance, that is the mean squared error with every draw
        counting by its normalized importance weight, as it does in the bound.
        """
        error = self.reconstruction
        if not (isinstance(error, GaussianError) and error.learns_from(output)):
            return error(output, x)
        squared = squared_error(output, x)
        with torch.no_grad():
            best = squared.mean()
            for _ in range(_ROUNDS):
                weights = self._by_sample(log_weights(output, error.at(squared, best), x))
                best = (weights.softmax(1) * self._by_sample(squared)).sum(1).mean()
        return error.at(squared, error.follow(best))

    def _by_sample(self, values: Tensor) -> Tensor:
        return values.view(-1, self.n_draws)
