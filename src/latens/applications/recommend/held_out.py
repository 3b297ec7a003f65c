"""Held-out users under strong generalization: what they are known by, and what should be found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from latens._seeds import derive
from latens.exceptions import DataError
from latens.metrics.ranking import capped_recall_at_k, ndcg_at_k, recall_at_k, top_k

__all__ = [
    "METRICS",
    "HeldOut",
    "Split",
    "hide_targets",
    "means",
    "split_users",
    "users_with_enough",
]

METRICS = (
    "ndcg@100",
    "capped_recall@20",
    "capped_recall@50",
    "recall@20",
    "recall@50",
)
_DEEPEST = 100
_TARGET_SHARE = 0.2
_HELD_OUT_SHARE, _MOST_HELD_OUT = 0.1, 10_000
_FEWEST_USERS = 10
_BLOCK = 500  # users scored at once


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Users that no model has seen: 80 % of each one's items are shown, the rest should be found.

    Attributes
    ----------
    shown, target : csr_array of shape (n_users, n_items)
    """

    shown: sparse.csr_array
    target: sparse.csr_array

    def evaluate(self, score: Callable[[sparse.csr_array], np.ndarray]) -> dict[str, float]:
        """Rank all items that are not shown, and return the mean of every metric over the users.

        Parameters
        ----------
        score : callable
            From rows of users (n, n_items) to scores (n, n_items), such as `BaseRecommender.score_items`.

        Returns
        -------
        dict of str to float
            `METRICS` in [0, 1], higher is better, and "users", the number of users with a target.
        """
        return means(self.evaluate_users(score))

    def evaluate_users(
        self, score: Callable[[sparse.csr_array], np.ndarray]
    ) -> Mapping[str, np.ndarray]:
        """Return every metric of every user, shape (n_users,) each; NaN without a target."""
        blocks = [
            _ranked(score, self.shown[start : start + _BLOCK])
            for start in range(0, self.shown.shape[0], _BLOCK)
        ]
        ranked = np.concatenate(blocks)
        return {
            "ndcg@100": ndcg_at_k(ranked, self.target, 100),
            "capped_recall@20": capped_recall_at_k(ranked, self.target, 20),
            "capped_recall@50": capped_recall_at_k(ranked, self.target, 50),
            "recall@20": recall_at_k(ranked, self.target, 20),
            "recall@50": recall_at_k(ranked, self.target, 50),
        }


def means(by_user: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the mean of every metric over the users with a target, and "users", their number."""
    scored = np.isfinite(by_user["ndcg@100"])
    # Without anything to find all rankings are equally bad.
    found = {
        name: float(values[scored].mean()) if scored.any() else 0.0
        for name, values in by_user.items()
    }
    return found | {"users": float(scored.sum())}


@dataclass(frozen=True, eq=False)
class Split:
    """Users to learn from, users to choose on, and users to score on; no user is in two of them.

    Attributes
    ----------
    train : csr_array of shape (n_train, n_items)
        The items of these users are all items there are.
    validation, test : HeldOut
    items : ndarray of int
        Which columns of the whole matrix are left.
    """

    train: sparse.csr_array
    validation: HeldOut
    test: HeldOut
    items: np.ndarray


def split_users(liked: sparse.csr_array, *, seed: int, min_items: int = 5) -> Split:
    """Split users for strong generalization.

    Users with fewer items than `min_items` are left out. A tenth of the others, at most 10,000, are held
    out whole for validation and as many for the test; items that no other user has are dropped.

    Parameters
    ----------
    liked : csr_array of shape (n_users, n_items)
    seed : int
    min_items : int in [1, inf), default=5

    Returns
    -------
    Split

    Raises
    ------
    DataError
        If fewer than 10 users are left.

    References
    ----------
    D. Liang, R. Krishnan, M. Hoffman, T. Jebara (2018), "Variational autoencoders for collaborative
    filtering", WWW 2018, arXiv:1802.05814, section 4.1.
    """
    enough = users_with_enough(liked, min_items)
    order = np.random.default_rng(derive(seed, 0)).permutation(enough)
    n_held = min(_MOST_HELD_OUT, max(1, round(_HELD_OUT_SHARE * len(order))))
    train = liked[np.sort(order[2 * n_held :])]
    items = np.flatnonzero(np.bincount(train.indices, minlength=liked.shape[1]))
    parts = (np.sort(order[:n_held]), np.sort(order[n_held : 2 * n_held]))
    validation, test = (
        hide_targets(sparse.csr_array(liked[rows][:, items]), seed=derive(seed, number))
        for number, rows in enumerate(parts, start=1)
    )
    return Split(sparse.csr_array(train[:, items]), validation, test, items)


def users_with_enough(liked: sparse.csr_array, min_items: int) -> np.ndarray:
    """Return the rows of users with `min_items` items or more.

    Raises
    ------
    DataError
        If they are fewer than 10, too few to split.
    """
    enough = np.flatnonzero(np.diff(liked.indptr) >= min_items)
    if len(enough) < _FEWEST_USERS:
        raise DataError(
            f"Only {len(enough)} users have {min_items} liked items or more; an evaluation needs at least "
            f"{_FEWEST_USERS} such users. Give more events, or lower min_rating or min_items."
        )
    return enough


def hide_targets(rows: sparse.csr_array, *, seed: int) -> HeldOut:
    """Hide a random fifth of every user's items, at least one where there are two or more."""
    rng = np.random.default_rng(seed)
    counts = np.diff(rows.indptr)
    hidden = np.where(counts > 1, np.maximum(1, np.floor(_TARGET_SHARE * counts)), 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((rng.random(len(owner)), owner))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - rows.indptr[owner]
    is_hidden = rank < hidden[owner]
    return HeldOut(_only(rows, ~is_hidden), _only(rows, is_hidden))


def _only(rows: sparse.csr_array, chosen: np.ndarray) -> sparse.csr_array:
    kept = rows.copy()
    kept.data = kept.data * chosen
    kept.eliminate_zeros()
    return kept


def _ranked(score: Callable[[sparse.csr_array], np.ndarray], shown: sparse.csr_array) -> np.ndarray:
    scores = np.array(score(shown), dtype=np.float64)
    scores[shown.nonzero()] = -np.inf
    return top_k(scores, _DEEPEST)
