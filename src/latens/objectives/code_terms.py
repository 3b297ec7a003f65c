"""What a code costs: terms that keep it small, sparse, insensitive or close to its inputs' rows."""

import torch
from torch import Tensor

from latens._draws import drawing
from latens.networks import Network, Output

__all__ = [
    "code_size",
    "commitment",
    "contraction_estimate",
    "jacobian_norm",
    "sparsity_divergence",
]

_EPSILON = 1e-6


def code_size(output: Output, x: Tensor) -> Tensor:
    """Mean absolute value of each code: the L1 penalty that makes codes sparse."""
    return output.code.z.abs().mean(1)


def sparsity_divergence(output: Output, rho: float) -> Tensor:
    """How far the mean activation of every unit is from `rho`, as a sum of KL divergences.

    The mean is taken over the batch, so the value is the batch's and the same for all its samples.

    .. math:: \\sum_j \\rho \\log(\\rho / \\hat\\rho_j) + (1 - \\rho) \\log((1 - \\rho) / (1 - \\hat\\rho_j))

    Parameters
    ----------
    output : Output
        With codes in [0, 1].
    rho : float in (0, 1)
        The wanted mean activation.

    References
    ----------
    Ng (2011), Sparse autoencoder. CS294A lecture notes, Stanford University.
    """
    mean = output.code.z.mean(0).clamp(_EPSILON, 1 - _EPSILON)
    active = rho * (rho / mean).log()
    silent = (1 - rho) * ((1 - rho) / (1 - mean)).log()
    return (active + silent).sum().expand(len(output.code.z))


def commitment(output: Output, x: Tensor) -> Tensor:
    """Mean squared distance of what the encoder gives from the codebook rows that stand for it."""
    before = output.code.before
    assert before is not None, "commitment is for codes that are replaced by codebook rows"
    return (before - output.code.mean.detach()).square().mean(1)


def jacobian_norm(network: Network, x: Tensor) -> Tensor:
    """Squared Frobenius norm of the Jacobian of each code by its sample, exactly.

    One backward pass for each number of the code.

    Parameters
    ----------
    network : Network
    x : Tensor of shape (batch, *input_shape)

    Returns
    -------
    Tensor of shape (batch,)
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        code = network.encode(x).mean
        norm = torch.zeros(len(x), dtype=x.dtype, device=x.device)
        for one in code.unbind(1):
            (gradient,) = torch.autograd.grad(one.sum(), x, retain_graph=True)
            norm += gradient.square().flatten(1).sum(1)
    return norm.detach()


def contraction_estimate(code: Tensor, x: Tensor) -> Tensor:
    """Squared Frobenius norm of the Jacobian of each code, estimated with one backward pass.

    With a vector v of independent random signs, the squared length of v's product with the Jacobian
    has the norm as its mean (Hutchinson's estimator), whatever the size of the code.

    Parameters
    ----------
    code : Tensor of shape (batch, latent_dim)
        Computed from `x`.
    x : Tensor of shape (batch, *input_shape)
        Requires a gradient.

    References
    ----------
    Rifai et al. (2011), Contractive auto-encoders: explicit invariance during feature extraction.
    ICML. Hutchinson (1990), A stochastic estimator of the trace of the influence matrix for Laplacian
    smoothing splines. https://doi.org/10.1080/03610919008812866
    """
    signs = torch.empty_like(code, requires_grad=False).random_(0, 2, generator=drawing()) * 2 - 1
    (gradient,) = torch.autograd.grad((code * signs).sum(), x, create_graph=True)
    return gradient.square().flatten(1).sum(1)
