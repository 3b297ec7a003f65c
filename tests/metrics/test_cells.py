"""Cells of reconstructed rows beside the best constant of each column."""

import numpy as np
import pytest

from latens._column_blocks import ColumnBlock
from latens.metrics import (
    category_accuracy,
    cell_error,
    cell_errors,
    explained_variance_share,
    number_r2,
)

BLOCKS = (
    ColumnBlock("size", "number", 0, 1, gap=1),
    ColumnBlock("color", "category", 2, 5),
    ColumnBlock("ok", "truth", 5, 6),
)
R = np.random.default_rng(0)
TRUTH = np.column_stack(
    [R.normal(5, 2, 200), np.zeros(200), np.eye(3)[R.integers(0, 3, 200)], R.random(200) < 0.3]
)


def test_right_cells_have_no_error_and_constants_an_error_of_1():
    assert cell_error(TRUTH, TRUTH, BLOCKS) == 0
    constant = np.tile(TRUTH.mean(axis=0), (200, 1))
    assert cell_error(TRUTH, constant, BLOCKS) == pytest.approx(1)
    assert number_r2(TRUTH, constant, BLOCKS) == pytest.approx(0)
    assert category_accuracy(TRUTH, TRUTH, BLOCKS) == 1


def test_a_gap_is_no_cell():
    truth, rebuilt = TRUTH.copy(), TRUTH.copy()
    truth[:50, 1], rebuilt[:50, 0] = 1, 1e9
    errors = cell_errors(truth, rebuilt, BLOCKS)
    assert np.isnan(errors[:50, 0]).all()
    assert np.nansum(errors) == 0
    assert number_r2(truth, rebuilt, BLOCKS) == 1


def test_columns_of_one_kind_have_no_score_of_the_other():
    assert category_accuracy(TRUTH, TRUTH, BLOCKS[:1]) is None
    assert number_r2(TRUTH, TRUTH, BLOCKS[1:]) is None


def test_the_share_of_levels_is_the_correlation_ratio():
    group = R.integers(0, 3, 400)
    x = np.array([0.0, 2.0, 5.0])[group] + R.normal(size=400)
    between = sum((group == g).sum() * (x[group == g].mean() - x.mean()) ** 2 for g in range(3))
    share = explained_variance_share(x[:, None], np.eye(3)[group])
    assert share[0] == pytest.approx(between / ((x - x.mean()) ** 2).sum())
