"""Rankings against their definitions, written out by hand."""

import math

import numpy as np
import pytest
from scipy import sparse

from latens.exceptions import DataError
from latens.metrics.ranking import capped_recall_at_k, ndcg_at_k, recall_at_k, top_k


def test_top_k_is_a_stable_sort_whatever_the_ties(rng):
    for n_values in (2, 5, 1000):
        scores = rng.integers(0, n_values, (20, 60)).astype(float)
        scores[rng.random(scores.shape) < 0.2] = -np.inf
        for k in (1, 3, 25, 45, 59, 60, 100):
            expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
            chosen = np.take_along_axis(scores, expected, axis=1)
            np.testing.assert_array_equal(
                top_k(scores, k), np.where(chosen == -np.inf, -1, expected)
            )


@pytest.mark.parametrize("k", [20, 60, 100])
def test_top_k_of_many_columns_is_a_sort(rng, k):
    scores = rng.random((200, 300))
    np.testing.assert_array_equal(top_k(scores, k), np.argsort(-scores, axis=1)[:, :k])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool])
def test_top_k_of_scores_that_have_no_negative(dtype):
    scores = np.array([[0, 1, -128]]).astype(dtype)
    expected = np.argsort(-scores.astype(float), axis=1, kind="stable")
    np.testing.assert_array_equal(top_k(scores, 3), expected)


def test_metrics_are_their_definitions(rng):
    targets = (rng.random((30, 40)) < 0.2).astype(float)
    targets[3] = 0
    ranked = np.array([rng.permutation(40) for _ in range(30)])
    sparse_targets = sparse.csr_array(targets)
    for k in (1, 5, 20):
        ndcg = ndcg_at_k(ranked, sparse_targets, k)
        recall = recall_at_k(ranked, sparse_targets, k)
        capped = capped_recall_at_k(ranked, sparse_targets, k)
        for user in range(30):
            n = int(targets[user].sum())
            hits = [targets[user, item] for item in ranked[user, :k]]
            if n == 0:
                assert math.isnan(ndcg[user])
                assert math.isnan(recall[user])
                continue
            gain = sum(hit / math.log2(place + 2) for place, hit in enumerate(hits))
            best = sum(1 / math.log2(place + 2) for place in range(min(n, k)))
            assert ndcg[user] == pytest.approx(gain / best)
            assert recall[user] == pytest.approx(sum(hits) / n)
            assert capped[user] == pytest.approx(sum(hits) / min(n, k))


def test_the_ndcg_is_that_of_scikit_learn(rng):
    from sklearn.metrics import ndcg_score

    scores, targets = rng.random((8, 30)), (rng.random((8, 30)) < 0.3).astype(float)
    ours = ndcg_at_k(top_k(scores, 10), sparse.csr_array(targets), 10).mean()
    assert ours == pytest.approx(ndcg_score(targets, scores, k=10))


def test_explicit_zeros_and_missing_items_are_no_hits():
    targets = sparse.csr_array(([0.0, 1.0], ([0, 0], [0, 3])), shape=(1, 4))
    assert ndcg_at_k([[0, -1, -1]], targets, 3) == [0.0]
    assert recall_at_k([[3, -1, -1]], targets, 3) == [1.0]


def test_users_must_be_the_same():
    with pytest.raises(DataError, match="The ranking has 2 users and the targets have 1"):
        ndcg_at_k([[0], [1]], sparse.csr_array([[1, 0]]), 1)
