"""These metrics say how near synthetic rows of a table come to the rows that they were learned from.

A test of distances that is passed proves no privacy: sets that pass it are open to attacks that ask whether a
given row was learned from (Yao et al. 2025, The DCR Delusion, arXiv:2505.01524). So there is such an attack
here, too, and what one attack does not find another one may.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._seeds import derive
from latens.exceptions import DataError
from latens.metrics.mixed_tables import MixedTable

__all__ = [
    "ClosestRecords",
    "MembershipAttack",
    "closest_distances",
    "closest_records",
    "membership_attack",
]

Vector = npt.NDArray[np.float32]

# Cells of a block of distances that stay in the cache of a core.
_BLOCK = 2**18
# What stands for a gap: farther from all numbers than the largest distance that counts.
_GAP = 1e6
_RESAMPLED = 200
_ORDER, _RESAMPLES = 0, 1


@dataclass(frozen=True)
class ClosestRecords:
    """How often synthetic rows are nearer to training rows than to held-out rows.

    Attributes
    ----------
    share_nearer : float
        The share of synthetic rows whose nearest training row is nearer than the nearest of as many
        held-out rows; of rows that are as near to both one half counts. About 0.5 is right.
    protection : float
        ``min(2 * (1 - share_nearer), 1)``, the overfitting protection of sdmetrics; higher is better.
    share_copied : float
        The share of synthetic rows that are equal to a training row.
    share_copied_held_out : float
        The same of held-out rows: some rows are there twice in any large table.
    """

    share_nearer: float
    protection: float
    share_copied: float
    share_copied_held_out: float


@dataclass(frozen=True)
class MembershipAttack:
    """How well somebody with the synthetic rows tells whether a row was learned from.

    Attributes
    ----------
    auc : float
        0.5: not at all; 1: always.
    low, high : float
        The ends of its bootstrap interval.
    n : int
        Rows of each of both groups.
    """

    auc: float
    low: float
    high: float
    n: int


def closest_distances(rows: MixedTable, among: MixedTable, real: MixedTable) -> Vector:
    """Return how far each row is from the nearest of other rows, shape (n_rows,), in [0, 1].

    The distance of two rows is the mean over columns: of numbers the difference as a share of their range, at
    most 1, of levels whether they differ. A gap equals a gap and is 1 away from all else.

    Parameters
    ----------
    rows, among : MixedTable
    real : MixedTable
        Whose ranges count.

    Examples
    --------
    >>> none = np.zeros((3, 0), dtype=int)
    >>> table = MixedTable(np.array([[0.0], [10.0], [np.nan]]), none)
    >>> new = MixedTable(np.array([[4.0], [99.0], [np.nan]]), none)
    >>> closest_distances(new, table, table).tolist()
    [0.4000000059604645, 1.0, 0.0]
    """
    if not len(among) or not len(real):
        raise DataError("There are no rows to be near to.")
    scaled_rows, scaled_among = (_scaled(one, real) for one in (rows, among))
    levels_rows, levels_among = _indicators(rows, among)
    nearest = np.empty(len(rows), dtype=np.float32)
    size = max(1, _BLOCK // len(among))
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        total = levels_rows[part] @ levels_among.T
        np.subtract(np.float32(rows.levels.shape[1]), total, out=total)
        for own, other in zip(scaled_rows, scaled_among, strict=True):
            apart = own[part, None] - other
            np.abs(apart, out=apart)
            np.minimum(apart, 1, out=apart)
            total += apart
        nearest[part] = total.min(axis=1)
    return np.asarray(nearest / np.float32(max(1, rows.n_columns)))


def closest_records(
    train: MixedTable, held_out: MixedTable, synthetic: MixedTable, *, random_state: int = 0
) -> ClosestRecords:
    """Compare how near synthetic rows are to the rows learned from and to as many others.

    Parameters
    ----------
    train, held_out, synthetic : MixedTable
    random_state : int in [0, inf), default=0
        Draws as many rows of the larger one of the first two as the smaller one has.
    """
    n = min(len(train), len(held_out))
    if not n or not len(synthetic):
        raise DataError("All three tables must have rows.")
    rng = np.random.default_rng(derive(random_state, _ORDER))
    some, others = (one.take(rng.permutation(len(one))[:n]) for one in (train, held_out))
    to_train, to_held_out = (closest_distances(synthetic, one, train) for one in (some, others))
    share = float((to_train < to_held_out).mean() + 0.5 * (to_train == to_held_out).mean())
    return ClosestRecords(
        share_nearer=share,
        protection=min(2 * (1 - share), 1.0),
        share_copied=_share_copied(synthetic, train),
        share_copied_held_out=_share_copied(held_out, train),
    )


def _share_copied(rows: MixedTable, train: MixedTable) -> float:
    return float((closest_distances(rows, train, train) == 0).mean())


def membership_attack(
    train: MixedTable, held_out: MixedTable, synthetic: MixedTable, *, random_state: int = 0
) -> MembershipAttack:
    """Attack synthetic rows: who was learned from has a synthetic row nearer than other real rows are.

    The score of a row is the distance to the nearest synthetic row, as a share of the distance to the nearest
    row of a reference, which are rows that were not learned from: a row in the crowd is near to both.

    Parameters
    ----------
    train, held_out, synthetic : MixedTable
        Half of the held-out rows are the reference.
    random_state : int in [0, inf), default=0

    Returns
    -------
    MembershipAttack

    References
    ----------
    van Breugel et al. (2023), Membership inference attacks against synthetic data through overfitting
    detection. arXiv:2302.12580, for the score as a ratio to a reference.
    """
    rng = np.random.default_rng(derive(random_state, _ORDER))
    others = rng.permutation(len(held_out))
    n = min(len(held_out) // 2, len(train))
    if not n or not len(synthetic):
        raise DataError("An attack needs synthetic rows, training rows and two held-out rows.")
    reference = held_out.take(others[n:])
    members = train.take(rng.permutation(len(train))[:n])
    candidates = (members, held_out.take(others[:n]))
    scores = [_nearness(one, synthetic, reference, train) for one in candidates]
    rng = np.random.default_rng(derive(random_state, _RESAMPLES))
    drawn = [_auc(*(one[rng.integers(0, n, n)] for one in scores)) for _ in range(_RESAMPLED)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return MembershipAttack(_auc(*scores), float(low), float(high), n)


def _nearness(
    rows: MixedTable, synthetic: MixedTable, reference: MixedTable, real: MixedTable
) -> npt.NDArray[np.float64]:
    near, far = (closest_distances(rows, one, real) for one in (synthetic, reference))
    # Equal rows in both say nothing: 0 of 0 is 1.
    least = 1e-6
    return np.asarray(np.log((far + least) / (near + least)), dtype=np.float64)


def _auc(positive: npt.NDArray[np.float64], negative: npt.NDArray[np.float64]) -> float:
    """The share of pairs in which the positive one has the higher score; ties are halves."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / (2 * len(negative)))


def _scaled(table: MixedTable, real: MixedTable) -> list[Vector]:
    """The columns of numbers as shares of their range."""
    columns = []
    for own, of_real in zip(table.numbers.T, real.numbers.T, strict=True):
        known = of_real[~np.isnan(of_real)]
        low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
        # Numbers beside a constant are 1 apart, whatever the difference.
        scaled = (own - low) / (high - low) if high > low else np.where(own == low, 0.0, own)
        columns.append(np.where(np.isnan(own), _GAP, scaled).astype(np.float32))
    return columns


def _indicators(rows: MixedTable, among: MixedTable) -> tuple[Vector, Vector]:
    """Levels as zeros and ones, whose product counts the columns that agree."""
    made: list[list[Vector]] = [[], []]
    for own, other in zip(rows.levels.T, among.levels.T, strict=True):
        values = np.unique(other)
        for part, column in zip(made, (own, other), strict=True):
            part.append((column[:, None] == values).astype(np.float32))
    first, second = (
        np.concatenate(part, axis=1) if part else np.zeros((len(one), 0), np.float32)
        for part, one in zip(made, (rows, among), strict=True)
    )
    return first, second
