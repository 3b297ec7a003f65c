"""The kernel against very wide random networks, and what the recommender does with it."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from latens.applications.recommend import InfiniteAE
from latens.applications.recommend.infinite_ae import tangent_kernel
from latens.exceptions import DataError


def test_the_kernel_is_that_of_a_wide_random_network(rng):
    """One hidden layer: both layers' gradients, averaged over many random units."""
    x = np.array([[1.0, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 1]])
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    before = rng.normal(size=(400_000, 4)) @ unit.T
    outer = 2 * np.maximum(before, 0).T @ np.maximum(before, 0) / len(before)
    on = (before > 0).astype(float)
    inner = (unit @ unit.T) * (2 * on.T @ on / len(before))
    kernel = tangent_kernel(sparse.csr_array(x), sparse.csr_array(x), depth=1)
    np.testing.assert_allclose(kernel, outer + inner, atol=0.02)
    np.testing.assert_allclose(np.diag(kernel), 2)


def test_no_hidden_layer_gives_the_cosine(rng):
    X = sparse.csr_array((rng.random((5, 9)) < 0.5).astype(np.float32))
    dense = X.toarray() / np.linalg.norm(X.toarray(), axis=1, keepdims=True)
    np.testing.assert_allclose(tangent_kernel(X, X, 0), dense @ dense.T, atol=1e-6)


def test_with_hardly_any_penalty_the_fitted_users_get_their_own_items(tastes):
    model = InfiniteAE(regularization=1e-6).fit(tastes[:40])
    np.testing.assert_allclose(model.score_items(tastes[:40]), tastes[:40].toarray(), atol=1e-2)


def test_too_many_users_are_refused_with_the_way_out():
    X = sparse.csr_array(sparse.eye_array(30_000, dtype=np.float32))
    with pytest.raises(DataError, match=r"InfiniteAE needs about \d+\.\d GB .* EDLAE or MultVAE"):
        InfiniteAE().fit(X)


@pytest.mark.parametrize("shape", [(1000, 200), (300, 4000)], ids=["more users", "more items"])
def test_a_fit_takes_no_more_memory_than_it_says(rng, shape):
    X = sparse.csr_array((rng.random(shape) < 0.01).astype(np.float32))
    model = InfiniteAE(2, regularization=1.0, max_gigabytes=1.0)
    model.n_features_in_ = shape[1]
    model._choose(X, None)
    tracemalloc.start()
    for _ in range(2):
        model._learn(X)
    peak = tracemalloc.get_traced_memory()[1] / 1e9
    tracemalloc.stop()
    with pytest.raises(DataError, match="needs about"):
        model.set_params(max_gigabytes=0.98 * peak)._check_memory(X)
