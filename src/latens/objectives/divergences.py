"""The KL divergence of Gaussian posteriors from their prior."""

import torch
from torch import Tensor
from torch.distributions import Normal

from latens.networks import Output
from latens.objectives.objective import Step

__all__ = ["gaussian_kl", "gaussian_kl_per_dimension"]


def gaussian_kl_per_dimension(output: Output) -> Tensor:
    r"""Return the KL divergence from N(0, 1) of each dimension's posterior, in nats.

    Of shape (batch, latent_dim), for Gaussian posteriors:

    .. math:: (\mu^2 + \sigma^2 - 1 - \log \sigma^2) / 2

    References
    ----------
    Kingma and Welling (2014), Auto-encoding variational Bayes. arXiv:1312.6114, appendix B.
    """
    posterior = output.code.posterior
    assert isinstance(posterior, Normal), "the KL divergence needs a Gaussian posterior"
    mean, variance = posterior.loc, posterior.scale.square()
    return 0.5 * (mean.square() + variance - 1 - variance.log())


def gaussian_kl(step: Step, *, free_bits: float = 0.0) -> Tensor:
    """Return the KL divergence of each code's posterior from N(0, I), in nats per value of the sample.

    Per value, as the reconstruction error is, so that the sum of both is a bound on the likelihood.

    Parameters
    ----------
    step : Step
    free_bits : float in [0, inf), default=0
        Nats of each latent dimension, on the mean of the batch, that cost nothing (Kingma et al. 2016,
        arXiv:1606.04934): it prevents the posterior collapse of dimensions.

    Returns
    -------
    Tensor of shape (batch,)
    """
    kl = gaussian_kl_per_dimension(step.output)
    if free_bits > 0:
        kl = torch.maximum(kl.mean(0), kl.new_tensor(free_bits)).expand_as(kl)
    return kl.sum(1) / step.x[0].numel()
