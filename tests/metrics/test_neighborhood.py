import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as reference
from sklearn.neighbors import NearestNeighbors

from latens.exceptions import DataError, ParameterError
from latens.metrics import (
    continuity,
    neighborhood_hit,
    trustworthiness,
    trustworthiness_samples,
)
from latens.metrics.neighborhood import _nearest


@pytest.mark.parametrize("n_neighbors", [1, 5, 24])
def test_trustworthiness_is_that_of_scikit_learn(rng, n_neighbors):
    X = rng.normal(size=(50, 8))
    Z = X[:, :2] + 0.1 * rng.normal(size=(50, 2))
    assert trustworthiness(X, Z, n_neighbors) == pytest.approx(
        reference(X, Z, n_neighbors=n_neighbors)
    )
    assert continuity(X, Z, n_neighbors) == pytest.approx(reference(Z, X, n_neighbors=n_neighbors))


def test_samples_score_what_their_neighbors_cost(rng):
    X = rng.normal(size=(60, 4))
    Z = X.copy()
    Z[0] = 50.0  # far from all, so that its neighbors are others than in the data
    scores = trustworthiness_samples(X, Z)
    assert scores.mean() == pytest.approx(trustworthiness(X, Z))
    assert scores.argmin() == 0
    assert scores.max() == 1.0


def test_trustworthiness_is_that_of_scikit_learn_over_several_blocks():
    X = load_digits().data + np.random.default_rng(0).normal(size=(1797, 64))
    Z = PCA(2).fit_transform(X)
    assert trustworthiness(X, Z) == pytest.approx(reference(X, Z), abs=1e-12)


@pytest.mark.parametrize("score", [trustworthiness, continuity])
def test_a_faithful_map_scores_one_and_a_random_one_half(score, rng):
    X = rng.normal(size=(300, 5))
    rotation, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    assert score(X, 7 * X @ rotation + 3) == 1
    assert score(X, rng.normal(size=(300, 2))) == pytest.approx(0.5, abs=0.05)


def test_folding_is_not_to_be_trusted_and_tearing_is_not_continuous():
    angle = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    folded, torn = circle[:, :1] + 1e-4 * angle[:, None], angle[:, None]
    assert trustworthiness(circle, folded) < 0.8 < continuity(circle, folded)
    assert continuity(circle, torn) < 0.99 < trustworthiness(circle, torn)


def test_order_scale_and_shift_mean_nothing(rng):
    X, Z = rng.normal(size=(60, 4)), rng.normal(size=(60, 2))
    order = rng.permutation(60)
    expected = trustworthiness(X, Z)
    assert trustworthiness(1e15 * X[order], 1e-15 * Z[order]) == pytest.approx(expected)
    assert trustworthiness(X + 100, Z - 100) == pytest.approx(expected)


def test_images_are_flattened(rng):
    X, Z = rng.random((20, 4, 3)), rng.random((20, 2))
    assert trustworthiness(X, Z) == trustworthiness(X.reshape(20, -1), Z)


@pytest.mark.parametrize("score", [trustworthiness, continuity])
def test_what_cannot_be_scored_is_refused(score, rng):
    X = rng.normal(size=(10, 2))
    with pytest.raises(ParameterError, match=f"'n_neighbors' parameter of {score.__name__}.*half"):
        score(X, X, 5)
    with pytest.raises(ParameterError, match="an integer in"):
        score(X, X, 0)
    with pytest.raises(DataError, match=r"same number of samples\. Got 10 and 9"):
        score(X, X[:9])


@pytest.mark.parametrize("n_neighbors", [1, 5, 30])
def test_a_hit_is_a_neighbor_of_the_same_class(n_neighbors):
    data = load_digits()
    Z = data.data + np.random.default_rng(0).normal(size=(1797, 64))
    others = NearestNeighbors(n_neighbors=n_neighbors).fit(Z).kneighbors(return_distance=False)
    expected = (data.target[others] == data.target[:, None]).mean()
    assert neighborhood_hit(Z, data.target, n_neighbors) == pytest.approx(expected, abs=1e-12)
    names = np.array(list("abcdefghij"))[data.target]
    assert neighborhood_hit(1e150 * (Z + 9), names, n_neighbors) == pytest.approx(expected)


def test_codes_that_know_nothing_hit_by_chance(rng):
    y = np.repeat([0, 1], [900, 300])
    assert neighborhood_hit(rng.normal(size=(1200, 3)), y) == pytest.approx(0.625, abs=0.03)


def test_a_double_is_a_neighbor_and_a_point_is_none_of_its_own():
    assert neighborhood_hit([[0.0], [0.0], [9.0], [9.0]], [0, 1, 2, 3], 1) == 0
    assert neighborhood_hit([[0.0], [0.0], [9.0], [9.0]], [0, 0, 1, 1], 1) == 1


def test_hits_that_cannot_be_counted_are_refused():
    with pytest.raises(ParameterError, match=r"under the number of samples, 3\. Got 3"):
        neighborhood_hit([[0.0], [1.0], [2.0]], [0, 1, 1], 3)
    with pytest.raises(DataError, match="y must have one label per sample"):
        neighborhood_hit([[0.0], [1.0], [2.0]], [0, 1], 1)


def test_memory_does_not_grow_with_the_square(rng):
    n = 6000
    X = rng.normal(size=(n, 3))
    tracemalloc.start()
    trustworthiness(X, X[:, :2])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < n * n * 8 / 4


@pytest.mark.parametrize("n_neighbors", [1, 2, 7, 40])
def test_the_nearest_are_those_of_a_sort(rng, n_neighbors):
    for n in (n_neighbors + 2, 200, 1000):
        distances = rng.random((50, n))
        expected = np.sort(np.argsort(distances, axis=1)[:, :n_neighbors], axis=1)
        found = np.sort(_nearest(distances, n_neighbors), axis=1)
        np.testing.assert_array_equal(found, expected)
