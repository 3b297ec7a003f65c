"""Strong generalization: who is held out, and what is hidden of them."""

import numpy as np
import pytest
from scipy import sparse

from latens.applications.recommend import split_users
from latens.applications.recommend.held_out import METRICS, hide_targets
from latens.exceptions import DataError


def test_no_user_and_no_item_stands_where_it_should_not(tastes):
    marked = tastes.copy()
    # The number of the row as its value, so that every part can be traced back.
    marked.data = np.repeat(np.arange(1.0, 121.0), np.diff(tastes.indptr)).astype(np.float32)
    split = split_users(marked, seed=3)
    parts = [split.train, split.validation.shown + split.validation.target]
    parts.append(split.test.shown + split.test.target)
    users = [set(np.unique(part.data)) for part in parts]
    able = np.flatnonzero(np.diff(tastes.indptr) >= 5) + 1
    n_held = round(0.1 * len(able))
    assert [len(one) for one in users] == [len(able) - 2 * n_held, n_held, n_held]
    assert set.union(*users) == set(able)
    for held in (split.validation, split.test):
        assert (held.shown * held.target).nnz == 0
        hidden = np.diff(held.target.indptr)
        all_items = hidden + np.diff(held.shown.indptr)
        np.testing.assert_array_equal(hidden, np.maximum(1, all_items // 5))
    assert (split.train.sum(axis=0) > 0).all()


def test_a_seed_is_a_split(tastes):
    first, again, other = (split_users(tastes, seed=seed) for seed in (0, 0, 1))
    assert (first.train != again.train).nnz == 0
    assert (first.test.target != again.test.target).nnz == 0
    assert first.train.shape != other.train.shape or (first.train != other.train).nnz > 0


def test_users_with_few_items_and_items_of_nobody_else_are_left_out():
    likes = np.zeros((40, 12), dtype=np.float32)
    likes[:, :6] = 1
    likes[:5, 2:] = 0  # five users with two items
    likes[np.arange(40), 6 + np.arange(40) % 6] = 1
    split = split_users(sparse.csr_array(likes), seed=0)
    n_users = sum(part.shape[0] for part in (split.train, split.validation.shown, split.test.shown))
    assert n_users == 35
    assert split.train.shape[1] == len(split.items) == split.test.target.shape[1]


def test_a_perfect_ranking_scores_one_and_the_worst_scores_nothing(tastes):
    held = hide_targets(tastes, seed=0)
    perfect = held.evaluate(lambda shown: held.target.toarray())
    assert all(perfect[name] == pytest.approx(1) for name in METRICS)
    assert perfect["users"] == 120

    def worst(shown):
        return -held.target.toarray()

    users = held.evaluate_users(worst)
    # Only 30 items: with 20 places, a user with many items cannot miss all of them.
    missed = np.diff(held.shown.indptr) + np.diff(held.target.indptr) <= 10
    assert missed.any()
    assert (users["recall@20"][missed] == 0).all()


def test_shown_items_are_never_hits(tastes):
    held = hide_targets(tastes, seed=0)
    shown_first = held.evaluate(lambda shown: 10 * shown.toarray() + held.target[: shown.shape[0]])
    assert shown_first["ndcg@100"] == pytest.approx(1)


def test_one_item_stays_shown_and_is_no_target():
    held = hide_targets(sparse.csr_array([[1.0, 0], [1.0, 1.0], [0, 0]]), seed=0)
    assert held.target.toarray()[0].sum() == 0
    assert held.target.toarray()[1].sum() == 1
    assert held.evaluate(lambda shown: shown.toarray())["users"] == 1


def test_too_few_users_are_refused():
    with pytest.raises(DataError, match="Only 1 users have 5 liked items or more"):
        split_users(sparse.csr_array(np.ones((1, 9), dtype=np.float32)), seed=0)
