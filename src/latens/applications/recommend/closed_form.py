"""Linear recommenders whose weights have a closed form: every item predicted from all others."""

from abc import abstractmethod
from collections.abc import Callable, Mapping

import numpy as np
from scipy import linalg, sparse

from latens._saved import check_shapes
from latens._validation import Constraints, Nothing, Real
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.held_out import HeldOut
from latens.exceptions import DataError

__all__ = ["LINEAR_CONSTRAINTS", "LinearRecommender", "climb"]

LINEAR_CONSTRAINTS: Constraints = {
    "regularization": (Real(0, closed="neither"), Nothing()),
    "max_gigabytes": (Real(0, closed="neither"),),
}

# What regularization is tried: from light to heavy, in users, each twice the one before.
_GRID = tuple(12.5 * 2.0**step for step in range(9))
_START = 4  # in the grid: 200
_BLOCK = 100  # rows of a sparse product at once
# What a solution consists of: the first, or the other three where there are fewer users than items.
_STATE = ("weights", "factors", "inverse_diagonal", "precision")


class LinearRecommender(BaseRecommender):
    r"""Scores are ``X @ B`` with a zero diagonal, so that no item predicts itself.

    With :math:`P = (X^T X + D)^{-1}` for a diagonal D that a kind chooses, the least-squares solution is
    :math:`B = I - P \, \mathrm{diag}(P)^{-1}`. With fewer users than items P is never made: it is
    :math:`D^{-1} - W W^T` with one column of W per user.
    """

    regularization: float | None
    max_gigabytes: float

    @abstractmethod
    def _diagonal(self, counts: np.ndarray, regularization: float) -> np.ndarray:
        """D, from how many users like each item."""

    def _choose(self, X: sparse.csr_array, validation: HeldOut) -> None:
        if self.regularization is not None:
            self.regularization_ = float(self.regularization)
            return

        def quality(step: int) -> float:
            self._solve(X, _GRID[step])
            return validation.evaluate(self._scores)["ndcg@100"]

        self.regularization_ = _GRID[climb(quality, _START, len(_GRID))]

    def _learn(self, X: sparse.csr_array) -> None:
        self._solve(X, self.regularization_)

    def gigabytes(self, n_users: int, n_items: int) -> float:
        """Return the memory that a fit would take, in GB."""
        # At most: 16 for W and the matrix of all pairs of users, and 4 for copies of the rows and scores.
        return 20 * n_items * min(n_users, n_items) / 1e9

    def _check_memory(self, X: sparse.csr_array) -> None:
        n_users, n_items = X.shape
        gigabytes = self.gigabytes(n_users, n_items)
        if gigabytes > self.max_gigabytes:
            raise DataError(
                f"{type(self).__name__} needs about {gigabytes:,.1f} GB of memory for {n_items:,} items and "
                f"{n_users:,} users, more than max_gigabytes={self.max_gigabytes:g}. Raise it if the machine "
                "has them, keep fewer items with max_items (--max-items), or take a neural model such as "
                "MultVAE."
            )

    def _solve(self, X: sparse.csr_array, regularization: float) -> None:
        X = X.astype(np.float64)
        counts = np.asarray(X.power(2).sum(axis=0)).ravel()
        diagonal = self._diagonal(counts, regularization)
        for name in _STATE:  # of another solution, which may have had the other form
            if hasattr(self, f"{name}_"):
                delattr(self, f"{name}_")
        if X.shape[0] < X.shape[1]:
            self.factors_, self.inverse_diagonal_ = _thin_inverse(X, diagonal)
            explained = np.einsum("ij,ij->i", self.factors_, self.factors_)
            self.precision_ = self.inverse_diagonal_ - explained
        else:
            weights = _inverse(_product(X.T, X), diagonal)
            weights /= -np.diag(weights)
            np.fill_diagonal(weights, 0)
            self.weights_ = weights

    def facts(self) -> dict[str, float]:
        return {"regularization": self.regularization_}

    def tensors(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, f"{name}_") for name in _STATE if hasattr(self, f"{name}_")}

    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        n = self.n_features_in_
        thin = {"factors": (n, None), "inverse_diagonal": (n,), "precision": (n,)}
        check_shapes(tensors, {"weights": (n, n)} if "weights" in tensors else thin)
        self.regularization_ = facts["regularization"]
        for name, values in tensors.items():
            setattr(self, f"{name}_", values)

    def _scores(self, X: sparse.csr_array) -> np.ndarray:
        X = X.astype(np.float64)
        if hasattr(self, "weights_"):
            return X @ self.weights_
        direct = np.asarray((X * self.inverse_diagonal_).toarray())
        predicted = (direct - (X @ self.factors_) @ self.factors_.T) / self.precision_
        return X.toarray() - predicted


def _product(A: sparse.sparray, B: sparse.sparray) -> np.ndarray:
    """A @ B, dense: as a whole its sparse form would be larger than the dense one."""
    A, B = sparse.csr_array(A), sparse.csr_array(B)
    product = np.empty((A.shape[0], B.shape[1]))
    for start in range(0, A.shape[0], _BLOCK):
        rows = A[start : start + _BLOCK] @ B
        rows.toarray(out=product[start : start + _BLOCK])
    return product


def _inverse(gram: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    """(gram + diag(diagonal))^-1, in the place of `gram`, which is in C order."""
    gram[np.diag_indices_from(gram)] += diagonal
    # LAPACK works on columns: the transpose is the same matrix in the order that needs no copy.
    factor, _ = linalg.cho_factor(gram.T, lower=True, overwrite_a=True, check_finite=False)
    inverse, _ = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    inverse = inverse.T
    for row in range(1, len(inverse)):
        inverse[row, :row] = inverse[:row, row]
    return np.asarray(inverse)


def _thin_inverse(X: sparse.csr_array, diagonal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """W and D^-1 of (X^T X + D)^-1 = D^-1 - W W^T, by Woodbury's identity."""
    inverse_diagonal = 1 / diagonal
    scaled = X * inverse_diagonal
    inner = _product(scaled, X.T)
    inner[np.diag_indices_from(inner)] += 1
    root = linalg.cholesky(inner.T, lower=True, overwrite_a=True, check_finite=False)
    columns = scaled.toarray(order="F")
    factors = linalg.solve_triangular(
        root, columns, lower=True, overwrite_b=True, check_finite=False
    )
    return np.ascontiguousarray(factors.T), inverse_diagonal


def climb(quality: Callable[[int], float], start: int, length: int) -> int:
    """Walk uphill from a step of a grid until its neighbors are no better.

    Parameters
    ----------
    quality : callable
        From a step in [0, length) to a number, larger is better; asked once per step.
    start, length : int

    Returns
    -------
    int
        The best among its neighbors, which is the best of all where there is one hill.

    Examples
    --------
    >>> climb(lambda step: -abs(step - 6), start=2, length=9)
    6
    """
    known: dict[int, float] = {}

    def at(step: int) -> float:
        if step not in known:
            known[step] = quality(step)
        return known[step]

    best = start
    for direction in (1, -1):
        while 0 <= best + direction < length and at(best + direction) > at(best):
            best += direction
        if best != start:
            break
    return best
