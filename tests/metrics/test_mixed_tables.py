"""Column shapes and pair trends of synthetic tables, against closed forms and scikit-learn's relatives."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from latens.exceptions import DataError
from latens.metrics import MixedTable, column_shapes, pair_trends


def table(numbers=(), levels=()):
    n = max(len(column) for column in [*numbers, *levels])
    return MixedTable(
        np.array(numbers, dtype=float).reshape(-1, n).T,
        np.array(levels, dtype=int).reshape(-1, n).T,
    )


def test_a_table_is_perfectly_like_itself():
    rng = np.random.default_rng(0)
    same = table(rng.normal(size=(3, 50)), rng.integers(0, 4, (2, 50)))
    np.testing.assert_array_equal(column_shapes(same, same), np.ones(5))
    trends = pair_trends(same, same)
    np.testing.assert_allclose(trends[~np.eye(5, dtype=bool)], 1)
    assert np.isnan(np.diag(trends)).all()
    np.testing.assert_array_equal(trends, trends.T)


def test_shapes_of_numbers_are_those_of_kolmogorov_and_smirnov():
    rng = np.random.default_rng(1)
    real, synthetic = rng.normal(size=80), rng.normal(0.4, 2, size=120).round(1)
    found = column_shapes(table([real]), table([synthetic]))
    assert found[0] == pytest.approx(1 - ks_2samp(real, synthetic).statistic)


def test_shapes_of_levels_are_the_share_that_both_have():
    real, synthetic = table(levels=[[0, 0, 0, 1]]), table(levels=[[0, 1, 2, 2]])
    assert column_shapes(real, synthetic).tolist() == [0.5]


def test_a_missing_gap_is_a_difference_of_shape():
    real = table([[1, 2, np.nan, np.nan]])
    assert column_shapes(real, table([[1, 2, 1, 2]])).tolist() == [0.5]
    assert column_shapes(real, real).tolist() == [1.0]


def test_trends_of_numbers_are_half_the_difference_of_correlations():
    x = np.arange(20.0)
    rising, falling = table([x, 3 * x + 1]), table([x, -x])
    assert pair_trends(rising, falling)[0, 1] == pytest.approx(0)
    y = np.tile([0.0, 1.0], 10)
    own = np.corrcoef(x, y)[0, 1]
    assert pair_trends(rising, table([x, y]))[0, 1] == pytest.approx(1 - (1 - own) / 2)


def test_correlations_are_of_rows_in_which_both_numbers_are_known():
    x = np.arange(6.0)
    broken = x.copy()
    broken[2] = np.nan
    far = x.copy()
    far[2] = 1e6
    assert pair_trends(table([broken, far]), table([x, x]))[0, 1] == pytest.approx(1)


def test_a_constant_number_has_no_trend():
    x = np.arange(5.0)
    constant = table([x, np.full(5, 0.1)])
    assert np.isnan(pair_trends(constant, table([x, x]))[0, 1])


def test_trends_of_levels_and_of_numbers_beside_levels_are_shared_pairs():
    real = table([np.repeat([0.0, 10.0], 4)], [np.repeat([0, 1], 4)])
    crossed = table([np.repeat([0.0, 10.0], 4)], [np.tile([0, 1], 4)])
    assert pair_trends(real, crossed)[0, 1] == 0.5
    # Within a tenth of the range, and outside of it at its ends.
    near = table([np.repeat([-0.5, 12.0], 4)], [np.repeat([0, 1], 4)])
    assert pair_trends(real, near)[0, 1] == 1
    levels = np.array([[0, 0, 1, 1], [0, 0, 1, 1]]), np.array([[0, 0, 1, 1], [0, 1, 1, 1]])
    assert pair_trends(table(levels=levels[0]), table(levels=levels[1]))[0, 1] == 0.75


def test_tables_of_other_columns_are_refused():
    with pytest.raises(DataError, match="the same columns"):
        column_shapes(table([[1.0]]), table([[1.0], [2.0]]))
    with pytest.raises(DataError, match="as many rows"):
        MixedTable(np.zeros((2, 1)), np.zeros((3, 1), dtype=int))
    with pytest.raises(DataError, match="must have rows"):
        pair_trends(table([[1.0]]), table([[1.0]]).take(slice(0, 0)))
