"""How far distributions of codes are from their prior."""

import torch
from torch import Tensor
from torch.distributions import Normal

from latens.networks import Output

__all__ = ["gaussian_kl", "gaussian_kl_per_number"]


def gaussian_kl_per_number(output: Output) -> Tensor:
    """KL divergence of each number's Gaussian posterior from N(0, 1), shape (batch, latent_dim), nats.

    .. math:: (\\mu^2 + \\sigma^2 - 1 - \\log \\sigma^2) / 2

    References
    ----------
    Kingma and Welling (2014), Auto-encoding variational Bayes. arXiv:1312.6114, appendix B.
    """
    posterior = output.code.posterior
    assert isinstance(posterior, Normal), "the KL divergence needs a Gaussian posterior"
    mean, variance = posterior.loc, posterior.scale.square()
    return 0.5 * (mean.square() + variance - 1 - variance.log())


def gaussian_kl(output: Output, x: Tensor, *, free_bits: float = 0.0) -> Tensor:
    """KL divergence of each code's posterior from N(0, I), in nats per value of the sample.

    Per value, as the reconstruction error is, so that the sum of both is a bound on the likelihood.

    Parameters
    ----------
    output : Output
    x : Tensor of shape (batch, *input_shape)
        Only its size counts.
    free_bits : float in [0, inf), default=0
        Nats that every number of the code may hold before it costs anything, on the mean of the batch
        (Kingma et al. 2016, arXiv:1606.04934); it keeps numbers from falling silent.

    Returns
    -------
    Tensor of shape (batch,)
    """
    kl = gaussian_kl_per_number(output)
    if free_bits > 0:
        kl = torch.maximum(kl.mean(0), kl.new_tensor(free_bits)).expand_as(kl)
    return kl.sum(1) / x[0].numel()
