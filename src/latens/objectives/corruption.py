"""Corruptions of samples, which a network learns to undo."""

from collections.abc import Callable

import torch
from torch import Tensor

from latens._draws import normal_like, uniform_like

__all__ = ["CORRUPTIONS", "add_gaussian_noise", "add_salt_and_pepper", "mask_values"]


def add_gaussian_noise(x: Tensor, level: float) -> Tensor:
    """Add Gaussian noise with a standard deviation of `level`, in scaled units."""
    return x + level * normal_like(x)


def mask_values(x: Tensor, level: float) -> Tensor:
    """Set a random share `level` of the values to 0."""
    return x * (uniform_like(x) >= level)


def add_salt_and_pepper(x: Tensor, level: float) -> Tensor:
    """Set a random share `level` of the values to the batch's smallest or largest, evenly."""
    chance = uniform_like(x)
    x = torch.where(chance < level / 2, x.amin(), x)
    return torch.where(chance > 1 - level / 2, x.amax(), x)


add_salt_and_pepper.couples_samples = True  # type: ignore[attr-defined]

CORRUPTIONS: dict[str, Callable[..., Tensor]] = {
    "gaussian": add_gaussian_noise,
    "masking": mask_values,
    "salt-and-pepper": add_salt_and_pepper,
}
