"""Precision, recall, density, coverage and memorization: limits, and a plain reference."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.exceptions import DataError, ParameterError
from latens.metrics import density_coverage, memorization, precision_recall


def test_a_set_covers_itself(rng):
    X = rng.normal(size=(50, 3))
    found = precision_recall(X, X)
    assert (found.precision, found.recall) == (1, 1)
    assert density_coverage(X, X).coverage == 1


def test_sets_apart_have_nothing_in_common(rng):
    real, far = rng.normal(size=(50, 3)), rng.normal(size=(50, 3)) + 100
    found = precision_recall(real, far)
    assert (found.precision, found.recall) == (0, 0)
    covers = density_coverage(real, far)
    assert (covers.density, covers.coverage) == (0, 0)


def test_half_of_the_modes_are_precise_and_not_recalled(rng):
    real = rng.normal(size=(200, 2)) + np.repeat([[0, 0], [50, 0]], 100, axis=0)
    generated = rng.normal(size=(200, 2))
    found, covers = precision_recall(real, generated), density_coverage(real, generated)
    assert found.precision > 0.9
    assert 0.4 < found.recall <= 0.55
    assert 0.4 < covers.coverage <= 0.5


def test_samples_of_one_distribution_have_a_density_of_one(rng):
    real, generated = rng.normal(size=(2, 1500, 4))
    covers = density_coverage(real, generated)
    assert covers.density == pytest.approx(1, abs=0.08)
    # Naeem et al. (2020): the expected coverage for equal sizes is 1 - (1/2)^k up to terms of 1/n.
    assert covers.coverage == pytest.approx(1 - 0.5**5, abs=0.02)


def test_tiles_change_nothing_beside_all_pairs_at_once(rng):
    """More rows than a tile has, against the definitions written down."""
    real, generated = rng.normal(size=(1300, 3)), 1.3 * rng.normal(size=(1100, 3))
    k = 4

    def radii(X):
        return np.sort(cdist(X, X), axis=1)[:, k]

    to_real = cdist(generated, real)
    inside = to_real <= radii(real)
    found = precision_recall(real, generated, n_neighbors=k)
    assert found.precision == pytest.approx(inside.any(axis=1).mean())
    assert found.recall == pytest.approx((radii(generated) >= to_real.T).any(axis=1).mean())
    covers = density_coverage(real, generated, n_neighbors=k)
    assert covers.density == pytest.approx(inside.sum(axis=1).mean() / k)
    assert covers.coverage == pytest.approx((to_real.min(axis=0) <= radii(real)).mean())
    copies = memorization(real, real[:100] + 0.1, generated)
    np.testing.assert_array_equal(copies.nearest, to_real.argmin(axis=1))
    np.testing.assert_allclose(copies.distances, to_real.min(axis=1))
    own = np.sort(cdist(real, real), axis=1)[:, 1]
    authentic = to_real.min(axis=1) > own[copies.nearest]
    np.testing.assert_array_equal(copies.is_authentic, authentic)


def test_copies_are_found_and_new_samples_are_not_accused(rng):
    train, held_out, new = rng.normal(size=(3, 600, 5))
    honest = memorization(train, held_out, new)
    assert honest.share_closer < 0.04
    assert honest.authenticity == pytest.approx(honest.authenticity_held_out, abs=0.08)
    half = np.concatenate([new[:300], train[:300] + 1e-6])
    caught = memorization(train, held_out, half)
    assert caught.share_closer == pytest.approx(0.5, abs=0.03)
    assert not caught.is_authentic[300:].any()
    np.testing.assert_array_equal(caught.nearest[300:], np.arange(300))


def test_distances_are_in_the_units_of_the_data():
    found = memorization([[0.0], [1000.0]], [[10.0]], [[1003.0]])
    assert found.distances.tolist() == [3]
    assert found.distances_held_out.tolist() == [10]


def test_constant_and_one_number_features():
    ones = np.ones((20, 1))
    assert precision_recall(ones, ones).precision == 1
    assert density_coverage(ones, ones).coverage == 1
    assert memorization(ones, ones, ones).share_closer == 0


@pytest.mark.parametrize("score", [precision_recall, density_coverage])
def test_bad_input(score):
    X = np.zeros((5, 2))
    with pytest.raises(ParameterError, match="under the number of samples of each set, 5"):
        score(X, X, n_neighbors=5)
    with pytest.raises(ParameterError, match="n_neighbors"):
        score(X, X, n_neighbors=0)
    with pytest.raises(DataError, match=r"same number of features\. Got 2, 3"):
        score(X, np.zeros((5, 3)))


def test_bad_input_of_memorization():
    X = np.zeros((5, 2))
    with pytest.raises(DataError, match="at least 2"):
        memorization(X[:1], X, X)
    with pytest.raises(ParameterError, match="quantile"):
        memorization(X, X, X, quantile=0)
    with pytest.raises(DataError, match="generated must hold finite"):
        memorization(X, X, np.full((2, 2), np.inf))


@pytest.mark.parametrize("quantile", [0.01, 0.2])
@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_memorization_is_its_definition(rng, quantile, scale):
    train, held_out = scale * rng.normal(size=(80, 3)), 2 * scale * rng.normal(size=(50, 3))
    generated = np.concatenate([scale * rng.normal(size=(30, 3)), train[:6] * 1.001])
    found = memorization(train, held_out, generated, quantile=quantile)
    to_generated, to_held_out = cdist(generated, train), cdist(held_out, train)
    among = cdist(train, train)
    np.fill_diagonal(among, np.inf)
    own, of_held_out = among.min(1), to_held_out.min(1)
    limit = np.sort(of_held_out)[int(quantile * 49)]
    nearest = to_generated.argmin(1)
    np.testing.assert_array_equal(found.nearest, nearest)
    np.testing.assert_allclose(found.distances, to_generated.min(1))
    np.testing.assert_allclose(found.distances_held_out, of_held_out)
    np.testing.assert_array_equal(found.is_closer, to_generated.min(1) < limit)
    np.testing.assert_array_equal(found.is_authentic, to_generated.min(1) > own[nearest])
    authentic = of_held_out > own[to_held_out.argmin(1)]
    assert found.authenticity_held_out == pytest.approx(authentic.mean())
    assert 0.55 < found.authenticity_held_out < 1
    assert found.share_closer == pytest.approx((to_generated.min(1) < limit).mean())


@pytest.mark.parametrize("score", [precision_recall, density_coverage])
def test_as_many_neighbors_as_others_are_the_most(score, rng):
    few = rng.normal(size=(5, 2))
    score(few, few, 4)
    with pytest.raises(ParameterError, match=r"must be under the number of samples of each set, 5"):
        score(few, few, 5)


@pytest.mark.parametrize("quantile", [0.0, 1.0, 1.5, -0.1])
def test_a_share_of_none_or_of_all_is_no_quantile(quantile, rng):
    X = rng.normal(size=(9, 2))
    with pytest.raises(ParameterError, match=r"'quantile' parameter of memorization.*\(0, 1\)"):
        memorization(X, X, X, quantile=quantile)
