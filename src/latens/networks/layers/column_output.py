"""The last activation of a decoder of tables: probabilities for levels, numbers as they are."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from latens._column_blocks import ColumnBlock

__all__ = ["ColumnOutput", "LevelGroups"]

# In the place of a level that a shorter group does not have.
_NEVER = -1e9
_LEAST_PROBABILITY = 1e-4


class LevelGroups(nn.Module):
    """Features that are probabilities, by the group whose probabilities sum to 1.

    A truth and a mark of gaps are a group of two, of which the other one has no feature.

    Parameters
    ----------
    blocks : sequence of ColumnBlock
    n_features : int
    offset, scale : Tensor of shape (n_features,)
        Of the scaling: what a feature is at the middle, and the unit of its scaled values.

    Attributes
    ----------
    lists : list of list of int
        The places of each group; of a pair the one that has a feature.
    """

    places: Tensor
    back: Tensor
    members: Tensor
    pairs: Tensor
    base: Tensor
    offset: Tensor
    scale: Tensor

    def __init__(
        self, blocks: Sequence[ColumnBlock], n_features: int, offset: Tensor, scale: Tensor
    ) -> None:
        super().__init__()
        self.n_features = n_features
        self.n_marks = sum(block.gap is not None for block in blocks)
        groups = level_groups(blocks)
        self.lists = groups
        longest = max([2, *map(len, groups)])
        zero, never = n_features, n_features + 1
        rows = [
            [*group, *([zero] if len(group) == 1 else [])]
            + [never] * (longest - max(2, len(group)))
            for group in groups
        ]
        members = [place for group in groups for place in group]
        back = [
            number * longest + place
            for number, group in enumerate(groups)
            for place in range(len(group))
        ]
        self._buffer("places", torch.tensor(rows, dtype=torch.int64).reshape(-1, longest))
        self._buffer("members", torch.tensor(members, dtype=torch.int64))
        self._buffer("back", torch.tensor(back, dtype=torch.int64))
        pairs = [number for number, group in enumerate(groups) if len(group) == 1]
        self._buffer("pairs", torch.tensor(pairs, dtype=torch.int64))
        self._buffer("offset", offset[self.members])
        self._buffer("scale", scale[self.members])
        share = self.offset.clamp(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        in_pair = torch.tensor(
            [len(group) == 1 for group in groups for _ in group], dtype=torch.bool
        )
        # A decoder that says nothing gives the shares of the fitted table.
        self._buffer("base", torch.where(in_pair, torch.logit(share), share.log()))

    def _buffer(self, name: str, values: Tensor) -> None:
        # What follows from the table is written with the table, not with the weights.
        self.register_buffer(name, values, persistent=False)

    def entropy(self) -> Tensor:
        """Return the entropy of the shares of each group in nats, shape (n_groups,)."""
        shares = self.targets(self.offset.new_zeros(1, self.n_features))[0]
        return -torch.special.xlogy(shares, shares).sum(-1)

    def log_probabilities(self, raw: Tensor) -> Tensor:
        """Return log-probabilities of shape (batch, n_groups, longest group), those of pairs with both."""
        logits = raw.index_add(1, self.members, self.base.expand(len(raw), -1))
        ends = raw.new_tensor([0.0, _NEVER]).expand(len(raw), 2)
        return torch.cat([logits, ends], 1)[:, self.places].log_softmax(-1)

    def scaled(self, log_probabilities: Tensor) -> Tensor:
        """Return the probabilities of `members` in scaled units."""
        probabilities = log_probabilities.flatten(1)[:, self.back].exp()
        return (probabilities - self.offset) / self.scale

    def targets(self, x: Tensor) -> Tensor:
        """Return what scaled samples hold as probabilities, in the shape of `log_probabilities`."""
        shares = x.new_zeros(len(x), x.shape[1] + 2)
        shares[:, self.members] = x[:, self.members] * self.scale + self.offset
        found = shares[:, self.places]
        found[:, self.pairs, 1] = 1 - found[:, self.pairs, 0]
        return found


class ColumnOutput(nn.Module):
    """From raw outputs to scaled samples: probabilities in the places of levels, numbers as they are."""

    def __init__(self, groups: LevelGroups) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, raw: Tensor) -> Tensor:
        groups = self.groups
        if not len(groups.members):
            return raw
        return raw.index_copy(1, groups.members, groups.scaled(groups.log_probabilities(raw)))


def level_groups(blocks: Sequence[ColumnBlock]) -> list[list[int]]:
    """Return the places of each group: first those of columns in their order, then those of gaps."""
    levels = [list(block.places) for block in blocks if block.kind != "number"]
    return levels + [[block.gap] for block in blocks if block.gap is not None]
