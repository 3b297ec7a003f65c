"""The objective of denoisers that learn from noisy samples alone, by predicting values from all others."""

import torch
from torch import Tensor
from torch.nn import functional

from latens._draws import drawing
from latens.networks import Network
from latens.objectives.objective import Batch, Losses, Objective
from latens.objectives.reconstruction import squared_error

__all__ = ["BlindSpot", "hidden_values", "predicted", "random_dihedral"]

# Every fourth pixel in both directions is hidden at a time, and one column of four: few enough for the
# rest to predict them, and many enough for 16 (or 4) masks to cover everything.
_STEP = 4


class BlindSpot(Objective):
    """The squared error of hidden values that the network predicts from the others.

    Noise that is independent from value to value and zero on average cannot be predicted from other values.
    So the network learns to predict the clean value, although it is never given one.

    Parameters
    ----------
    turns : bool
        Whether images are reflected and rotated at random, for images without a fixed orientation.

    References
    ----------
    Batson and Royer (2019), Noise2Self: blind denoising by self-supervision. arXiv:1901.11365.
    Krull, Buchholz and Jug (2019), Noise2Void: learning denoising from single noisy images.
    arXiv:1811.10980.
    """

    def __init__(self, *, turns: bool) -> None:
        super().__init__(squared_error)
        self.turns = turns

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of a batch: squared errors of the hidden values alone."""
        noisy = random_dihedral(batch.x) if self.turns else batch.x
        masks = hidden_values(noisy)
        hidden = masks[int(torch.randint(len(masks), (), generator=drawing()))]
        errors = hidden * (predicted(network, noisy, hidden) - noisy).square()
        per_sample = errors.flatten(1).sum(1) / hidden.flatten().sum()
        return Losses(per_sample.mean(), {"reconstruction": per_sample.detach()})

    def reconstructed(self, network: Network, x: Tensor) -> Tensor | None:
        """Return None: the output of the network is subtracted from what it is given."""
        return None


def predicted(network: Network, noisy: Tensor, hidden: Tensor) -> Tensor:
    """Return a network's prediction of samples of which some values are hidden.

    Parameters
    ----------
    network : Network
        From samples beside the mask of what is hidden, to samples.
    noisy : Tensor of shape (batch, channels, height, width) or (batch, n_features)
    hidden : Tensor of shape (1, channels, height, width) or (1, n_features)
        1 where a value is hidden, else 0.
    """
    rest = _without(noisy, hidden)
    x_hat: Tensor = network(torch.cat([rest, hidden.expand_as(noisy)], dim=1)).x_hat
    return rest - x_hat


def hidden_values(x: Tensor) -> list[Tensor]:
    """Return masks that together hide every value of a sample once."""
    if x.ndim == 2:
        n_features = x.shape[1]
        column = torch.arange(n_features, device=x.device)
        n_masks = min(_STEP, n_features)
        return [(column % n_masks == first).to(x)[None] for first in range(n_masks)]
    _, channels, height, width = x.shape
    row, column = (torch.arange(side, device=x.device) for side in (height, width))
    places = [(i, j) for i in range(min(_STEP, height)) for j in range(min(_STEP, width))]
    masks = [
        ((row % _STEP == i)[:, None] & (column % _STEP == j)[None]).to(x)[None, None]
        for i, j in places
    ]
    return [mask.expand(1, channels, height, width) for mask in masks]


def _without(x: Tensor, hidden: Tensor) -> Tensor:
    """Samples with 0 for hidden values of tables, and the mean of the visible neighbors for hidden pixels."""
    seen = x * (1 - hidden)
    if x.ndim == 2:
        return seen
    channels = x.shape[1]
    kernel = torch.tensor([[0.5, 1, 0.5], [1, 0, 1], [0.5, 1, 0.5]]).to(x)
    kernel = kernel.expand(channels, 1, 3, 3)
    sums = functional.conv2d(seen, kernel, padding=1, groups=channels)
    weights = functional.conv2d(1 - hidden, kernel, padding=1, groups=channels)
    # A pixel without neighbors has a weight of 0 and a sum of 0.
    return torch.where(hidden > 0, sums / weights.clamp(min=0.5), x)


def random_dihedral(x: Tensor) -> Tensor:
    """Apply a random symmetry of the square, one of eight rotations and reflections, to a batch of images.

    One draw serves the whole batch: the order of samples is random already, and a view costs nothing.
    """
    quarters, mirrors = (int(torch.randint(n, (), generator=drawing())) for n in (4, 2))
    x = torch.rot90(x, quarters, (2, 3))
    return x.flip(3) if mirrors else x
