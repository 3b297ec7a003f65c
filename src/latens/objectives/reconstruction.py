"""Reconstruction errors, which give one value per sample: the mean over its values.

The mean and not the sum, so that a weight or a learning rate means the same for 30 columns and for
3,000 pixels. All are in the scaled units of the data. Those that are negative log-likelihoods are in
nats per value, so that a variational bound can be made of them.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens.networks import Output
from latens.objectives.structural import structural_dissimilarity

__all__ = [
    "RECONSTRUCTION_ERRORS",
    "GaussianError",
    "absolute_error",
    "binary_cross_entropy",
    "multinomial_error",
    "per_sample",
    "reconstruction_error",
    "root_mean_squared_error",
    "squared_error",
]

_Error = Callable[[Output, Tensor], Tensor]
_LEAST_VARIANCE = 1e-6  # a standard deviation of 1e-3, less than the steps of 8-bit images
_FOLLOWING = 0.1  # of the moving average: about the last ten batches


def squared_error(output: Output, target: Tensor) -> Tensor:
    """Return the mean squared error of each sample."""
    return (output.x_hat - target).square().flatten(1).mean(1)


def root_mean_squared_error(output: Output, target: Tensor) -> Tensor:
    """Return the root of the mean squared error of the batch, the same for each of its samples.

    The root is taken over the whole batch, as the losses called RMSE do. Per sample it would have no
    bounded gradient at a perfect reconstruction; the small constant keeps the batch's away from that.
    """
    errors = squared_error(output, target)
    return (errors.mean() + 1e-12).sqrt().expand_as(errors)


def per_sample(error: _Error) -> _Error:
    """Return an error whose value for one sample does not depend on the samples beside it."""
    if error is root_mean_squared_error:
        return lambda output, target: squared_error(output, target).sqrt()
    wrapped = getattr(error, "per_sample", None)
    return error if wrapped is None else wrapped()


def absolute_error(output: Output, target: Tensor) -> Tensor:
    """Return the mean absolute error of each sample, which is robust against a few large errors."""
    return (output.x_hat - target).abs().flatten(1).mean(1)


def binary_cross_entropy(output: Output, target: Tensor) -> Tensor:
    """Return the binary cross-entropy of each sample in nats per value, for data in [0, 1].

    Computed from the logits, so that a saturated output still has a gradient. For targets that are
    not 0 or 1 its least value is not 0 but the targets' own entropy.
    """
    errors = functional.binary_cross_entropy_with_logits(output.raw, target, reduction="none")
    return errors.flatten(1).mean(1)


root_mean_squared_error.couples_samples = True  # type: ignore[attr-defined]
binary_cross_entropy.needs_bounded = True  # type: ignore[attr-defined]


class GaussianError(nn.Module):
    """The negative log-likelihood under a Gaussian whose one variance follows the errors, in nats per value.

    While training the variance is the batch's mean squared error, which is its best value there; its
    moving average is used afterwards. It sets the weight between reconstruction and code terms, which is a
    parameter with other errors.

    References
    ----------
    Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
    arXiv:2006.13202.
    """

    couples_samples = True
    variance: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("variance", torch.ones(()))

    def forward(self, output: Output, target: Tensor) -> Tensor:
        squared = squared_error(output, target)
        if self.learns_from(output):
            return self.at(squared, self.follow(squared.detach().mean()))
        return self.at(squared, self.variance)

    def learns_from(self, output: Output) -> bool:
        """Return whether an output is one of a training step, whose errors the variance follows."""
        return self.training and output.x_hat.requires_grad

    @staticmethod
    def at(squared: Tensor, variance: Tensor) -> Tensor:
        """Return the error of mean squared errors under a variance, in nats per value."""
        return 0.5 * (squared / variance + variance.log() + math.log(2 * math.pi))

    def follow(self, best: Tensor) -> Tensor:
        """Return the variance that is best for a batch, and update the moving average with it."""
        variance = best.clamp(min=_LEAST_VARIANCE)
        with torch.no_grad():
            self.variance.lerp_(variance, _FOLLOWING)
        return variance


def multinomial_error(output: Output, target: Tensor) -> Tensor:
    r"""Return the negative multinomial log-likelihood of each sample's counts, in nats per sample.

    .. math:: -\sum_i x_i \log \mathrm{softmax}(\text{raw})_i

    A sum and not a mean over the values: what counts is the number of events, not the width of the
    table that they are written in. The coefficient that depends on the counts alone is left out.

    Parameters
    ----------
    output : Output
        `raw` has the logits of the items, shape (batch, n_items).
    target : Tensor of shape (batch, n_items)
        Counts, or 1 where there is an event.

    Returns
    -------
    Tensor of shape (batch,)

    References
    ----------
    D. Liang, R. Krishnan, M. Hoffman, T. Jebara (2018), "Variational autoencoders for collaborative
    filtering", WWW 2018, arXiv:1802.05814.

    Examples
    --------
    >>> import torch
    >>> even = Output(None, torch.zeros(1, 4), torch.zeros(1, 4))
    >>> multinomial_error(even, torch.tensor([[1.0, 1.0, 0.0, 0.0]]))  # 2 log 4
    tensor([2.7726])
    """
    return -(functional.log_softmax(output.raw, dim=-1) * target).sum(-1)


RECONSTRUCTION_ERRORS: dict[str, Callable[[Output, Tensor], Tensor]] = {
    "mse": squared_error,
    "rmse": root_mean_squared_error,
    "mae": absolute_error,
    "bce": binary_cross_entropy,
    "ssim": structural_dissimilarity,
}


def reconstruction_error(name: str) -> Callable[[Output, Tensor], Tensor]:
    """Return the error with a name: one of `RECONSTRUCTION_ERRORS`, or a new `GaussianError`."""
    return GaussianError() if name == "gaussian" else RECONSTRUCTION_ERRORS[name]
