"""The maximum mean discrepancy of codes from draws of the prior."""

import torch
from torch import Tensor

from latens._draws import normal_like
from latens.objectives.objective import Step

__all__ = ["inverse_multiquadratics", "prior_discrepancy"]

# Wide kernels tell two sets apart by their position, narrow ones by their shape.
_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def inverse_multiquadratics(a: Tensor, b: Tensor) -> Tensor:
    r"""Return the kernel of all pairs of rows, a mean over seven widths around that of N(0, I).

    .. math:: k(a, b) = \frac{1}{7} \sum_s \frac{2ds}{2ds + \|a - b\|^2}

    where 2d is the mean squared distance of two draws from N(0, I) in d dimensions. Its tails are heavy, so
    that codes far away have a gradient, too.

    Parameters
    ----------
    a, b : Tensors of shape (n, d) and (m, d)

    Returns
    -------
    Tensor of shape (n, m)
        In (0, 1], 1 for equal rows.
    """
    lengths = a.square().sum(1, keepdim=True) + b.square().sum(1)
    squared = (lengths - 2 * a @ b.T).clamp(min=0)
    widths = [2 * a.shape[1] * scale for scale in _SCALES]
    return torch.stack([width / (width + squared) for width in widths]).mean(0)


def prior_discrepancy(step: Step) -> Tensor:
    """Estimate the squared maximum mean discrepancy of the codes from as many draws of N(0, I).

    Parameters
    ----------
    step : Step

    Returns
    -------
    Tensor of shape (batch,)
        Each code's part, which depends on the whole batch. The mean is the unbiased estimate, from two rows
        on: 0 on average where codes are distributed like the prior, at most 2, and now and then below 0.

    References
    ----------
    Gretton et al. (2012), A kernel two-sample test. Journal of Machine Learning Research 13, lemma 6.
    Tolstikhin et al. (2018), Wasserstein auto-encoders. arXiv:1711.01558, section 4 for the kernel.
    """
    z = step.output.code.z
    draws = normal_like(z)
    others = max(1, len(z) - 1)
    codes = (inverse_multiquadratics(z, z).sum(1) - 1) / others  # 1: each with itself
    prior = (inverse_multiquadratics(draws, draws).sum(1) - 1) / others
    return codes + prior - 2 * inverse_multiquadratics(z, draws).mean(1)
