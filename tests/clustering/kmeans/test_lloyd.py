from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans as Reference

from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.clustering.kmeans.lloyd import lloyd
from latens.pairwise import ThreadPool

CPU = ThreadPool("cpu")


@dataclass(frozen=True)
class Found:
    """A partition in NumPy's terms."""

    centers: np.ndarray
    labels: np.ndarray
    inertia: float
    n_iter: int


def _run(X, centers, weights=None, max_iter=300, tol=0.0):
    counts = np.ones(len(X)) if weights is None else weights
    sample = Sample.of(CenteredData(torch.from_numpy(X)), counts, CPU)
    start = torch.from_numpy(np.array(centers, dtype=X.dtype))
    found = lloyd(sample, start, CPU, max_iter=max_iter, tol=tol)
    return Found(found.centers.numpy(), found.labels.numpy(), found.inertia, found.n_iter)


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
def test_lloyd_stops_after_max_iter_iterations(rng, max_iter):
    X = rng.normal(size=(500, 3))
    ours = _run(X, X[:8], max_iter=max_iter)
    theirs = Reference(8, init=X[:8], n_init=1, tol=0, max_iter=max_iter).fit(X)
    assert ours.n_iter == max_iter
    assert ours.inertia == pytest.approx(theirs.inertia_)


def test_at_the_end_centers_are_means_and_labels_are_nearest(rng):
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


def test_points_on_their_centers_but_for_rounding_are_not_given_away():
    X = np.repeat([[0.1], [0.7], [-0.8]], 333, axis=0)
    start = np.array([[0.1], [0.7], [-0.8], [99.0]]) * (1 + 1e-14)
    found = _run(X, start, max_iter=1)
    assert len(np.unique(found.centers)) == len(np.unique(found.labels)) == 3


def test_equal_points_stay_together_when_there_are_too_many_centers(rng):
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


@pytest.mark.parametrize(
    ("tightness", "unit"), [(1e-3, 1.0), (1e-6, 1.0), (1e-9, 1.0), (1e-2, 1e4)]
)
def test_inertia_of_tight_clusters_keeps_its_digits(rng, tightness, unit):
    centers = unit * rng.normal(size=(4, 3))
    centers -= centers.mean(axis=0)
    X = np.repeat(centers, 50, axis=0) + tightness * rng.normal(size=(200, 3))
    found = _run(X, centers)
    means = X.reshape(4, 50, 3).mean(axis=1)
    expected = np.square(X - np.repeat(means, 50, axis=0)).sum()
    assert found.inertia == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("shape", [(3000, 60, 40), (2000, 200, 12)])
def test_many_centers_and_features_end_where_scikit_learn_ends(rng, shape):
    # So many that bounds and, in the second case, a projection are used.
    n, d, k = shape
    X = rng.normal(size=(n, 10)) @ rng.normal(size=(10, d)) + 0.3 * rng.normal(size=(n, d))
    X -= X.mean(axis=0)
    sample = Sample.of(CenteredData(torch.from_numpy(X)), np.ones(n), CPU)
    projection = Projection.of(sample, CPU)
    assert (projection is None) == (d < 100)
    start = torch.from_numpy(X[:k].copy())
    ours = lloyd(sample, start, CPU, max_iter=300, tol=0.0, projection=projection)
    theirs = Reference(k, init=X[:k], n_init=1, tol=0).fit(X)
    assert np.array_equal(ours.labels.numpy(), theirs.labels_)
    assert ours.n_iter == theirs.n_iter_
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-9)


def test_of_equally_near_centers_the_first_takes_a_point():
    """Also where one that is farther comes before or after them."""
    X = np.array([[-1.0], [0.0], [1.0], [90.0]])
    for start, labels in [((-1, 1, 90), [0, 0, 1, 2]), ((90, -1, 1), [1, 1, 2, 0])]:
        assert _run(X, np.array(start)[:, None], max_iter=1).labels.tolist() == labels


def test_a_point_that_comes_to_lie_between_two_centers_goes_to_the_first():
    X = np.array([[-3.0, 0], [-1, 0], [0, 0], [1, 0], [3, 0], [0, 20]])
    found = _run(X, np.array([[-6.0, 0], [6, 0], [0, 5]]), max_iter=1)
    assert found.centers.tolist() == [[-2, 0], [2, 0], [0, 10]]
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 2]


def test_where_every_point_is_the_last_of_its_cluster_an_empty_one_stays_empty():
    X = np.array([[0.0], [1.0]])
    found = _run(X, np.array([[0.1], [0.8], [99.0]]), max_iter=2)
    assert sorted(set(found.labels)) == [0, 1]
    assert np.isfinite(found.centers).all()
    assert found.inertia == pytest.approx(0, abs=1e-12)


class _Blocks(ThreadPool):
    """Works on few rows at a time, as on data that is too large for the caches."""

    def block_rows(self, width):
        return 97


@pytest.mark.parametrize("shape", [(3000, 60, 40), (2000, 200, 12), (2000, 3, 7)])
@pytest.mark.parametrize("weighted", [False, True])
def test_blocks_change_nothing(rng, shape, weighted):
    n, d, k = shape
    X = rng.normal(size=(n, 10)) @ rng.normal(size=(10, d)) + 0.3 * rng.normal(size=(n, d))
    X -= X.mean(axis=0)
    weights = rng.random(n) if weighted else np.ones(n)
    pool = _Blocks("cpu")
    sample = Sample.of(CenteredData(torch.from_numpy(X)), weights, pool)
    projection = Projection.of(sample, pool)
    assert (projection is None) == (d < 100)
    start = torch.from_numpy(X[:k].copy())
    ours = lloyd(sample, start, pool, max_iter=300, tol=0.0, projection=projection)
    theirs = Reference(k, init=X[:k], n_init=1, tol=0).fit(X, sample_weight=weights)
    assert np.array_equal(ours.labels.numpy(), theirs.labels_)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-9)
