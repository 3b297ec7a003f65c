"""Cells of new rows of a table: drawn by their probabilities, each column as it is distributed in real rows.

A network says what is probable given the rest of a row, and not well how a column is distributed: squared
errors know no value that nine in ten rows have, and one that is far from all others counts more than they do.
So only the order of the numbers that a decoder gives is used. What it leaves unexplained of the order of real
numbers is a Gaussian copula, and the number of a rank is that of the same rank in real rows. Probabilities of
levels are weighted so that on average they are the shares of real rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from latens._column_blocks import ColumnBlock

__all__ = ["MOST_RELATED", "RANKS", "CellDraws", "NumberDraws"]

# Ranks at which the numbers of a column are known: evenly, and closer together towards the ends.
_EVENLY, _AT_ENDS, _LEAST_RANK = 257, 24, 1e-6
_ENDS = np.geomspace(_LEAST_RANK, 1 / (_EVENLY - 1), _AT_ENDS, endpoint=False)
RANKS = np.sort(np.concatenate([np.linspace(0, 1, _EVENLY), _ENDS, 1 - _ENDS]))

_ROUNDS = 30  # of weighting; changes are below a thousandth after ten
# A level that hardly ever comes is not made of others.
_MOST_WEIGHT = 50.0
_LEAST = 1e-9
# Columns of numbers whose noise is correlated: the square of this many numbers is kept.
MOST_RELATED = 256


@dataclass(frozen=True, eq=False)
class NumberDraws:
    """How the columns of numbers are distributed, and what a decoder leaves unexplained of them.

    Attributes
    ----------
    knots : ndarray of shape (n_numbers, n_ranks)
        The numbers of real rows at `RANKS`.
    explained : ndarray of shape (n_numbers,)
        The correlation, in [0, 1], of what is decoded with the real numbers, both as normal scores of their
        ranks.
    related : ndarray of shape (n_related, n_related)
        How what is not explained of the first columns, at most `MOST_RELATED`, is correlated.
    """

    knots: np.ndarray
    explained: np.ndarray
    related: np.ndarray

    @classmethod
    def of(
        cls,
        rows: np.ndarray,
        some: np.ndarray,
        decoded: np.ndarray,
        blocks: Sequence[ColumnBlock],
        seed: int,
    ) -> "NumberDraws":
        """Learn from real rows, and from what a decoder makes of the codes of some of them.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_features)
            In the user's units. Gaps do not count.
        some, decoded : ndarray of shape (n_some, n_features)
        blocks : sequence of ColumnBlock
        seed : int
        """
        numbers = [block for block in blocks if block.kind == "number"]
        rng = np.random.default_rng(seed)
        knots, explained = [], []
        left: list[np.ndarray] = []
        for block in numbers:
            values = rows[_known(rows, block), block.start].astype(np.float64)
            knots.append(np.quantile(values, RANKS, method="inverted_cdf"))
            known = _known(some, block)
            own = _scores(decoded[known, block.start].astype(np.float64), rng)
            share, rest = _explained(own, some[known, block.start].astype(np.float64), rng)
            explained.append(share)
            if len(left) < MOST_RELATED:
                left.append(np.full(len(some), np.nan))
                left[-1][known] = rest
        return cls(
            np.array(knots, dtype=np.float64).reshape(-1, len(RANKS)),
            np.array(explained, dtype=np.float64),
            _correlations(np.array(left).reshape(len(left), len(some))),
        )

    def scores(self, decoded: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return normal scores of new numbers for those of what is decoded, shape (n_rows, n_numbers)."""
        noise = rng.standard_normal(decoded.shape)
        n = len(self.related)
        if n:
            sizes, axes = np.linalg.eigh(self.related)
            root = axes * np.sqrt(sizes.clip(0))
            # A matrix of pairs that were known in different rows may have sizes below 0.
            root /= np.sqrt((root**2).sum(axis=1, keepdims=True)).clip(_LEAST)
            noise[:, :n] = noise[:, :n] @ root.T
        return np.asarray(self.explained * decoded + np.sqrt(1 - self.explained**2) * noise)


def _known(rows: np.ndarray, block: ColumnBlock) -> np.ndarray:
    """Where a column has a value; everywhere, if it has none."""
    known = np.ones(len(rows), bool) if block.gap is None else rows[:, block.gap] < 0.5
    return np.asarray(known if known.any() else ~known)


