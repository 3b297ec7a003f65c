"""Reconstruction errors: one number per sample, the mean over its values.

The mean and not the sum, so that a weight or a learning rate means the same for 30 columns and for
3,000 pixels. All are in the scaled units of the data.
"""

from torch import Tensor
from torch.nn import functional

from latens.networks import Output

__all__ = [
    "RECONSTRUCTION_ERRORS",
    "absolute_error",
    "binary_cross_entropy",
    "squared_error",
]


def squared_error(output: Output, target: Tensor) -> Tensor:
    """Mean squared error of each sample; Gaussian noise of one known width."""
    return (output.x_hat - target).square().flatten(1).mean(1)


def absolute_error(output: Output, target: Tensor) -> Tensor:
    """Mean absolute error of each sample; robust against a few values that are far off."""
    return (output.x_hat - target).abs().flatten(1).mean(1)


def binary_cross_entropy(output: Output, target: Tensor) -> Tensor:
    """Binary cross-entropy of each sample in nats per value, for data in [0, 1].

    Computed from the logits, so that a saturated output still has a gradient. For targets that are
    not 0 or 1 its least value is not 0 but the targets' own entropy.
    """
    errors = functional.binary_cross_entropy_with_logits(output.raw, target, reduction="none")
    return errors.flatten(1).mean(1)


RECONSTRUCTION_ERRORS = {
    "mse": squared_error,
    "mae": absolute_error,
    "bce": binary_cross_entropy,
}
