"""What every recommender answers: scores, recommendations, similar items and explanations."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from latens._fitting import fitting
from latens._seeds import derive
from latens._validation import Constraints, Integer, check_parameters, check_value
from latens.applications.recommend.held_out import HeldOut, hide_targets
from latens.data.arrays import as_sparse
from latens.exceptions import DataError
from latens.metrics.ranking import top_k

__all__ = ["BaseRecommender"]

_BLOCK_VALUES = 2**24  # scores at once: 128 MB in float64
_MOST_ROWS = 1_000
_VALIDATION_SHARE, _MOST_VALIDATION, _FEWEST_VALIDATION = 0.1, 10_000, 5


class BaseRecommender(BaseEstimator, ABC):
    """Fits rows of users, and scores all items for any rows, of users that were fitted or not.

    A kind stores parameters and answers `_choose`, `_learn` or both, and `_scores`. A row holds 1 where a
    user liked an item; a new user is a new row, which needs no fit.
    """

    _constraints: ClassVar[Constraints]

    def _check_memory(self, X: sparse.csr_array) -> None:
        """Refuse rows whose fit would take more memory than is allowed."""

    def _choose(self, X: sparse.csr_array, validation: HeldOut) -> None:
        """Choose what is open, by learning from `X` and ranking for the users of `validation`."""

    def _learn(self, X: sparse.csr_array) -> None:
        """Learn from all users that there are, those chosen on included; a no-op where choosing was it."""

    @abstractmethod
    def _scores(self, X: sparse.csr_array) -> np.ndarray:
        """Scores of all items for a block of rows, shape (n, n_items); larger is better."""

    @abstractmethod
    def tensors(self) -> dict[str, np.ndarray]:
        """Return what was learned, for a file."""

    @abstractmethod
    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        """Take back what `tensors` and `facts` gave; `n_features_in_` is set."""

    def facts(self) -> dict[str, float]:
        """Return the settings that were chosen on validation users, by name."""
        return {}

    def fit(self, X: Any, y: Any = None, *, validation: HeldOut | None = None) -> Self:
        """Learn which items go together.

        Parameters
        ----------
        X : sparse or array-like of shape (n_users, n_items)
            1 where a user liked an item.
        y : ignored
            Present for scikit-learn's conventions.
        validation : HeldOut or None, default=None
            Users to choose settings and epochs on, who are not learned from. None: a tenth of the users of
            `X`, or with fewer than 45 a fifth of the items of each. What has a closed form is solved for
            all once it is chosen; neural models never learn from what chose their epoch.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If the data cannot be used, or the model would need too much memory.
        """
        with fitting(self):
            check_parameters(self)
            rows = _as_rows(X)
            if rows.nnz == 0:
                raise DataError(
                    "X holds no event: nobody liked anything, so there is nothing to learn."
                )
            self.n_features_in_ = rows.shape[1]
            # A user without items says nothing of which are liked.
            rows = sparse.csr_array(rows[np.flatnonzero(np.diff(rows.indptr) >= 1)])
            self._check_memory(rows)
            learned = rows
            if validation is None:
                learned, validation = _with_validation(rows)
            self._choose(learned, validation)
            self._learn(rows)
        return self

    def score_items(self, X: Any) -> np.ndarray:
        """Return the score of every item for every row, shape (n_users, n_items): larger is better.

        Scores of one row compare; those of different rows need not.

        Parameters
        ----------
        X : sparse or array-like of shape (n_users, n_items)
        """
        check_is_fitted(self)
        return self._scores(self._known(X))

    def recommend(
        self, X: Any, n: int = 10, *, exclude_seen: bool = True, exclude: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the n best items of every row, in blocks of rows.

        Parameters
        ----------
        X : sparse or array-like of shape (n_users, n_items)
        n : int in [1, inf), default=10
        exclude_seen : bool, default=True
            Leave out what the row holds.
        exclude : sparse of shape (n_users, n_items) or None, default=None
            Not 0 where an item is to be left out too, such as those that were rated low.

        Returns
        -------
        items : ndarray of shape (n_users, min(n, n_items)), int64
            Best first; -1 where there are no more.
        scores : ndarray of the same shape
            NaN where there are no more.
        """
        check_is_fitted(self)
        check_value("recommend", "n", n, (Integer(1),))
        rows = self._known(X)
        more = None if exclude is None else self._known(exclude)
        block = _rows_at_once(rows.shape[1])
        items, best = [], []
        for start in range(0, max(1, rows.shape[0]), block):
            part = sparse.csr_array(rows[start : start + block])
            scores = np.array(self._scores(part), dtype=np.float64)
            if exclude_seen:
                scores[part.nonzero()] = -np.inf
            if more is not None:
                scores[more[start : start + block].nonzero()] = -np.inf
            ranked = top_k(scores, n)
            items.append(ranked)
            best.append(np.where(ranked >= 0, np.take_along_axis(scores, ranked, axis=1), np.nan))
        return np.concatenate(items), np.concatenate(best)

    def similar_items(self, item: int, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Return the n items that one who likes this item alone would like, beyond what all like.

        Parameters
        ----------
        item : int in [0, n_items)
        n : int in [1, inf), default=10

        Returns
        -------
        items : ndarray of shape (at most n,), int64
            Closest first, without the item itself and those that it says nothing about: where it raises
            and lowers no score, as with `Popularity`, there are none.
        similarities : ndarray of the same shape
            How much the item raises the score of each.
        """
        check_is_fitted(self)
        check_value("similar_items", "n", n, (Integer(1),))
        self._check_item(item)
        rows = sparse.csr_array(
            (np.ones(1, dtype=np.float32), ([0], [item])), shape=(2, self.n_features_in_)
        )
        alone, nothing = np.asarray(self._scores(rows), dtype=np.float64)
        raised = alone - nothing
        raised[raised == 0] = -np.inf
        raised[item] = -np.inf
        found = top_k(raised[None], n)[0]
        found = found[found >= 0]
        return found, raised[found]

    def explain(self, X: Any, item: int) -> tuple[np.ndarray, np.ndarray]:
        """Return which items of one user led to an item: how far its score falls without each.

        For linear models these are the exact parts of the score; for neural ones, which work with log
        probabilities, each is what happens when that item alone is taken away.

        Parameters
        ----------
        X : sparse or array-like of shape (1, n_items)
        item : int in [0, n_items)

        Returns
        -------
        items : ndarray of shape (n_items_of_the_user,), int64
            Largest contribution first.
        contributions : ndarray of the same shape
        """
        check_is_fitted(self)
        self._check_item(item)
        row = self._known(X)
        if row.shape[0] != 1:
            raise DataError(f"explain takes one user at a time. Got {row.shape[0]} rows.")
        own = np.sort(row.nonzero()[1])
        block = _rows_at_once(row.shape[1])
        blocks = [own[start : start + block] for start in range(0, len(own), block)]
        without = [np.empty(0), *(self._without(row, part)[:, item] for part in blocks)]
        contributions = float(self._scores(row)[0, item]) - np.concatenate(without)
        order = np.argsort(-contributions, kind="stable")
        return own[order].astype(np.int64), contributions[order]

    def _without(self, row: sparse.csr_array, items: np.ndarray) -> np.ndarray:
        """The scores for a row without one of the items at a time."""
        rows = np.repeat(row.toarray(), len(items), axis=0)
        rows[np.arange(len(items)), items] = 0
        return self._scores(sparse.csr_array(rows))

    def _known(self, X: Any) -> sparse.csr_array:
        rows = _as_rows(X)
        if rows.shape[1] != self.n_features_in_:
            raise DataError(
                f"X has {rows.shape[1]} items, but this {type(self).__name__} was fitted on "
                f"{self.n_features_in_}."
            )
        return rows

    def _check_item(self, item: int) -> None:
        check_value(type(self).__name__, "item", item, (Integer(0, self.n_features_in_ - 1),))


def _rows_at_once(n_items: int) -> int:
    return max(1, min(_MOST_ROWS, _BLOCK_VALUES // n_items))


def _as_rows(X: Any) -> sparse.csr_array:
    """Finite float32 rows without explicit zeros, columns in order."""
    if np.ndim(X) != 2:
        raise DataError(f"X must have shape (n_users, n_items). Got {np.ndim(X)} dimension(s).")
    known = as_sparse(X) if sparse.issparse(X) else X
    try:
        rows = sparse.csr_array(known, dtype=np.float32, copy=True)
    except (TypeError, ValueError) as error:
        raise DataError(f"X must hold numbers: {error}") from error
    if not np.isfinite(rows.data).all() or (rows.data < 0).any():
        raise DataError("X must hold finite numbers of 0 or more: 1 where a user liked an item.")
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows


def _with_validation(rows: sparse.csr_array) -> tuple[sparse.csr_array, HeldOut]:
    """Hold out users to choose on; with too few of them, a part of the items of each."""
    able = np.flatnonzero(np.diff(rows.indptr) >= 2)
    wanted = min(_MOST_VALIDATION, round(_VALIDATION_SHARE * rows.shape[0]))
    seed = derive(0, rows.shape[0])
    if wanted < _FEWEST_VALIDATION or len(able) < wanted:
        hidden = hide_targets(rows, seed=seed)
        return hidden.shown, hidden
    held = np.sort(np.random.default_rng(seed).choice(able, wanted, replace=False))
    is_kept = np.ones(rows.shape[0], dtype=bool)
    is_kept[held] = False
    validation = hide_targets(sparse.csr_array(rows[held]), seed=seed)
    return sparse.csr_array(rows[np.flatnonzero(is_kept)]), validation
