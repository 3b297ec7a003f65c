"""What fills the gaps of a table: several Gaussians, and the networks that correct what these say."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from latens._column_blocks import ColumnBlock
from latens._draws import drawing
from latens.models.imputation.gaussian import conditional_covariances, conditional_means
from latens.models.imputation.members import Members
from latens.networks.layers.column_output import LevelGroups

__all__ = ["WIDEST", "Imputer"]

N_MEMBERS = 5
_WIDTH, _DROPOUT = 128, 0.1
# From here on the covariances of single rows take too long, and gaps start from the means of their columns.
WIDEST = 128
# A Gaussian's "probabilities" may lie outside [0, 1].
_LEAST_PROBABILITY = 0.01
# So many quantiles say how what is measured spreads around what is predicted.
N_QUANTILES = 41
_BLOCK_VALUES = 2**22


class Imputer(nn.Module):
    """The cells of a row that are missing, from those that are there.

    A Gaussian fills the gaps with their means given the rest of the row. A network sees the filled row and
    where its gaps were, and corrects what it was filled with; it starts with no correction. There are several
    such pairs, each learned from other rows; their answers are averaged.

    It works on the values of columns in scaled units, without the marks of gaps.

    Parameters
    ----------
    blocks : sequence of ColumnBlock
        The columns of a table; marks of gaps among their features are passed over.
    offset, scale : Tensor of shape (n_features,)
        Of the scaling of all features.

    Attributes
    ----------
    mean, covariance : Tensor of shape (n_members, n_values) and (n_members, n_values, n_values)
    quantiles : Tensor of shape (n_values, N_QUANTILES)
        Of what rows that were not learned from differ by, in conditional deviations of the Gaussian.
    """

    places: Tensor
    marks: Tensor
    limit: Tensor
    column: Tensor
    first: Tensor
    numbers: Tensor
    alone: Tensor
    mean: Tensor
    covariance: Tensor
    quantiles: Tensor

    def __init__(self, blocks: Sequence[ColumnBlock], offset: Tensor, scale: Tensor) -> None:
        super().__init__()
        places = [place for block in blocks for place in block.places]
        own = _without_marks(blocks)
        marks = [
            len(offset) if block.gap is None else block.gap
            for block in blocks
            for _ in block.places
        ]
        self._buffer("places", places)
        self._buffer("marks", marks)
        self.register_buffer("limit", (0.5 - offset) / scale, persistent=False)
        self._buffer("column", [number for number, one in enumerate(own) for _ in one.places])
        self._buffer("first", [one.start for one in own])
        self._buffer("numbers", [p for one in own if one.kind == "number" for p in one.places])
        self.groups = LevelGroups(own, len(places), offset[places], scale[places])
        alone = [len(one.places) == 1 for one in own if one.kind != "number" for _ in one.places]
        self.register_buffer("alone", torch.tensor(alone, dtype=torch.bool), persistent=False)
        n = len(places)
        self.is_wide = n > WIDEST
        self.register_buffer("mean", torch.zeros(N_MEMBERS, n))
        self.register_buffer(
            "covariance", torch.zeros(N_MEMBERS, *(() if self.is_wide else (n,)), n)
        )
        self.register_buffer("quantiles", torch.zeros(n, N_QUANTILES))
        self.members = Members(N_MEMBERS, 2 * n, _WIDTH, n, _DROPOUT).requires_grad_(False)

    def _buffer(self, name: str, places: list[int]) -> None:
        self.register_buffer(name, torch.tensor(places, dtype=torch.int64), persistent=False)

    def values(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return the values of scaled features and which are there, (n_rows, n_values) each."""
        marked = torch.cat(
            [features > self.limit, torch.zeros_like(features[:, :1], dtype=torch.bool)], 1
        )
        return features[:, self.places], ~marked[:, self.marks]

    def filled(self, x: Tensor, seen: Tensor) -> Tensor:
        """Return what each member's Gaussian fills its rows with, (n_members, n_rows, n_values)."""
        if self.is_wide:
            return torch.where(seen, x, self.mean.unsqueeze(1))
        parts = zip(self.mean, self.covariance, x, seen, strict=True)
        return torch.stack([conditional_means(*part) for part in parts])

    def forward(self, filled: Tensor, seen: Tensor) -> Tensor:
        """Return the raw outputs of the members: corrected numbers, and of levels what a softmax takes.

        Parameters
        ----------
        filled, seen : Tensor of shape (n_members, n_rows, n_values)
        """
        correction = self.members(torch.cat([filled, seen.to(filled.dtype)], -1))
        raw = filled + torch.where(seen, 0.0, correction)
        groups = self.groups
        if len(groups.members):
            given = filled[..., groups.members] * groups.scale + groups.offset
            given = given.clamp(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
            logits = torch.where(self.alone, given.logit(), given.log()) - groups.base
            raw[..., groups.members] = logits + correction[..., groups.members]
        return raw

    def errors(self, raw: Tensor, x: Tensor, wanted: Tensor) -> Tensor:
        """Return the mean error of each member over the wanted cells, (n_members,); 1 is that of a mean.

        Parameters
        ----------
        raw, x, wanted : Tensor of shape (n_members, n_rows, n_values)
        """
        cells = wanted[..., self.first]
        numbers, n_members = self.numbers, len(raw)
        squares = (raw[..., numbers] - x[..., numbers]).square() * wanted[..., numbers]
        total = squares.sum((1, 2))
        if len(self.groups.members):
            levels = self.groups.targets(x.flatten(0, 1))
            surprise = -(levels * self.groups.log_probabilities(raw.flatten(0, 1))).sum(-1)
            surprise = surprise / self.groups.entropy().clamp(min=0.1)
            total = total + (
                surprise.view(n_members, -1, surprise.shape[1]) * self._level_cells(cells)
            ).sum((1, 2))
        return total / cells.sum((1, 2)).clamp(min=1)

    def _level_cells(self, cells: Tensor) -> Tensor:
        """Of the cells of all columns those of levels."""
        is_number = torch.isin(self.first, self.numbers)
        return cells[..., ~is_number]

    def probable(self, x: Tensor, seen: Tensor) -> Tensor:
        """Return rows whose gaps hold the mean, or the probabilities of levels, in scaled units.

        Parameters
        ----------
        x, seen : Tensor of shape (n_rows, n_values)
        """
        answer = x.clone()
        for rows in self._with_gaps(seen):
            part, there = (one[rows].expand(N_MEMBERS, -1, -1) for one in (x, seen))
            members = self.scaled(self(self.filled(part, there), there)).mean(0)
            answer[rows] = torch.where(seen[rows], x[rows], members)
        return answer

    def scaled(self, raw: Tensor) -> Tensor:
        """Return raw outputs as scaled values: numbers as they are, and probabilities of levels."""
        groups = self.groups
        if not len(groups.members):
            return raw
        found = groups.scaled(groups.log_probabilities(raw.flatten(0, 1)))
        return raw.index_copy(2, groups.members, found.view(*raw.shape[:2], -1))

    def drawn(self, x: Tensor, seen: Tensor) -> Tensor:
        """Return rows whose gaps are a draw of what they may hold, in scaled units.

        Levels are drawn first, each by its own probabilities, and then numbers given these; numbers of a row
        vary together as the Gaussian says, and each as far as on rows that were not learned from.
        """
        x = self._with_levels(self.probable(x, seen))
        levels = torch.ones_like(seen)
        levels[:, self.numbers] = seen[:, self.numbers]
        answer = self.probable(x, levels)
        for rows in self._with_gaps(levels):
            noise = self._noise(levels[rows])
            answer[rows] = torch.where(levels[rows], x[rows], answer[rows] + noise)
        return answer

    def _with_levels(self, probable: Tensor) -> Tensor:
        """Rows whose levels are drawn by their probabilities; where these are 0 and 1, they stay."""
        groups = self.groups
        if not len(groups.members):
            return probable
        shares = groups.targets(probable).clamp(min=0)
        totals = shares.cumsum(-1)
        point = torch.rand(*totals.shape[:2], 1, generator=drawing()).to(totals) * totals[..., -1:]
        chosen = (point >= totals).sum(-1).clamp(max=totals.shape[-1] - 1)
        truth = torch.nn.functional.one_hot(chosen, totals.shape[-1]).to(totals)
        found = truth.flatten(1)[:, groups.back]
        return probable.index_copy(1, groups.members, (found - groups.offset) / groups.scale)

    def _noise(self, seen: Tensor) -> Tensor:
        """Draws of how numbers differ from their means, in scaled units."""
        normal = torch.randn(seen.shape, generator=drawing()).to(self.mean)
        deviation = self.deviations(seen)
        if not self.is_wide:
            covariance = conditional_covariances(self.covariance.mean(0), seen)
            scale = deviation.clamp(min=1e-6)
            correlation = covariance / scale.unsqueeze(1) / scale.unsqueeze(2)
            correlation.diagonal(dim1=1, dim2=2).fill_(1 + 1e-3)
            factor = torch.linalg.cholesky(correlation)
            normal = (factor @ normal.unsqueeze(2)).squeeze(2) / (1 + 1e-3) ** 0.5
        position = torch.special.ndtr(normal).clamp(0, 1) * (N_QUANTILES - 1)
        below = position.floor().clamp(max=N_QUANTILES - 2).to(torch.int64)
        table = self.quantiles.expand(len(seen), -1, -1)
        low, high = (table.gather(2, (below + add).unsqueeze(2)).squeeze(2) for add in (0, 1))
        return deviation * (low + (position - below) * (high - low))

    def deviations(self, seen: Tensor) -> Tensor:
        """Return the conditional deviation of each gap by the Gaussian, 0 elsewhere, in scaled units."""
        if self.is_wide:
            return torch.where(seen, 0.0, self.covariance.mean(0).sqrt())
        covariances = conditional_covariances(self.covariance.mean(0), seen)
        return covariances.diagonal(dim1=1, dim2=2).clamp(min=0).sqrt()

    def _with_gaps(self, seen: Tensor) -> list[Tensor]:
        """The rows that have gaps, as many at a time as there is memory for."""
        rows = torch.nonzero(~seen.all(1)).flatten()
        width = seen.shape[1] if not self.is_wide else 1
        return (
            list(rows.split(max(1, _BLOCK_VALUES // (width * seen.shape[1])))) if len(rows) else []
        )


def _without_marks(blocks: Sequence[ColumnBlock]) -> list[ColumnBlock]:
    """The columns as they are where the marks of gaps are taken out."""
    own, start = [], 0
    for block in blocks:
        stop = start + len(block.places)
        own.append(ColumnBlock(block.name, block.kind, start, stop))
        start = stop
    return own
