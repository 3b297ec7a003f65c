import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.pairwise.centering import Centering
from latens.pairwise.projection_bounds import project


@pytest.mark.parametrize("d", [3, 200])
def test_distances_lie_between_its_bounds(rng, d):
    points = rng.normal(size=(150, d)) * np.linspace(3, 0.1, d)
    points[:5] *= 20
    centering = Centering.of(points)
    found = project(points, centering)
    parts, rests = found[:, :-1], found[:, -1]
    exact, between = cdist(points, points) * centering.scale, cdist(parts, parts)
    low = np.sqrt(between**2 + (rests[:, None] - rests) ** 2)
    high = np.sqrt(between**2 + (rests[:, None] + rests) ** 2)
    np.fill_diagonal(high, 0)  # a point's own rest is at no distance to itself
    assert (low <= exact + 1e-12).all()
    assert (high >= exact - 1e-12).all()


def test_data_of_few_dimensions_has_no_rests(rng):
    points = rng.normal(size=(500, 20)) @ rng.normal(size=(20, 300))
    found = project(points, Centering.of(points))
    assert found.shape == (500, 33)
    assert found[:, -1].max() < 1e-6 * np.abs(found).max()


@pytest.mark.parametrize(("d", "columns"), [(127, 128), (128, 129), (129, 33)])
def test_up_to_128_features_are_kept_as_they_are(rng, d, columns):
    points = rng.normal(3, 1, size=(40, d))
    centering = Centering.of(points)
    found = project(points, centering)
    assert found.shape == (40, columns)
    np.testing.assert_allclose(
        np.square(found).sum(1), np.square(centering.apply(points)).sum(1), rtol=1e-9
    )


def test_the_subspace_holds_nearly_what_that_of_the_largest_variances_holds(rng):
    """Of variances that fall slowly, and rows that lie in groups by their number."""
    d = 300
    points = rng.normal(size=(3000, d)) * 0.97 ** np.arange(d)
    points[2000:, :40] *= 0.2
    points = points @ np.linalg.qr(rng.normal(size=(d, d)))[0]
    centering = Centering.of(points)
    parts = project(points, centering)[:, :-1]
    moved = centering.apply(points)
    most = np.square(np.linalg.svd(moved, compute_uv=False))[:32].sum()
    assert np.square(parts).sum() > 0.93 * most
