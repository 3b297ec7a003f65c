import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from latens.exceptions import DataError, ParameterError
from latens.metrics import (
    describe_codes,
    gaussian_divergence,
    largest_gap,
    maximum_mean_discrepancy,
)

SCALES = (0.1, 0.3, 1.0, 3.0, 10.0)
MEASURES = (
    gaussian_divergence,
    largest_gap,
    describe_codes,
    lambda Z: maximum_mean_discrepancy(Z, [[0.0], [1.0]]),
)


def kernel(squared, d, bandwidth=1.0):
    size = 2 * d * bandwidth**2
    return sum(scale * size / (scale * size + squared) for scale in SCALES) / len(SCALES)


def with_moments(rng, mean, covariance, n=400):
    """A sample whose mean and covariance are exactly the given ones."""
    Z = rng.normal(size=(n, len(mean)))
    Z -= Z.mean(axis=0)
    Z = np.linalg.solve(np.linalg.cholesky(np.cov(Z, rowvar=False, bias=True)), Z.T).T
    return Z @ np.linalg.cholesky(np.asarray(covariance)).T + mean


def test_the_divergence_is_the_closed_form(rng):
    assert gaussian_divergence(with_moments(rng, [0, 0, 0], np.eye(3))) == pytest.approx(
        0, abs=1e-12
    )
    # Independent numbers: (mean² + variance - 1 - log variance) / 2, added up.
    expected = 0.5 * (2**2) + 0.5 * (9 - 1 - math.log(9))
    assert gaussian_divergence(with_moments(rng, [2, 0], np.diag([1, 9]))) == pytest.approx(
        expected
    )
    # Two numbers with correlation r of variance 1: -log(1 - r²) / 2.
    covariance = [[1, 0.8], [0.8, 1]]
    assert gaussian_divergence(with_moments(rng, [0, 0], covariance)) == pytest.approx(
        -0.5 * math.log(1 - 0.64)
    )


@pytest.mark.parametrize("size", [1e-10, 1e8])
def test_a_small_or_large_spread_is_no_lack_of_spread(rng, size):
    codes = with_moments(rng, [0, 0], np.eye(2)) * size
    expected = size**2 - 1 - 2 * math.log(size)  # twice half of (variance - 1 - log variance)
    assert gaussian_divergence(codes) == pytest.approx(expected, rel=1e-9)


def test_the_divergence_does_not_care_for_directions_or_order(rng):
    Z = rng.normal(size=(200, 4)) * [1, 2, 3, 0.1] + [1, 0, -1, 2]
    rotation, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    assert gaussian_divergence(Z @ rotation) == pytest.approx(gaussian_divergence(Z))
    assert gaussian_divergence(Z[rng.permutation(200)]) == pytest.approx(gaussian_divergence(Z))


def test_codes_that_fill_fewer_directions_are_infinitely_far(rng):
    Z = rng.normal(size=(100, 3))
    for flat in (Z * [1, 1, 0], Z[:, [0, 1, 1]], Z[:3]):
        assert gaussian_divergence(flat) == math.inf


def test_a_repeated_number_is_a_direction_less_however_many_there_are(rng):
    """Rounding leaves up to some units of variance in it, and not always below 0."""
    for _ in range(30):
        Z = rng.normal(size=(200, 60))
        Z[:, -1] = Z[:, 0]
        assert gaussian_divergence(Z) == math.inf


def test_draws_of_the_normal_distribution_are_off_by_the_known_bias(rng):
    d, n = 6, 500
    found = np.mean([gaussian_divergence(rng.normal(size=(n, d))) for _ in range(40)])
    assert found == pytest.approx(d * (d + 3) / (4 * n), rel=0.1)


def test_the_discrepancy_is_its_definition(rng):
    Z, W = rng.normal(size=(30, 3)) + 50, 2 * rng.normal(size=(20, 3)) + 51

    def mean_of_pairs(A):
        values = kernel(cdist(A, A, "sqeuclidean"), 3, bandwidth=1.5)
        return (values.sum() - np.trace(values)) / (len(A) * (len(A) - 1))

    across = kernel(cdist(Z, W, "sqeuclidean"), 3, bandwidth=1.5).mean()
    expected = mean_of_pairs(Z) + mean_of_pairs(W) - 2 * across
    assert maximum_mean_discrepancy(Z, W, bandwidth=1.5) == pytest.approx(expected)


def test_two_heaps_are_as_far_apart_as_the_kernel_says():
    Z, W = np.zeros((5, 2)), np.full((7, 2), 3.0)
    expected = 2 * (1 - kernel(18.0, 2))
    assert maximum_mean_discrepancy(Z, W) == pytest.approx(expected)


def test_equal_distributions_have_no_discrepancy_on_average(rng):
    values = [
        maximum_mean_discrepancy(rng.normal(size=(40, 2)), rng.normal(size=(60, 2)))
        for _ in range(300)
    ]
    error = np.std(values) / math.sqrt(len(values))
    assert min(values) < 0 < max(values)
    assert abs(np.mean(values)) < 4 * error


def test_the_discrepancy_over_several_tiles_is_that_of_one(rng):
    Z, W = rng.normal(size=(1500, 2)), rng.uniform(-2, 2, size=(1100, 2))
    values = kernel(cdist(Z, Z, "sqeuclidean"), 2)
    expected = (values.sum() - len(Z)) / (len(Z) * (len(Z) - 1))
    values = kernel(cdist(W, W, "sqeuclidean"), 2)
    expected += (values.sum() - len(W)) / (len(W) * (len(W) - 1))
    expected -= 2 * kernel(cdist(Z, W, "sqeuclidean"), 2).mean()
    assert maximum_mean_discrepancy(Z, W) == pytest.approx(expected, abs=1e-12)


