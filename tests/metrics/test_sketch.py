import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.metrics.origin import Origin
from latens.metrics.sketch import sketch


@pytest.mark.parametrize("d", [3, 200])
def test_distances_lie_between_its_bounds(rng, d):
    points = rng.normal(size=(150, d)) * np.linspace(3, 0.1, d)
    points[:5] *= 20
    origin = Origin.of(points)
    found = sketch(points, origin)
    parts, rests = found[:, :-1], found[:, -1]
    exact, between = cdist(points, points) * origin.scale, cdist(parts, parts)
    low = np.sqrt(between**2 + (rests[:, None] - rests) ** 2)
    high = np.sqrt(between**2 + (rests[:, None] + rests) ** 2)
    np.fill_diagonal(high, 0)  # a point's own rest is at no distance to itself
    assert (low <= exact + 1e-12).all()
    assert (high >= exact - 1e-12).all()


def test_data_of_few_dimensions_has_no_rests(rng):
    points = rng.normal(size=(500, 20)) @ rng.normal(size=(20, 300))
    found = sketch(points, Origin.of(points))
    assert found.shape == (500, 33)
    assert found[:, -1].max() < 1e-6 * np.abs(found).max()
