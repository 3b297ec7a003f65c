"""Intervals of differences against scipy, and against draws whose truth is known."""

import numpy as np
import pytest
from scipy import stats

from latens.metrics.intervals import (
    Difference,
    error_difference,
    paired_difference,
    pooled_difference,
    share_variance,
)


def test_paired_measurements_have_the_interval_of_students_test(rng):
    first, second = rng.normal(size=(2, 12))
    found = paired_difference(first, second, confidence=0.9)
    theirs = stats.ttest_rel(first, second).confidence_interval(0.9)
    assert found.mean == pytest.approx(np.mean(first - second))
    assert (found.low, found.high) == pytest.approx(tuple(theirs))


def test_a_single_pair_says_nothing():
    found = paired_difference([0.9], [0.1])
    assert found.mean == pytest.approx(0.8)
    assert not found.is_clear
    assert found.half_width == np.inf


def test_the_difference_the_other_way_round():
    there, back = paired_difference([3, 4, 5], [1, 1, 1]), paired_difference([1, 1, 1], [3, 4, 5])
    assert -there == back
    assert (-back).is_clear


def test_equal_measurements_differ_by_nothing():
    assert paired_difference([1, 2, 3], [1, 2, 3]) == Difference(0.0, 0.0, 0.0)
    assert not paired_difference([1, 2, 3], [1, 2, 3]).is_clear


def test_no_error_at_all_on_few_samples_is_no_proof():
    found = error_difference(np.zeros(20, bool), np.zeros(20, bool))
    assert found.mean == 0
    assert found.low < -0.05 < 0.05 < found.high


def test_errors_of_one_draw_have_the_interval_of_agresti_and_min():
    first = np.repeat([True, True, False, False], [53, 16, 8, 9])
    second = np.repeat([True, False, True, False], [53, 16, 8, 9])
    more, less, n = 16.5, 8.5, 86 + 2
    middle = (more - less) / n
    half = 1.96 * np.sqrt((more + less) - (more - less) ** 2 / n) / n
    found = error_difference(first, second)
    assert found.mean == pytest.approx(8 / 86)
    # The quantile of Student at 87 degrees of freedom is 1.99 and not 1.96.
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half), abs=2e-3)


@pytest.mark.parametrize(("n", "n_draws"), [(20, 1), (200, 1), (200, 3), (200, 10)])
def test_equal_classifiers_are_rarely_told_apart(rng, n, n_draws):
    draw_effect = 0.0 if n_draws == 1 else 0.5
    clear = []
    for _ in range(400):
        hard = rng.normal(0, 1.5, n)
        one, other = (
            hard + draw_effect * rng.normal(size=(n_draws, 1)) + rng.normal(size=(n_draws, n)) > 2
            for _ in range(2)
        )
        clear.append(error_difference(one, other).is_clear)
    assert np.mean(clear) < 0.09


def test_a_large_difference_is_clear_and_its_sign_right(rng):
    worse, better = rng.random((2, 5, 300)) < np.array([0.3, 0.1])[:, None, None]
    found = error_difference(worse, better)
    assert 0.1 < found.low < found.mean < found.high < 0.3


def test_draws_that_disagree_widen_the_interval(rng):
    second = np.zeros((4, 500), bool)
    alike, unlike = (
        rng.random((4, 500)) < np.array(shares)[:, None]
        for shares in ([0.1, 0.1, 0.1, 0.1], [0.0, 0.0, 0.2, 0.2])
    )
    assert error_difference(alike, second).is_clear
    assert not error_difference(unlike, second).is_clear


def test_errors_of_one_draw_have_the_quantile_of_student_for_two_samples_more():
    first, second = np.repeat([1, 0, 0], [4, 2, 12]), np.repeat([0, 1, 0], [4, 2, 12])
    # Half a sample more in each of four cells: 4.5 against 2.5 of 20.
    middle, variance = 2 / 20, (4.5 + 2.5 - 2**2 / 20) / 20**2
    half = stats.t.ppf(0.975, 19) * np.sqrt(variance)
    found = error_difference(first, second)
    assert found.mean == pytest.approx(2 / 18)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half), rel=1e-9)
    assert share_variance(first - second) == pytest.approx(variance)


@pytest.mark.parametrize("n_repeats", [2, 5])
def test_a_pooled_difference_is_that_of_welch(rng, n_repeats):
    """Its two variances are as those of two groups, which scipy compares."""
    repeats, others = rng.normal(1, 1, n_repeats), rng.normal(0, 2, 9)
    theirs = stats.ttest_ind(repeats, others, equal_var=False).confidence_interval(0.9)
    of_samples = others.var(ddof=1) / 9
    found = pooled_difference(repeats, of_samples, 9, confidence=0.9)
    middle = others.mean()
    assert (found.low - middle, found.high - middle) == pytest.approx(tuple(theirs))
    assert found.mean == pytest.approx(repeats.mean())


def test_a_single_repeat_has_the_variance_of_the_samples_alone():
    found = pooled_difference([0.5], 0.04, 11)
    half = stats.t.ppf(0.975, 10) * 0.2
    assert (found.low, found.high) == pytest.approx((0.5 - half, 0.5 + half))


def test_intervals_of_shares_end_where_shares_do():
    found = error_difference([True], [False])
    assert (found.mean, found.high) == (1.0, 1.0)
    assert error_difference([False], [True]).low == -1.0


def test_what_a_difference_says_of_its_interval():
    found = Difference(2.0, 0.5, 4.5)
    assert found.half_width == 2.0
    assert found.is_clear
    assert not Difference(0.2, -0.1, 0.5).is_clear
    assert Difference(-1.0, -2.0, -0.5).is_clear
    assert not Difference(1.0, 0.0, 2.0).is_clear
    assert -found == Difference(-2.0, -4.5, -0.5)
