"""Gains and their intervals, against repeated draws and by hand."""

import numpy as np
import pytest

from latens.studies.differences import differences, pooled

ALL = np.ones(400, dtype=bool)


def one(metric, ours, theirs, is_new=ALL):
    (found,) = differences("m", {"pca": {metric: theirs}}, {metric: ours}, is_new, 0)
    return found


def test_the_gain_is_positive_where_the_model_is_better(rng):
    low, high = rng.random(400), rng.random(400) + 1
    assert one("mean_squared_error", low, high).gain == pytest.approx((high - low).mean())
    assert one("psnr", high, low).gain == pytest.approx((high - low).mean())


def test_copies_and_gaps_do_not_count(rng):
    ours, theirs = rng.random(400), rng.random(400)
    ours[:10] = np.nan
    is_new = np.arange(400) >= 100
    found = one("trustworthiness", ours, theirs, is_new)
    assert found.n == 300
    assert found.gain == pytest.approx((ours - theirs)[100:].mean())


def test_a_perfect_reconstruction_is_a_number():
    assert np.isfinite(one("psnr", np.full(400, np.inf), np.full(400, 20.0)).gain)


def test_errors_have_no_largest_value():
    far = np.full(400, 5_000.0)
    assert one("mean_squared_error", far - 1_000, far).gain == pytest.approx(1_000)


def test_few_rows_that_agree_are_no_certainty():
    right = np.ones(20, dtype=bool)
    (found,) = differences("m", {"pca": {"knn_accuracy": right}}, {"knn_accuracy": right}, right, 0)
    assert found.gain == 0
    assert found.standard_error > 0.04


def test_intervals_hold_the_truth_as_often_as_they_say(rng):
    held = 0
    for _ in range(300):
        ours = rng.normal(0.1, 1.0, 100)
        found = pooled(
            differences("m", {"pca": {"psnr": np.zeros(100)}}, {"psnr": ours}, ALL[:100], 0)
        )
        held += found.low <= 0.1 <= found.high
    assert 0.91 < held / 300 < 0.985


def test_more_seeds_that_agree_narrow_nothing_below_what_the_rows_allow():
    (found,) = differences(
        "m", {"pca": {"psnr": np.zeros(100)}}, {"psnr": np.ones(100)}, ALL[:100], 0
    )
    seeds = [found.model_copy(update={"standard_error": 0.2})] * 5
    assert pooled(seeds).half_width == pytest.approx(pooled(seeds[:1]).half_width)
    apart = [
        found.model_copy(update={"standard_error": 0.2, "gain": gain}) for gain in (0, 2, 1, 3, -1)
    ]
    assert pooled(apart).half_width > 3 * pooled(seeds).half_width
