"""What a classifier says of synthetic rows: it tells bad ones apart, and learns as much from good ones."""

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.metrics import MixedTable, detection_auc, utility


def rows(n, seed, *, related=True):
    """A number, a level that follows from it, and another number with gaps."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    level = (x + 0.3 * rng.normal(size=n) > 0).astype(int)
    if not related:
        level = rng.permutation(level)
    z = np.where(rng.random(n) < 0.2, np.nan, x + z)
    return MixedTable(np.column_stack([x, z]), level[:, None])


def test_only_rows_of_another_relation_are_detected():
    real = rows(300, 0)
    assert detection_auc(real, rows(400, 1)) < 0.6
    assert detection_auc(real, rows(300, 2, related=False)) > 0.65


def test_few_rows_are_too_few_to_detect():
    with pytest.raises(DataError, match="at least 6 rows"):
        detection_auc(rows(5, 0), rows(50, 1))


def test_synthetic_rows_teach_levels_as_well_as_their_relations_are_right():
    held_out = rows(300, 4)
    good, bad = (utility(rows(300, 5, related=one), held_out, 2) for one in (True, False))
    assert good > 0.9
    assert abs(bad - 0.5) < 0.15


def test_numbers_are_predicted_where_they_are_known():
    assert utility(rows(300, 6), rows(300, 7), 1) > 0.15
    constant = MixedTable(np.full((9, 1), np.nan), np.zeros((9, 1), dtype=int))
    assert np.isnan([utility(constant, constant, column) for column in (0, 1)]).all()


def test_many_levels_and_levels_that_synthetic_rows_lack_are_scored():
    rng = np.random.default_rng(8)
    levels = rng.integers(0, 3, 200)
    numbers = levels[:, None] + rng.normal(0, 0.1, (200, 1))
    real = MixedTable(numbers, np.column_stack([levels, range(200, 400)]))
    assert utility(real, real, 1) > 0.99
    assert 0.5 < utility(real.take(levels < 2), real, 1) < 0.99
    assert np.isnan(utility(real.take(levels < 1), real, 1))