def _scores(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Normal scores of the ranks of numbers, equal ones in any order."""
    order = np.lexsort((rng.random(len(values)), values))
    ranks = np.empty(len(values))
    ranks[order] = (np.arange(len(values)) + 0.5) / len(values)
    return np.asarray(ndtri(ranks))


def _explained(
    own: np.ndarray, values: np.ndarray, rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """How far scores explain those of numbers, and what they leave of these."""
    scores = _scores(values, rng)
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    # Equal numbers have no order of their own: only the mean of their scores is known. If own scores are
    # r times those of numbers plus noise, so are their means over equal ones.
    means = (np.bincount(places, scores) / counts)[places]
    spread = float((means**2).mean())
    share = float((own * means).mean()) / spread if spread > _LEAST else 0.0
    left = scores - (own * scores).mean() * own
    return min(max(share, 0.0), 1.0), left


def _correlations(columns: np.ndarray) -> np.ndarray:
    """Of rows of numbers over the places at which both are known; those without any are 0."""
    known = ~np.isnan(columns)
    values = np.where(known, columns, 0.0)
    values -= known * (values.sum(axis=1, keepdims=True) / known.sum(axis=1, keepdims=True).clip(1))
    squares = values**2 @ known.T.astype(np.float64)
    size = np.sqrt(squares * squares.T)
    found = np.divide(values @ values.T, size, out=np.zeros_like(size), where=size > _LEAST)
    np.fill_diagonal(found, 1.0)
    return found.clip(-1, 1)


@dataclass(frozen=True, eq=False)
class CellDraws:
    """Draws cells for what a decoder says is probable.

    Attributes
    ----------
    blocks : tuple of ColumnBlock
    numbers : NumberDraws
    ordered : tuple of ndarray
        For each column of numbers what is decoded for many new rows, in its order.
    weights : tuple of ndarray
        For each group of levels what their probabilities are multiplied by.
    """

    blocks: tuple[ColumnBlock, ...]
    numbers: NumberDraws
    ordered: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]

    @classmethod
    def of(
        cls,
        blocks: tuple[ColumnBlock, ...],
        numbers: NumberDraws,
        shares: np.ndarray,
        features: np.ndarray,
    ) -> "CellDraws":
        """Learn from many new rows how what is decoded of them differs from real rows.

        Parameters
        ----------
        blocks : tuple of ColumnBlock
        numbers : NumberDraws
        shares : ndarray of shape (n_features,)
            How often each level, truth and gap is there in real rows.
        features : ndarray of shape (n_rows, n_features)
            As decoded, in the user's units.
        """
        weights = [
            _weights(_probabilities(features, group), _shares(shares, group))
            for group in _groups(blocks)
        ]
        ordered = [np.sort(features[:, place].astype(np.float64)) for place in _places(blocks)]
        return cls(blocks, numbers, tuple(ordered), tuple(weights))

    def drawn(self, features: np.ndarray, seed: int, *, complete: bool = False) -> np.ndarray:
        """Return features of new rows, each cell a draw: levels, truths and gaps are 0 or 1.

        Parameters
        ----------
        features : ndarray of shape (n_rows, n_features)
            As decoded, in the user's units.
        seed : int
        complete : bool, default=False
            Whether no cell is a gap.
        """
        rng = np.random.default_rng(seed)
        drawn = features.astype(np.float64)
        for group, weights in zip(_groups(self.blocks), self.weights, strict=True):
            total = (_probabilities(features, group) * weights).cumsum(axis=1)
            chosen = (rng.random((len(drawn), 1)) * total[:, -1:] > total).sum(axis=1)
            drawn[:, group] = chosen[:, None] == np.arange(len(group))
        places = _places(self.blocks)
        scores = np.empty((len(drawn), len(places)))
        for number, (place, ordered) in enumerate(zip(places, self.ordered, strict=True)):
            scores[:, number] = ndtri(_ranks(drawn[:, place], ordered, rng))
        ranks = ndtr(self.numbers.scores(scores, rng))
        for place, of_column, knots in zip(places, ranks.T, self.numbers.knots, strict=True):
            drawn[:, place] = _numbers_at(of_column, knots)
        if complete:
            drawn[:, [block.gap for block in self.blocks if block.gap is not None]] = 0
        return drawn


def _places(blocks: Sequence[ColumnBlock]) -> list[int]:
    """The places of the numbers themselves; what else became of a date is not drawn."""
    return [block.start for block in blocks if block.kind == "number"]


def _groups(blocks: Sequence[ColumnBlock]) -> Iterator[list[int]]:
    """The places of levels that exclude each other; those of a truth or of a gap are one place."""
    for block in blocks:
        if block.kind != "number":
            yield list(block.places)
        if block.gap is not None:
            yield [block.gap]


def _probabilities(features: np.ndarray, group: list[int]) -> np.ndarray:
    """The probability of each level of a group; behind that of a single one, of its absence."""
    levels = features[:, group].astype(np.float64).clip(_LEAST, 1)
    if len(group) > 1:
        return levels
    return np.column_stack([levels, (1 - levels).clip(_LEAST, 1)])


def _shares(shares: np.ndarray, group: list[int]) -> np.ndarray:
    levels = shares[group].clip(0, 1)
    found = levels if len(group) > 1 else np.append(levels, 1 - levels)
    return np.asarray(found / max(found.sum(), _LEAST))


def _weights(probable: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """What probabilities are multiplied by, so that on average they are the shares."""
    weights = np.ones(len(shares))
    for _ in range(_ROUNDS):
        weighted = probable * weights
        weighted /= weighted.sum(axis=1, keepdims=True)
        weights *= shares / weighted.mean(axis=0).clip(_LEAST)
        weights = weights.clip(0, _MOST_WEIGHT)
    # A level that was never seen, such as a gap where there is none, never comes.
    return np.where(shares > 0, weights.clip(_LEAST), 0.0)


def _ranks(values: np.ndarray, ordered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where numbers stand among others, in (0, 1); among equal ones anywhere."""
    first, last = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    inside = rng.random(len(values)).clip(_LEAST, 1 - _LEAST)  # a score of 0 or 1 is infinite
    return np.asarray((first + inside * (last - first + 1)) / (len(ordered) + 1))


def _numbers_at(ranks: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """The numbers at ranks: between two knots on a line, but beside a value that many rows have that one."""
    right = np.searchsorted(RANKS, ranks, side="right").clip(1, len(RANKS) - 1)
    left = right - 1
    numbers = np.interp(ranks, RANKS, knots)
    many = np.zeros(len(knots), dtype=bool)
    # Closer together than evenly, equal knots are no sign of many equal rows.
    equal = (np.diff(knots) == 0) & (np.diff(RANKS) > 0.5 / (_EVENLY - 1))
    many[:-1] |= equal
    many[1:] |= equal
    numbers = np.where(many[left], knots[left], numbers)
    return np.asarray(np.where(many[right] & ~many[left], knots[right], numbers))
