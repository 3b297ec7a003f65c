"""The objective of masked autoencoders, which reconstruct samples from a part of their values."""

from math import prod

import torch
from torch import Tensor, nn

from latens._draws import drawing
from latens.networks import Network, Output
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError, Step

__all__ = ["MaskedObjective", "hidden_patches"]


def hidden_patches(shares: Tensor, shape: tuple[int, ...], side: int) -> Tensor:
    """Draw which values of samples are hidden: whole patches of images, or columns of a table.

    Parameters
    ----------
    shares : Tensor of shape (batch,)
        The share of the patches to hide in each sample, in [0, 1]; rounded to whole patches.
    shape : tuple of int
        Of one sample, channels first.
    side : int
        Of a patch, in pixels; all channels of a patch are hidden together.

    Returns
    -------
    Tensor of shape (batch, *shape), bool
        True where a value is hidden. It may have one channel for all.

    Examples
    --------
    >>> hidden_patches(torch.tensor([0.5]), (4,), side=1).sum()
    tensor(2)
    """
    grid = [-(-length // side) for length in shape[-2:]] if len(shape) == 3 else list(shape)
    number = prod(grid)
    ranks = (
        torch.rand(len(shares), number, device=shares.device, generator=drawing())
        .argsort(1)
        .argsort(1)
    )
    hidden = (ranks < (shares * number).round().unsqueeze(1)).view(-1, *grid)
    if len(shape) != 3:
        return hidden
    hidden = hidden.repeat_interleave(side, 1).repeat_interleave(side, 2)
    return hidden[:, None, : shape[1], : shape[2]]


class MaskedObjective(Objective):
    """The reconstruction error of whole samples, of which the network is given a part.

    The share of hidden patches is drawn for every sample and step, evenly between none and the largest, so
    that the network is also trained on whole samples. Hidden values are replaced by learned ones.
    Per-sample terms: ``reconstruction``, and ``hidden``, the mean squared error of the hidden values (0
    where there are none).

    Parameters
    ----------
    reconstruction : callable
    fill : Tensor of shape (*input_shape)
        The initial values of hidden places.
    largest_share : float in (0, 1]
    side : int
        Of a patch.

    References
    ----------
    He et al. (2022), Masked autoencoders are scalable vision learners. arXiv:2111.06377. Xie et al.
    (2022), SimMIM: a simple framework for masked image modeling. arXiv:2111.09886 (learned values in
    hidden places, and pixels as the target).
    """

    def __init__(
        self, reconstruction: ReconstructionError, fill: Tensor, largest_share: float, side: int
    ) -> None:
        super().__init__(reconstruction)
        self.fill = nn.Parameter(fill)
        self.largest_share = largest_share
        self.side = side

    def forward(self, network: Network, batch: Batch) -> Losses:
        x = batch.x
        shares = self.largest_share * torch.rand(
            len(x), device=x.device, dtype=x.dtype, generator=drawing()
        )
        hidden = hidden_patches(shares, tuple(x.shape[1:]), self.side)
        seen = torch.where(hidden, self.fill, x)
        step = Step(network, batch, seen, network(seen))
        losses = self.losses(step)
        errors = _error_where(hidden, step.output, x).detach()
        return Losses(losses.total, {**losses.terms, "hidden": errors})


def _error_where(hidden: Tensor, output: Output, x: Tensor) -> Tensor:
    """The mean squared error of the hidden values of each sample, 0 where none is hidden."""
    hidden = hidden.expand_as(x)
    errors = torch.where(hidden, (output.x_hat - x).square(), 0.0).flatten(1).sum(1)
    return errors / hidden.flatten(1).sum(1).clamp(min=1)
