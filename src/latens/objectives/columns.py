"""The reconstruction error of rows of a table, in which each column counts the same."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from latens._column_blocks import ColumnBlock
from latens.networks import Output
from latens.networks.layers.column_output import LevelGroups
from latens.objectives.reconstruction import GaussianError, per_sample

__all__ = ["ColumnError"]

# The exceptions of a level that nearly all rows have count as much as if they were one row in fifty.
_LEAST_ENTROPY = 0.1


class ColumnError(nn.Module):
    """The mean error of the cells of a row; a gap is no cell.

    A number counts by the error that is wrapped. Levels and truths count by their cross-entropy as a share
    of the entropy of the column, so that an error of 1 means nothing learned for either, and no column
    outweighs the others. Under a Gaussian likelihood all are in nats. Where a column has gaps, whether a
    cell is one counts in bits, so that it weighs the less the fewer there are.

    Parameters
    ----------
    numbers : callable
        The error of numbers, such as `squared_error`.
    blocks : sequence of ColumnBlock
    groups : LevelGroups
    """

    number_places: Tensor
    number_gaps: Tensor
    group_gaps: Tensor
    entropy: Tensor

    def __init__(
        self,
        numbers: Callable[[Output, Tensor], Tensor],
        blocks: Sequence[ColumnBlock],
        groups: LevelGroups,
    ) -> None:
        super().__init__()
        self.numbers, self.groups = numbers, groups
        # Behind the features stands one more, which is 0: the mark of columns that have no gaps.
        gap = [groups.n_features if block.gap is None else block.gap for block in blocks]
        places = [
            (place, mark)
            for block, mark in zip(blocks, gap, strict=True)
            if block.kind == "number"
            for place in block.places
        ]
        levels = [mark for block, mark in zip(blocks, gap, strict=True) if block.kind != "number"]
        levels += [groups.n_features] * groups.n_marks
        self._buffer(
            "number_places", torch.tensor([place for place, _ in places], dtype=torch.int64)
        )
        self._buffer("number_gaps", torch.tensor([mark for _, mark in places], dtype=torch.int64))
        self._buffer("group_gaps", torch.tensor(levels, dtype=torch.int64))
        entropy = groups.entropy().clamp(min=_LEAST_ENTROPY)
        entropy[len(entropy) - groups.n_marks :] = math.log(2)
        self.is_likelihood = isinstance(numbers, GaussianError)
        self._buffer("entropy", torch.ones_like(entropy) if self.is_likelihood else entropy)

    def _buffer(self, name: str, values: Tensor) -> None:
        self.register_buffer(name, values, persistent=False)

    @property
    def couples_samples(self) -> bool:
        """Whether the error of numbers depends on the rest of the batch."""
        return bool(getattr(self.numbers, "couples_samples", False))

    @property
    def needs_bounded(self) -> bool:
        """Whether the error of numbers is defined in [0, 1] only."""
        return bool(getattr(self.numbers, "needs_bounded", False))

    @property
    def needs_images(self) -> bool:
        """Whether the error of numbers is defined for images only."""
        return bool(getattr(self.numbers, "needs_images", False))

    def forward(self, output: Output, target: Tensor) -> Tensor:
        return self.by(self.numbers, output, target)

    def per_sample(self) -> Callable[[Output, Tensor], Tensor]:
        """Return the error whose value for one sample does not depend on the samples beside it."""
        numbers = per_sample(self.numbers)
        return lambda output, target: self.by(numbers, output, target)

    def by(
        self, numbers: Callable[[Output, Tensor], Tensor], output: Output, target: Tensor
    ) -> Tensor:
        """Return the error of each sample with some error of numbers, shape (batch,)."""
        marks = self._marks(target)
        total, n_cells = target.new_zeros(len(target)), target.new_zeros(len(target))
        if len(self.number_places):
            seen = ~marks[:, self.number_gaps]
            errors = self._of_numbers(numbers, output, target, seen)
            total, n_cells = total + errors * seen.shape[1], n_cells + seen.sum(1)
        if len(self.group_gaps):
            seen = ~marks[:, self.group_gaps]
            levels = self.groups.targets(target)
            surprise = -(levels * self.groups.log_probabilities(output.raw)).sum(-1)
            total = total + torch.where(seen, surprise / self.entropy, 0.0).sum(1)
            n_cells = n_cells + seen.sum(1)
        # Bounds count nats per feature, of which the code's share is one part.
        return total / (target.shape[1] if self.is_likelihood else n_cells.clamp(min=1))

    def _marks(self, target: Tensor) -> Tensor:
        """Which features mark a gap, with one behind them that never does."""
        groups = self.groups
        units = torch.zeros_like(target)
        units[:, groups.members] = target[:, groups.members] * groups.scale + groups.offset
        return torch.cat([units > 0.5, torch.zeros_like(units[:, :1], dtype=torch.bool)], 1)

    def _of_numbers(
        self,
        numbers: Callable[[Output, Tensor], Tensor],
        output: Output,
        target: Tensor,
        seen: Tensor,
    ) -> Tensor:
        """The error of numbers, to which gaps add nothing."""
        x_hat, x = output.x_hat[:, self.number_places], target[:, self.number_places]
        x = torch.where(seen, x, x_hat.detach())
        x_hat = torch.where(seen, x_hat, x_hat.detach())
        return numbers(Output(output.code, x_hat, x_hat), x)
