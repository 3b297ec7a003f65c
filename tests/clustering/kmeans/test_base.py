"""Where points are moved before distances are computed, and weights and starts that do not fit."""

import numpy as np
import pytest

from latens.clustering import KMeans
from latens.clustering.kmeans.base import centering_of


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_points_lie_around_zero_and_bytes_keep_their_scale(rng, dtype):
    X = rng.integers(50, 200, (300, 4)).astype(dtype)
    centering = centering_of(X)
    moved = centering.apply(X.astype(np.float64))
    np.testing.assert_allclose(moved.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(centering.undo(moved), X, rtol=1e-6)
    if np.dtype(dtype).kind != "f":
        assert centering.scale == 1
        np.testing.assert_allclose(moved.std(0), X.std(0), rtol=1e-6)


def test_distances_to_centers_and_the_score_are_their_definitions(rng):
    X, weights = rng.normal(3, 2, size=(200, 3)), rng.random(200)
    model = KMeans(5, random_state=0).fit(X)
    squared = np.square(X[:, None] - model.cluster_centers_).sum(2)
    np.testing.assert_allclose(model.transform(X), np.sqrt(squared), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(X), squared.argmin(1))
    assert model.score(X) == pytest.approx(-squared.min(1).sum())
    assert model.score(X, sample_weight=weights) == pytest.approx(-weights @ squared.min(1))
    assert model.transform(X.astype(np.float32)).dtype == np.float32
    assert model.transform(X.astype(np.int64)).dtype == np.float64


@pytest.mark.parametrize("tol", [0.3, 0.03, 1e-3, 1e-4])
@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_kmeans_stops_where_that_of_scikit_learn_stops(rng, tol, scale):
    """The tolerance is a share of the mean variance of the features."""
    from sklearn.cluster import KMeans as Reference

    X = scale * rng.normal(size=(500, 4)) * [1, 2, 3, 4]
    theirs = Reference(9, init=X[:9], n_init=1, tol=tol, max_iter=300).fit(X)
    ours = KMeans(9, init=X[:9], tol=tol, max_iter=300).fit(X)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.inertia_ == pytest.approx(theirs.inertia_)
