"""The pieces of the detector against closed forms and plain computations."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, mahalanobis

from latens.applications.anomalies.calibration import Calibration
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import Gaussian, Neighbours
from latens.applications.anomalies.reasons import places


@pytest.mark.parametrize("width", [3, 200])
def test_neighbours_are_those_of_a_plain_computation(rng, width):
    rows, queries = rng.normal(size=(150, width)) + 100, rng.normal(size=(20, width)) + 100
    neighbours = Neighbours(rows)
    expected = np.sort(cdist(queries, rows), axis=1)[:, neighbours.counts - 1]
    np.testing.assert_allclose(neighbours.distances(queries), expected, rtol=1e-4)
    nearest = np.sort(np.argsort(cdist(queries, rows), axis=1)[:, :5], axis=1)
    np.testing.assert_array_equal(np.sort(neighbours.nearest(queries), axis=1), nearest)


@pytest.mark.parametrize("width", [3, 200])
def test_no_sample_is_its_own_neighbour_but_its_copy_is(rng, width):
    rows = 5 + rng.normal(size=(60, width))
    twice = np.vstack([rows, rows])
    alone = cdist(rows, rows)
    np.fill_diagonal(alone, np.inf)
    counts = Neighbours(rows).counts
    expected = np.sort(alone, axis=1)[:, counts - 1]
    np.testing.assert_allclose(Neighbours(rows).distances(rows), expected, rtol=1e-4)
    # Rows 59 and 119 are equal, so nobody can say which of them is the one that is left out.
    assert np.isin(Neighbours(twice).nearest(twice)[59], [59, 119]).sum() == 1


def test_the_gaussian_is_the_mahalanobis_distance_where_samples_abound(rng):
    rows = rng.normal(size=(5000, 3)) @ rng.normal(size=(3, 3))
    inverse = np.linalg.inv(np.cov(rows.T))
    expected = [mahalanobis(row, rows.mean(axis=0), inverse) / 3**0.5 for row in rows[:10]]
    np.testing.assert_allclose(Gaussian.fit(rows).distances(rows[:10])[:, 0], expected, rtol=0.02)


def test_the_gaussian_of_more_values_than_samples_is_finite(rng):
    for width in (50, 1200):
        distances = Gaussian.fit(rng.normal(size=(10, width))).distances(np.ones((2, width)))
        assert np.isfinite(distances).all()


def test_calibrated_distances_keep_their_order_beyond_all_that_was_seen(rng):
    seen = rng.lognormal(size=(500, 2))
    calibration = Calibration.fit(seen)
    assert np.median(calibration.apply(seen)) == pytest.approx(0, abs=1e-9)
    beyond = calibration.apply(np.geomspace(10, 1e9, 30)[:, None].repeat(2, axis=1))
    assert (np.diff(beyond) > 0).all()


def test_the_unit_of_a_distance_does_not_matter(rng):
    seen, new = rng.lognormal(size=(500, 2)), rng.lognormal(size=(50, 2))
    expected = Calibration.fit(seen).apply(new)
    np.testing.assert_allclose(Calibration.fit(1e6 * seen).apply(1e6 * new), expected)


def test_one_wild_value_does_not_squeeze_its_column(rng):
    column = rng.normal(size=(200, 1))
    wild = np.vstack([column, [[1e12]]])
    assert np.ptp(Ranges.fit(wild).apply(column)) > 0.02
    assert Ranges.fit(wild).apply(wild).max() < 40


def test_ranges_keep_the_order_of_values(rng):
    X = rng.standard_cauchy(size=(300, 3)) ** 3
    scaled = Ranges.fit(X).apply(X)
    np.testing.assert_array_equal(np.argsort(X, axis=0), np.argsort(scaled, axis=0))


@pytest.mark.parametrize(
    ("place", "words"), [((0, 0), "upper left"), ((4, 4), "centre"), ((8, 4), "lower centre")]
)
def test_places_in_an_image_have_names(place, words):
    shares = np.zeros((9, 9, 3))
    shares[place] = 1.0
    assert places(shares).startswith(words)
