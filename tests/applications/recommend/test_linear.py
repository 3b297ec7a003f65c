"""The closed forms against the regressions that they stand for."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from latens.applications.recommend import EASE, EDLAE
from latens.exceptions import DataError, ParameterError


def rows(rng, n_users, n_items):
    return sparse.csr_array((rng.random((n_users, n_items)) < 0.3).astype(np.float32))


def regression(X, penalty):
    """Every item by ridge regression on all others, one after the other."""
    X = X.toarray().astype(float)
    n = X.shape[1]
    weights = np.zeros((n, n))
    for item in range(n):
        others = np.delete(np.arange(n), item)
        A = X[:, others]
        gram = A.T @ A + np.diag(penalty[others])
        weights[others, item] = np.linalg.solve(gram, A.T @ X[:, item])
    return weights


@pytest.mark.parametrize("shape", [(60, 12), (9, 25)], ids=["more users", "more items"])
def test_ease_is_a_ridge_regression_per_item(rng, shape):
    X, new = rows(rng, *shape), rows(rng, 7, shape[1])
    model = EASE(regularization=3.0).fit(X)
    weights = regression(X, np.full(shape[1], 3.0))
    np.testing.assert_allclose(model.score_items(new), new.toarray() @ weights, atol=1e-5)


@pytest.mark.parametrize("shape", [(40, 12), (9, 25)], ids=["more users", "more items"])
def test_edlae_is_the_average_over_all_draws_of_dropout(rng, shape):
    """E|x - (drop(x) / (1 - p)) B|^2 is the squared error plus p / (1 - p) of every count."""
    X = rows(rng, *shape)
    counts = X.sum(axis=0)
    model = EDLAE(dropout=0.25, regularization=2.0).fit(X)
    weights = regression(X, 2.0 + 0.25 / 0.75 * counts)
    np.testing.assert_allclose(model.score_items(X), X.toarray() @ weights, atol=1e-5)


def test_edlae_without_dropout_is_ease(rng):
    X = rows(rng, 40, 12)
    edlae = EDLAE(dropout=0.0, regularization=5.0).fit(X)
    np.testing.assert_allclose(edlae.score_items(X), EASE(regularization=5.0).fit(X).score_items(X))


def test_no_item_predicts_itself(tastes):
    alone = sparse.csr_array(np.eye(30, dtype=np.float32))
    np.testing.assert_allclose(np.diag(EDLAE().fit(tastes).score_items(alone)), 0, atol=1e-10)


def test_the_chosen_regularization_is_as_good_as_its_neighbors(tastes):
    from latens.applications.recommend import split_users

    split = split_users(tastes, seed=0)
    model = EASE().fit(split.train, validation=split.validation)

    def quality(regularization):
        fixed = EASE(regularization).fit(split.train, validation=split.validation)
        return split.validation.evaluate(fixed.score_items)["ndcg@100"]

    best = quality(model.regularization_)
    assert best >= quality(model.regularization_ / 2)
    assert best >= quality(model.regularization_ * 2)


def test_too_many_items_are_refused_with_their_cost_and_the_way_out():
    n = 30_000
    X = sparse.csr_array(sparse.eye_array(n, dtype=np.float32))
    with pytest.raises(DataError, match=r"about 1\d\.\d GB .* 30,000 items .*--max-items.*MultVAE"):
        EASE().fit(X)


def test_parameters_are_checked(tastes):
    with pytest.raises(ParameterError, match="'regularization' parameter of EASE must be a float"):
        EASE(0).fit(tastes)
    with pytest.raises(ParameterError, match="'dropout' parameter of EDLAE must be a float"):
        EDLAE(1.0).fit(tastes)


def peak_gigabytes(work):
    """The most memory that numpy and scipy took at once."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e9


@pytest.mark.parametrize("shape", [(2000, 1000), (1000, 1100)], ids=["more users", "more items"])
def test_a_solution_takes_no_more_memory_than_it_says(rng, shape):
    X = sparse.csr_array((rng.random(shape) < 0.02).astype(np.float32))
    model = EASE(regularization=5.0)
    assert peak_gigabytes(lambda: model.fit(X)) < model.gigabytes(*shape)
    assert peak_gigabytes(lambda: model._scores(X[:5])) < 0.5 * model.gigabytes(*shape)


def test_the_memory_of_all_users_is_asked_for_before_any_is_taken(rng):
    X = rows(rng, 100, 300)
    needed = EASE().gigabytes(100, 300)
    with pytest.raises(DataError, match="100 users"):
        EASE(max_gigabytes=0.95 * needed).fit(X)