@given(arrays(np.float64, (6, 2), elements=st.floats(-5, 5)), st.floats(-100, 100))
def test_the_discrepancy_is_symmetric_bounded_and_moves_along(Z, shift):
    W = Z[::-1] * 1.5 + 1
    value = maximum_mean_discrepancy(Z, W)
    assert -1 <= value <= 2
    assert maximum_mean_discrepancy(W, Z) == pytest.approx(value, abs=1e-9)
    assert maximum_mean_discrepancy(Z + shift, W + shift) == pytest.approx(value, abs=1e-9)


def test_the_discrepancy_scales_with_its_bandwidth(rng):
    Z, W = rng.normal(size=(50, 2)), rng.normal(size=(50, 2)) + 1
    assert maximum_mean_discrepancy(7 * Z, 7 * W, bandwidth=7) == pytest.approx(
        maximum_mean_discrepancy(Z, W)
    )


def test_a_gap_is_a_share_of_the_range_whatever_the_units(rng):
    two_heaps = np.concatenate([rng.uniform(0, 1, 500), rng.uniform(3, 4, 500)])
    even = rng.uniform(0, 1, 1000)
    Z = np.column_stack([two_heaps, even, np.full(1000, 7.0)])
    gaps = largest_gap(Z)
    assert gaps[0] == pytest.approx(2 / 3.9, abs=0.02)
    assert gaps[1] < 0.02
    assert gaps[2] == 0
    np.testing.assert_allclose(largest_gap(1e6 * Z - 3), gaps, atol=1e-6)
    np.testing.assert_array_equal(largest_gap(Z[rng.permutation(1000)]), gaps)


def test_an_outlier_is_no_gap(rng):
    values = rng.normal(size=(400, 1))
    values[0] = 1e6
    assert largest_gap(values)[0] < 0.1


def test_every_number_of_the_description_tells_good_from_bad(rng):
    normal = rng.normal(size=(2000, 3))
    good = describe_codes(normal)
    assert good.n_codes == 2000
    assert good.divergence < 0.02
    assert abs(good.discrepancy) < 0.005
    assert abs(good.shape_discrepancy) < 0.005
    assert good.largest_gap.max() < 0.05
    moved = describe_codes(3 * normal + 2)
    assert moved.divergence > 1
    assert moved.discrepancy > 0.1
    # What is moved and stretched still has the right shape.
    assert moved.shape_discrepancy == pytest.approx(good.shape_discrepancy, abs=1e-9)
    heaps = np.sign(normal) * 2 + 0.1 * normal
    torn = describe_codes((heaps - heaps.mean(0)) / heaps.std(0))
    assert torn.divergence < 0.02
    assert torn.shape_discrepancy > 0.02
    assert torn.largest_gap.min() > 0.5


def test_a_constant_number_is_constant_whatever_its_value(rng):
    normal = rng.normal(size=(1000, 1))
    at = [describe_codes(np.c_[normal, np.full(1000, c)]).shape_discrepancy for c in (0.0, 0.1)]
    assert at[0] == pytest.approx(at[1], abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_what_has_no_distribution_is_refused(measure):
    with pytest.raises(DataError, match="at least two codes"):
        measure([[1.0]])
    with pytest.raises(DataError, match="finite"):
        measure([[1.0], [np.nan]])


def test_codes_of_other_widths_and_bandwidths_of_nothing_are_refused():
    with pytest.raises(DataError, match="Got 1 and 2"):
        maximum_mean_discrepancy([[0.0], [1.0]], [[0.0, 1.0], [1.0, 1.0]])
    with pytest.raises(ParameterError, match="bandwidth"):
        maximum_mean_discrepancy([[0.0], [1.0]], [[0.0], [1.0]], bandwidth=0)


def test_a_constant_number_of_very_many_codes_has_no_shape(rng):
    codes = rng.normal(size=(200_000, 2))
    codes[:, 1] = 7.3
    few = describe_codes(codes[:1000]).shape_discrepancy
    assert abs(describe_codes(codes).shape_discrepancy - few) < 0.02


def test_the_gap_and_the_range_are_of_the_central_values_alone(rng):
    """Of 41 sorted values those from the second to the last but one; gaps at both ends count."""
    values = np.sort(rng.normal(size=(41, 6)), axis=0)
    values[2:, 0] += 30  # the first of the central gaps
    values[39:, 1] += 20  # the last of them
    values[:1, 2] -= 50  # outside
    values[40:, 3] += 50
    values[20:, 4] += 3
    central = values[1:40]
    expected = np.diff(central, axis=0).max(axis=0) / (central[-1] - central[0])
    found = largest_gap(rng.permuted(values, axis=0))
    np.testing.assert_allclose(found, expected)
    assert (found[:2] > 0.8).all()
    assert (found[2:4] < 0.3).all()


def test_the_description_is_of_all_codes_and_its_discrepancies_of_a_thousand_evenly_spaced(rng):
    codes = rng.normal(1, 2, size=(2500, 2))
    found = describe_codes(codes)
    assert found.n_codes == 2500
    np.testing.assert_allclose(found.mean, codes.mean(0))
    np.testing.assert_allclose(found.standard_deviation, codes.std(0))
    np.testing.assert_allclose(found.largest_gap, largest_gap(codes))
    assert found.divergence == pytest.approx(gaussian_divergence(codes))
    some = codes[np.linspace(0, 2499, 1000).round().astype(int)]
    draws = np.random.default_rng(0).normal(size=(1000, 2))
    shape = (some - codes.mean(0)) / codes.std(0)
    assert found.discrepancy == pytest.approx(maximum_mean_discrepancy(some, draws))
    assert found.shape_discrepancy == pytest.approx(maximum_mean_discrepancy(shape, draws))
