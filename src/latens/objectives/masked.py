"""The objective of masked autoencoders, which reconstruct samples from a part of their values."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from latens._column_blocks import ColumnBlock
from latens._draws import drawing
from latens.networks import Network, Output
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError, Step

__all__ = ["HiddenColumns", "MaskedObjective", "hidden_patches"]


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


class HiddenColumns(nn.Module):
    """Which features are hidden together: all of a column, whose mark of gaps then says that it is one.

    Parameters
    ----------
    blocks : sequence of ColumnBlock
    offset, scale : Tensor of shape (n_features,)
        Of the scaling of the features.
    """

    column: Tensor
    is_mark: Tensor
    gap: Tensor
    marked: Tensor
    limit: Tensor

    def __init__(self, blocks: Sequence[ColumnBlock], offset: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.n_columns = len(blocks)
        column, gap = torch.zeros(2, len(offset), dtype=torch.int64)
        gap += len(offset)  # behind the features: a column that has no mark is never a gap
        is_mark = torch.zeros(len(offset), dtype=torch.bool)
        for number, block in enumerate(blocks):
            column[block.start : block.stop] = number
            if block.gap is not None:
                column[block.gap], is_mark[block.gap] = number, True
                gap[block.start : block.stop] = block.gap
        marked = (1 - offset) / scale
        for name, values in (("column", column), ("is_mark", is_mark), ("gap", gap)):
            self.register_buffer(name, values, persistent=False)
        self.register_buffer("marked", torch.where(is_mark, marked, 0.0), persistent=False)
        self.register_buffer("limit", (0.5 - offset) / scale, persistent=False)

    def hidden(self, shares: Tensor) -> Tensor:
        """Draw which features of samples are hidden, (batch, n_features), bool."""
        return hidden_patches(shares, (self.n_columns,), side=1)[:, self.column]

    def shown(self, x: Tensor, hidden: Tensor, fill: Tensor) -> Tensor:
        """Return samples whose hidden cells look as gaps do."""
        return torch.where(hidden, torch.where(self.is_mark, self.marked, fill), x)

    def cells(self, x: Tensor) -> Tensor:
        """Return which features of samples are values that are there, (batch, n_features), bool."""
        marks = torch.cat(
            [(x > self.limit) & self.is_mark, torch.zeros_like(x[:, :1], dtype=torch.bool)], 1
        )
        return ~marks[:, self.gap] & ~self.is_mark


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

    Attributes
    ----------
    columns : HiddenColumns or None
        Set for a table of mixed columns, whose cells are hidden as gaps are: by the middle of their column,
        which is not learned then, and with a mark. Gaps are no targets.

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
        self.columns: HiddenColumns | None = None

    def forward(self, network: Network, batch: Batch) -> Losses:
        x = batch.x
        shares = self.largest_share * torch.rand(
            len(x), device=x.device, dtype=x.dtype, generator=drawing()
        )
        if self.columns is None:
            hidden = hidden_patches(shares, tuple(x.shape[1:]), self.side)
            seen = torch.where(hidden, self.fill, x)
        else:
            hidden = self.columns.hidden(shares)
            seen = self.columns.shown(x, hidden, self.fill)
            hidden = hidden & self.columns.cells(x)
        step = Step(network, batch, seen, network(seen))
        losses = self.losses(step)
        errors = _error_where(hidden, step.output, x).detach()
        return Losses(losses.total, {**losses.terms, "hidden": errors})


def _error_where(hidden: Tensor, output: Output, x: Tensor) -> Tensor:
    """The mean squared error of the hidden values of each sample, 0 where none is hidden."""
    hidden = hidden.expand_as(x)
    errors = torch.where(hidden, (output.x_hat - x).square(), 0.0).flatten(1).sum(1)
    return errors / hidden.flatten(1).sum(1).clamp(min=1)
