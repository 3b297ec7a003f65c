"""How near synthetic rows come to training rows, and what an attack makes of it."""

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.metrics import MixedTable, closest_distances, closest_records, membership_attack


def slow_distances(rows, among, real):
    """Pair by pair and column by column."""
    low, high = np.nanmin(real.numbers, axis=0), np.nanmax(real.numbers, axis=0)
    found = []
    for i in range(len(rows)):
        best = np.inf
        for j in range(len(among)):
            total = 0.0
            for a, b, span in zip(rows.numbers[i], among.numbers[j], high - low, strict=True):
                if np.isnan(a) or np.isnan(b):
                    total += float(np.isnan(a) != np.isnan(b))
                else:
                    total += min(abs(a - b) / span, 1)
            total += float((rows.levels[i] != among.levels[j]).sum())
            best = min(best, total)
        found.append(best / rows.n_columns)
    return found


def mixed(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(shift, 1, (n, 3))
    numbers[rng.random((n, 3)) < 0.2] = np.nan
    return MixedTable(numbers, rng.integers(0, 5, (n, 2)))


def test_distances_are_those_of_pair_by_pair_in_every_block():
    rows, among = mixed(9_000, 0, shift=3), mixed(40, 1)
    found = closest_distances(rows, among, among)
    for some in (slice(0, 20), slice(-20, None)):
        expected = slow_distances(rows.take(some), among, among)
        np.testing.assert_allclose(found[some], expected, atol=1e-6)


def test_rows_of_levels_alone_and_of_numbers_alone_have_distances():
    rows = mixed(10, 2)
    levels = MixedTable(np.zeros((10, 0)), rows.levels)
    assert set(np.unique(closest_distances(levels, levels.take(slice(0, 3)), levels))) <= {
        0,
        0.5,
        1,
    }
    numbers = MixedTable(rows.numbers, np.zeros((10, 0), dtype=int))
    np.testing.assert_array_equal(closest_distances(numbers, numbers, numbers), np.zeros(10))


def test_copies_are_nearer_to_training_rows_and_fresh_rows_are_not():
    train, held_out, fresh = (mixed(400, seed) for seed in (3, 4, 5))
    copied = closest_records(train, held_out, train.take(slice(0, 200)))
    assert copied.share_nearer > 0.95
    assert copied.protection < 0.1
    assert copied.share_copied == 1
    honest = closest_records(train, held_out, fresh)
    assert abs(honest.share_nearer - 0.5) < 0.08
    assert honest.protection > 0.84
    # Rows of gaps alone, but for equal levels.
    assert max(honest.share_copied, honest.share_copied_held_out) < 0.02


def test_rows_that_are_as_near_to_both_count_half():
    equal = MixedTable(np.zeros((8, 0)), np.zeros((8, 1), dtype=int))
    assert closest_records(equal, equal, equal).share_nearer == 0.5


def test_an_attack_finds_members_behind_copies_and_none_behind_fresh_rows():
    train, held_out, fresh = mixed(300, 6), mixed(300, 7), mixed(600, 8)
    found = membership_attack(train, held_out, train)
    assert found.auc > 0.99
    assert found.n == 150
    honest = membership_attack(train, held_out, fresh)
    assert honest.low < 0.5 < honest.high
    assert honest.low <= honest.auc <= honest.high
    assert honest == membership_attack(train, held_out, fresh)


def test_an_attack_without_held_out_rows_is_refused():
    rows = mixed(5, 9)
    with pytest.raises(DataError, match="two held-out rows"):
        membership_attack(rows, rows.take(slice(0, 1)), rows)
    with pytest.raises(DataError, match="must have rows"):
        closest_records(rows, rows.take(slice(0, 0)), rows)
    with pytest.raises(DataError, match="no rows to be near to"):
        closest_distances(rows, rows.take(slice(0, 0)), rows)
