"""The pieces of the detector against closed forms and plain computations."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, mahalanobis
from sklearn.decomposition import PCA

from latens.applications.anomalies.calibration import Calibration
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import (
    GaussianDistance,
    NeighborDistances,
    PrincipalAxes,
    all_scales,
    wide_scales,
)
from latens.applications.anomalies.reasons import places


@pytest.mark.parametrize("width", [3, 200])
def test_neighbors_are_those_of_a_plain_computation(rng, width):
    rows, queries = rng.normal(size=(150, width)) + 100, rng.normal(size=(20, width)) + 100
    neighbors = NeighborDistances(rows, all_scales(150))
    expected = np.sort(cdist(queries, rows), axis=1)[:, neighbors.counts - 1]
    np.testing.assert_allclose(neighbors.distances(queries), expected, rtol=1e-4)
    nearest = np.sort(np.argsort(cdist(queries, rows), axis=1)[:, :5], axis=1)
    np.testing.assert_array_equal(np.sort(neighbors.nearest(queries), axis=1), nearest)


@pytest.mark.parametrize("width", [3, 200])
def test_no_sample_is_its_own_neighbor_but_its_copy_is(rng, width):
    rows = 5 + rng.normal(size=(60, width))
    twice = np.vstack([rows, rows])
    alone = cdist(rows, rows)
    np.fill_diagonal(alone, np.inf)
    counts = all_scales(60)
    expected = np.sort(alone, axis=1)[:, counts - 1]
    np.testing.assert_allclose(NeighborDistances(rows, counts).distances(rows), expected, rtol=1e-4)
    # Rows 59 and 119 are equal, so nobody can say which of them is the one that is left out.
    assert np.isin(NeighborDistances(twice, counts).nearest(twice)[59], [59, 119]).sum() == 1


def test_the_gaussian_is_the_mahalanobis_distance_where_samples_abound(rng):
    rows = rng.normal(size=(5000, 3)) @ rng.normal(size=(3, 3))
    inverse = np.linalg.inv(np.cov(rows.T))
    expected = [mahalanobis(row, rows.mean(axis=0), inverse) / 3**0.5 for row in rows[:10]]
    np.testing.assert_allclose(
        GaussianDistance.fit(rows).distances(rows[:10])[:, 0], expected, rtol=0.02
    )


def test_the_gaussian_of_more_values_than_samples_is_finite(rng):
    for width in (50, 1200):
        distances = GaussianDistance.fit(rng.normal(size=(10, width))).distances(
            np.ones((2, width))
        )
        assert np.isfinite(distances).all()


@pytest.mark.parametrize("n", [2, 3, 7, 40, 10_000])
def test_scales_reach_from_the_nearest_to_an_eighth(n):
    for counts in (all_scales(n), wide_scales(n)):
        assert (np.diff(counts) > 0).all()
        assert counts[-1] == min(n - 1, max(5, n // 8))
    assert all_scales(n)[0] == 1


@pytest.mark.parametrize("shape", [(200, 6), (15, 40)])
def test_principal_axes_are_those_of_pca(rng, shape):
    """Rows of another covariance are compared in full where there are fewer rows than values, too."""
    rows, new = (
        rng.normal(size=shape) * np.geomspace(1, 10, shape[1]),
        rng.normal(size=(9, shape[1])),
    )
    axes = PrincipalAxes.fit(rows)
    pca = PCA(0.9, svd_solver="full").fit(rows)
    residual = np.linalg.norm(new - pca.inverse_transform(pca.transform(new)), axis=1)
    covariance = np.cov(rows.T)
    shrunk = covariance + 1e-3 * np.trace(covariance) / shape[1] * np.eye(shape[1])
    centered = new - rows.mean(axis=0)
    along = centered @ np.linalg.inv(shrunk)
    expected = np.stack([residual, np.sqrt((along * centered).sum(axis=1))], axis=1)
    np.testing.assert_allclose(axes.distances(new), expected, rtol=1e-6)
    np.testing.assert_allclose(axes.contributions(new), np.maximum(along * centered, 0), atol=1e-6)


def test_principal_axes_of_equal_rows_are_finite():
    assert np.isfinite(PrincipalAxes.fit(np.ones((5, 3))).distances(np.zeros((2, 3)))).all()


def test_the_largest_of_several_distances_counts(rng):
    """A sample that is unusual on one scale alone is as unusual as one that is on all of them."""
    seen = rng.lognormal(size=(500, 3))
    one, all_three = np.array([[50.0, 1, 1]]), np.array([[50.0, 50, 50]])
    largest, mean = (Calibration.fit(seen, joined) for joined in ("largest", "mean"))
    np.testing.assert_allclose(largest.apply(one), largest.apply(all_three), rtol=0.1)
    assert mean.apply(one) < mean.apply(all_three) / 2
    assert np.median(largest.apply(seen)) == pytest.approx(0, abs=1e-9)


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
    ("place", "words"), [((0, 0), "upper left"), ((4, 4), "center"), ((8, 4), "lower center")]
)
def test_places_in_an_image_have_names(place, words):
    shares = np.zeros((9, 9, 3))
    shares[place] = 1.0
    assert places(shares).startswith(words)
