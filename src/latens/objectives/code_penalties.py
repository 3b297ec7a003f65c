"""Terms that keep codes small, sparse, insensitive, predictive of a label or close to a codebook."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens._draws import drawing
from latens.networks import Network
from latens.objectives.objective import Step

__all__ = [
    "code_size",
    "commitment",
    "contraction",
    "contraction_estimate",
    "decoder_slope",
    "decoder_weight_norm",
    "half_squared_code",
    "jacobian_norm",
    "label_error",
    "sparsity_divergence",
]

_EPSILON = 1e-6


def code_size(step: Step) -> Tensor:
    """Return the mean absolute value of each code: the L1 penalty that makes codes sparse."""
    return step.output.code.z.abs().mean(1)


def half_squared_code(step: Step) -> Tensor:
    """Return half the mean square of each code."""
    return 0.5 * step.output.code.z.square().mean(1)


def sparsity_divergence(step: Step, rho: float) -> Tensor:
    r"""Return the KL divergence of the mean activations of the units from `rho`, summed over the units.

    The mean is taken over the batch, so the value is the batch's and the same for all its samples.

    .. math:: \sum_j \rho \log(\rho / \hat\rho_j) + (1 - \rho) \log((1 - \rho) / (1 - \hat\rho_j))

    Parameters
    ----------
    step : Step
        With codes in [0, 1].
    rho : float in (0, 1)
        The wanted mean activation.

    References
    ----------
    Ng (2011), Sparse autoencoder. CS294A lecture notes, Stanford University.
    """
    z = step.output.code.z
    mean = z.mean(0).clamp(_EPSILON, 1 - _EPSILON)
    active = rho * (rho / mean).log()
    silent = (1 - rho) * ((1 - rho) / (1 - mean)).log()
    return (active + silent).sum().expand(len(z))


def commitment(step: Step) -> Tensor:
    """Return the mean squared distance of each encoder output from its codebook rows."""
    code = step.output.code
    assert code.before is not None, "commitment is for codes that are replaced by codebook rows"
    return (code.before - code.mean.detach()).square().mean(1)


def label_error(step: Step, head: nn.Module) -> Tensor:
    """Return the cross-entropy of a label head on each code; 0 for samples with the label -1.

    It is scaled by the share of labeled samples in the batch, so that few labels weigh as much as many.

    References
    ----------
    Le, Patterson and White (2018), Supervised autoencoders: improving generalization performance with
    unsupervised regularizers. NeurIPS 31.
    """
    z, y = step.output.code.z, step.batch.y
    if y is None:
        return torch.zeros(len(z), dtype=z.dtype, device=z.device)
    known = y >= 0
    errors = functional.cross_entropy(head(z), y.clamp(min=0), reduction="none")
    return errors * known / known.float().mean().clamp(min=1 / len(y))


def contraction(step: Step) -> Tensor:
    """Return an estimate of the squared norm of the encoder's Jacobian at each sample.

    References
    ----------
    Rifai et al. (2011), Contractive auto-encoders: explicit invariance during feature extraction. ICML.
    """
    return contraction_estimate(step.output.code.mean, step.x)


def decoder_slope(step: Step) -> Tensor:
    """Return an estimate of the squared norm of the decoder's Jacobian at each code, per value."""
    return contraction_estimate(step.output.x_hat, step.output.code.z) / step.x[0].numel()


def decoder_weight_norm(step: Step) -> Tensor:
    """Return the sum of the decoder's squared weights per value, the same for each sample."""
    # Biases make no function steeper.
    weights = [one for one in step.network.decoder.parameters() if one.ndim > 1]
    squared = torch.stack([weight.square().sum() for weight in weights]).sum()
    return squared.expand(len(step.x)) / step.x[0].numel()


def jacobian_norm(network: Network, x: Tensor) -> Tensor:
    """Return the squared Frobenius norm of the Jacobian of each code by its sample, exactly.

    One backward pass for each dimension of the code.

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


def contraction_estimate(outputs: Tensor, inputs: Tensor) -> Tensor:
    """Estimate the squared Frobenius norm of the Jacobian of each sample with one backward pass.

    With a vector v of independent random signs, the squared length of v's product with the Jacobian
    has the norm as its mean (Hutchinson's estimator), whatever the number of outputs.

    Parameters
    ----------
    outputs : Tensor of shape (batch, ...)
        Computed from `inputs`.
    inputs : Tensor of shape (batch, ...)
        Requires a gradient.

    References
    ----------
    Hutchinson (1990), A stochastic estimator of the trace of the influence matrix for Laplacian smoothing
    splines. https://doi.org/10.1080/03610919008812866
    """
    signs = torch.empty_like(outputs, requires_grad=False).random_(0, 2, generator=drawing())
    signs = signs * 2 - 1
    (gradient,) = torch.autograd.grad((outputs * signs).sum(), inputs, create_graph=True)
    return gradient.square().flatten(1).sum(1)
