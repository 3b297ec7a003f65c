"""The objective of denoisers that predict the noise which was added to clean samples."""

from collections.abc import Callable

import torch
from torch import Tensor

from latens._draws import drawing
from latens.networks import Network
from latens.objectives.blind_spot import random_dihedral
from latens.objectives.objective import Batch, Losses, Objective
from latens.objectives.reconstruction import squared_error

__all__ = ["NoisePrediction", "beside_level"]

_LEAST_LEVEL = 1e-3  # of the range: a quarter of a step of 8-bit images


class NoisePrediction(Objective):
    """The error of the noise that the network predicts from corrupted samples.

    Errors grow about in proportion to the level of the noise; they are divided by it, so that weak noise
    is learned as well as strong noise.

    Parameters
    ----------
    corruption : callable
        From clean samples and a tensor of levels, one for each sample, to corrupted samples.
    levels : (float, float)
        The smallest and the largest level, in scaled units; each sample draws its own between them.
    tells_level : bool
        Whether the network is given the level beside the sample.
    turns : bool
        Whether images are reflected and rotated at random, for images without a fixed orientation.

    References
    ----------
    Zhang, Zuo, Chen, Meng and Zhang (2017), Beyond a Gaussian denoiser: residual learning of deep CNN
    for image denoising. arXiv:1608.03981.
    """

    def __init__(
        self,
        corruption: Callable[[Tensor, Tensor], Tensor],
        levels: tuple[float, float],
        *,
        tells_level: bool,
        turns: bool,
    ) -> None:
        super().__init__(squared_error)
        self.corrupt = corruption
        self.levels = levels
        self.tells_level = tells_level
        self.turns = turns

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of a batch."""
        clean = random_dihedral(batch.x) if self.turns else batch.x
        low, high = self.levels
        draws = torch.rand(len(clean), *[1] * (clean.ndim - 1), generator=drawing()).to(clean)
        level = (low + (high - low) * draws).clamp(min=_LEAST_LEVEL)
        noisy = self.corrupt(clean, level)
        output = network(beside_level(noisy, level) if self.tells_level else noisy)
        errors = self.reconstruction(output, noisy - clean)
        return Losses((errors / level.flatten()).mean(), {"reconstruction": errors.detach()})

    def reconstructed(self, network: Network, x: Tensor) -> Tensor | None:
        """Return None: the output of the network is the noise."""
        return None


def beside_level(noisy: Tensor, level: Tensor) -> Tensor:
    """Return samples with their level of noise as one more channel, or one more column.

    Parameters
    ----------
    noisy : Tensor of shape (batch, channels, height, width) or (batch, n_features)
    level : Tensor of shape (batch, 1, 1, 1) or (batch, 1)

    Examples
    --------
    >>> beside_level(torch.zeros(2, 3, 8, 8), torch.ones(2, 1, 1, 1)).shape
    torch.Size([2, 4, 8, 8])
    """
    return torch.cat([noisy, level.expand_as(noisy[:, :1])], dim=1)
