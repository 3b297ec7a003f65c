import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans as Reference

from latens.clustering.lloyd import assign, inertia, lloyd


def _run(X, centers, weights=None, max_iter=300, tol=0.0):
    weights = np.ones(len(X)) if weights is None else weights
    return lloyd(X, weights, centers, max_iter=max_iter, tol=tol)


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 6))
def test_equal_starts_end_where_scikit_learn_ends(seed, k, d):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, d))
    X -= X.mean(axis=0)
    ours = _run(X, X[:k])
    theirs = Reference(k, init=X[:k], n_init=1, tol=0).fit(X)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-9)
    assert ours.n_iter == theirs.n_iter_
    assert np.array_equal(ours.labels, theirs.labels_)


@pytest.mark.parametrize("max_iter", [1, 2, 5])
def test_it_stops_after_the_iterations_asked_for(rng, max_iter):
    X = rng.normal(size=(500, 3))
    ours = _run(X, X[:8], max_iter=max_iter)
    theirs = Reference(8, init=X[:8], n_init=1, tol=0, max_iter=max_iter).fit(X)
    assert ours.n_iter == max_iter
    assert ours.inertia == pytest.approx(theirs.inertia_)


def test_at_the_end_centres_are_means_and_labels_are_nearest(rng):
    X, weights = rng.normal(size=(200, 3)), rng.random(200)
    found = _run(X, X[:5], weights)
    for cluster in range(5):
        mine = found.labels == cluster
        mean = np.average(X[mine], axis=0, weights=weights[mine])
        np.testing.assert_allclose(found.centers[cluster], mean)
    distances = cdist(X, found.centers, "sqeuclidean")
    assert np.array_equal(found.labels, distances.argmin(axis=1))
    assert found.inertia == pytest.approx(weights @ distances.min(axis=1))


def test_inertia_never_rises(rng):
    X = rng.normal(size=(300, 4))
    path = [_run(X, X[:6], max_iter=n).inertia for n in range(1, 30)]
    assert path == sorted(path, reverse=True)
    assert path[-1] < path[0]


def test_empty_clusters_are_given_the_farthest_points(rng):
    X = rng.normal(size=(100, 2))
    X -= X.mean(axis=0)
    start = np.array([[0.0, 0], [50, 50], [60, 60], [-70, 0]])  # three of them take no point
    found = _run(X, start)
    theirs = Reference(4, init=start, n_init=1, tol=0).fit(X)
    assert len(np.unique(found.labels)) == 4
    assert found.inertia == pytest.approx(theirs.inertia_)


def test_an_empty_cluster_does_not_rob_another_of_its_last_point():
    X = np.array([[-1.0], [1.0], [2.0], [30.0]])
    found = _run(X, np.array([[0.0], [40.0], [99.0]]), max_iter=1)
    assert len(np.unique(found.labels)) == 3
    assert found.labels[3] not in found.labels[:3]


def test_points_without_weight_are_never_given_a_cluster():
    X = np.array([[0.0], [1.0], [100.0]])
    found = _run(X, np.array([[0.5], [-500.0]]), np.array([1.0, 1.0, 0.0]))
    assert sorted(found.centers.ravel()) == [0.0, 1.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_of_equal_centres_the_first_takes_all_points(rng, dtype):
    # In a product of matrices equal columns may differ by rounding; where depends on the sizes.
    for n_features in (1, 3, 20, 101, 784):
        for n_copies in (2, 5, 9, 13, 33, 100):
            X = rng.normal(size=(100, n_features)).astype(dtype)
            center = rng.normal(size=(1, n_features)).astype(dtype)
            assert not assign(X, np.repeat(center, n_copies, axis=0)).any()


def test_points_on_their_centres_but_for_rounding_are_not_given_away():
    X = np.repeat([[0.1], [0.7], [-0.8]], 333, axis=0)
    start = np.array([[0.1], [0.7], [-0.8], [99.0]]) * (1 + 1e-14)
    found = _run(X, start, max_iter=1)
    assert len(np.unique(found.centers)) == len(np.unique(found.labels)) == 3


def test_equal_points_stay_together_when_there_are_too_many_centres(rng):
    rows = rng.normal(size=(3, 20))
    X = rows[rng.integers(0, 3, 999)]
    found = _run(X, X[:8])
    assert len(np.unique(found.labels)) == 3
    assert len(np.unique(np.column_stack([X, found.labels]), axis=0)) == 3
    assert found.inertia == pytest.approx(0, abs=1e-20)


def test_float32_is_summed_in_float64():
    # Added up in float32, a hundred thousand equal numbers drift off by far more than their rounding.
    X = np.full((100_001, 1), 0.1, dtype=np.float32)
    X[-1] = 1000
    found = _run(X, X[[0, -1]])
    assert found.centers.dtype == np.float32
    assert found.centers[0, 0] == X[0, 0]


def test_inertia_of_tight_clusters_keeps_its_digits(rng):
    labels = np.repeat([0, 1], 50)
    centers = np.array([[-1e6], [1e6]])
    noise = rng.normal(size=(100, 1))
    X = centers[labels] + noise
    expected = np.square(X - centers[labels]).sum()
    assert inertia(X, np.ones(100), centers, labels) == pytest.approx(expected, rel=1e-12)
