"""The autoencoder of infinite width: what training one would end in, as kernel ridge regression."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from scipy import linalg, sparse

from latens._saved import check_shapes
from latens._sparse import checked_sparse
from latens._validation import Constraints, Integer, Nothing, Real
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.closed_form import climb
from latens.applications.recommend.held_out import HeldOut
from latens.exceptions import DataError

__all__ = ["InfiniteAE"]

# What regularization is tried, as a multiple of the kernel of a user with himself.
_GRID = tuple(0.125 * 2.0**step for step in range(10))
_START = 4  # in the grid: 2


class InfiniteAE(BaseRecommender):
    """A fully connected autoencoder with infinitely many hidden units, trained to the end.

    Such a network is ridge regression with the neural tangent kernel, so no training is needed: the users
    that were fitted vote for their items, each by how much the network would take a new user for them.
    It costs memory and time by users and not by items, so it is the one for few users.

    Parameters
    ----------
    depth : int in [1, 1000], default=1
        Hidden layers, of rectified linear units; one, as the authors take it.
    regularization : float in (0, inf) or None, default=None
        The L2 penalty as a multiple of the kernel's diagonal. None: of 0.125, 0.25, ... 64 by NDCG@100 on
        validation users.
    max_gigabytes : float in (0, inf), default=6.5
        The most memory to take: 12,000 users with as many items.

    Attributes
    ----------
    regularization_ : float
        The one that was used.

    References
    ----------
    N. Sachdeva, M. Dhaliwal, C. Wu, J. McAuley (2022), "Infinite recommendation networks: a data-centric
    approach", NeurIPS 2022, arXiv:2206.02626.
    A. Jacot, F. Gabriel, C. Hongler (2018), "Neural tangent kernel", NeurIPS 2018, arXiv:1806.07572.

    Examples
    --------
    >>> X = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0]]
    >>> InfiniteAE(regularization=0.1).fit(X).recommend([[1, 0, 0, 0]], n=1)[0]
    array([[1]])
    """

    _constraints: ClassVar[Constraints] = {
        "depth": (Integer(1, 1_000),),
        "regularization": (Real(0, closed="neither"), Nothing()),
        "max_gigabytes": (Real(0, closed="neither"),),
    }

    def __init__(
        self,
        depth: int = 1,
        *,
        regularization: float | None = None,
        max_gigabytes: float = 6.5,
    ) -> None:
        self.depth = depth
        self.regularization = regularization
        self.max_gigabytes = max_gigabytes

    def _choose(self, X: sparse.csr_array, validation: HeldOut) -> None:
        if self.regularization is not None:
            self.regularization_ = float(self.regularization)
            return
        kernel = tangent_kernel(X, X, self.depth)

        def quality(step: int) -> float:
            self._solve(X, kernel, _GRID[step])
            return validation.evaluate(self._scores)["ndcg@100"]

        self.regularization_ = _GRID[climb(quality, _START, len(_GRID))]

    def _learn(self, X: sparse.csr_array) -> None:
        self._solve(X, tangent_kernel(X, X, self.depth), self.regularization_)

    def _check_memory(self, X: sparse.csr_array) -> None:
        n_users, n_items = X.shape
        # Either while the kernel is made, or for it, its factor, the items in double precision and the votes.
        gigabytes = (
            8 * n_users * max(5 * n_users + 0.5 * n_items, 2 * n_users + 1.5 * n_items) / 1e9
        )
        if gigabytes > self.max_gigabytes:
            raise DataError(
                f"InfiniteAE needs about {gigabytes:,.1f} GB of memory for {n_users:,} users and "
                f"{n_items:,} items, more than max_gigabytes={self.max_gigabytes:g}. Raise it if the "
                "machine has them, or take a model whose cost does not grow with the users, such as EDLAE "
                "or MultVAE."
            )

    def _solve(self, X: sparse.csr_array, kernel: np.ndarray, regularization: float) -> None:
        self.votes_ = np.empty((0, X.shape[1]), dtype=np.float32)  # frees those of another solution
        ridge = kernel.copy()
        ridge[np.diag_indices_from(ridge)] += regularization * (self.depth + 1)
        # LAPACK works on columns: in this order it needs no copies.
        factor = linalg.cho_factor(ridge.T, lower=True, overwrite_a=True, check_finite=False)
        liked = X.astype(np.float64).toarray(order="F")
        votes = linalg.cho_solve(factor, liked, overwrite_b=True, check_finite=False)
        self.users_ = X
        # float64 while solving, float32 to keep: half the memory of what every score needs.
        self.votes_ = votes.astype(np.float32, order="C")

    def facts(self) -> dict[str, float]:
        return {"regularization": self.regularization_}

    def tensors(self) -> dict[str, np.ndarray]:
        users = self.users_
        return {
            "votes": self.votes_,
            "users.data": users.data,
            "users.indices": users.indices,
            "users.indptr": users.indptr,
        }

    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        self.regularization_ = facts["regularization"]
        votes = dict(tensors)
        parts = {name: votes.pop(f"users.{name}") for name in ("data", "indices", "indptr")}
        check_shapes(votes, {"votes": (None, self.n_features_in_)})
        self.votes_ = votes["votes"]
        self.users_ = checked_sparse("csr", parts, self.votes_.shape)

    def _scores(self, X: sparse.csr_array) -> np.ndarray:
        return tangent_kernel(X, self.users_, self.depth).astype(np.float32) @ self.votes_


def tangent_kernel(A: sparse.csr_array, B: sparse.csr_array, depth: int) -> np.ndarray:
    """Neural tangent kernel of a network of rectified linear units, between rows of unit length.

    Its diagonal is ``depth + 1``. An empty row is as far from all others as it can be.

    Parameters
    ----------
    A, B : csr_array of shape (n, n_items) and (m, n_items)
    depth : int in [0, inf)
        Hidden layers; 0 gives the cosine.

    Returns
    -------
    ndarray of shape (n, m)

    References
    ----------
    Y. Cho, L. Saul (2009), "Kernel methods for deep learning", NeurIPS 2009, for the two arc-cosine
    kernels.
    """
    cosine = (_unit(A) @ _unit(B).T).toarray(order="C")
    cosine.clip(-1, 1, out=cosine)
    kernel = cosine
    for _ in range(depth):
        angle = np.arccos(cosine)
        slope = angle / -np.pi
        slope += 1
        # In place where it can be, as all of these are as large as the kernel.
        cosine = cosine * slope
        np.sin(angle, out=angle)
        angle /= np.pi
        cosine += angle
        cosine.clip(-1, 1, out=cosine)
        slope *= kernel
        slope += cosine
        kernel = slope
    return kernel


def _unit(X: sparse.csr_array) -> sparse.csr_array:
    length = np.sqrt(np.asarray(X.power(2).sum(axis=1)).ravel()).astype(np.float64)
    return sparse.csr_array(sparse.diags_array(1 / np.where(length > 0, length, 1)) @ X)
