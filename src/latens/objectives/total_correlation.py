"""The total correlation of the latent dimensions."""

import math

from torch import Tensor
from torch.distributions import Normal

from latens.objectives.objective import Step

__all__ = ["total_correlation"]


def total_correlation(step: Step) -> Tensor:
    r"""Estimate the total correlation of the codes of all samples, in nats per value of the sample.

    It is the divergence of the distribution of all codes from the product of its marginal distributions,
    and 0 where the latent dimensions are independent:

    .. math:: KL(q(z) \,\|\, \prod_j q(z_j))

    The mixture of the batch's posteriors stands for q(z), so the value needs the whole batch. A batch
    has few of the posteriors around a draw except its own, which shifts the estimate of Chen et al. by a
    constant that has no gradient; ours leaves it out.

    Parameters
    ----------
    step : Step
        With Gaussian posteriors and draws from them.

    Returns
    -------
    Tensor of shape (batch,)
        Its mean is the estimate. The memory is that of batch x batch x latent_dim values.

    References
    ----------
    Chen, Li, Grosse and Duvenaud (2018), Isolating sources of disentanglement in variational
    autoencoders. arXiv:1802.04942, section 4 and appendix C.1 (minibatch-weighted sampling).
    """
    posterior, z = step.output.code.posterior, step.output.code.z
    assert isinstance(posterior, Normal), "total correlation needs a Gaussian posterior"
    every = Normal(posterior.loc.unsqueeze(0), posterior.scale.unsqueeze(0), validate_args=False)
    densities = every.log_prob(z.unsqueeze(1))  # of draw i under posterior j, for each dimension
    size = math.log(len(z))
    together = densities.sum(2).logsumexp(1) - size
    apart = (densities.logsumexp(1) - size).sum(1)
    return (together - apart) / step.x[0].numel()
