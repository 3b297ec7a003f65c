"""The same for everybody: what most users like."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from scipy import sparse

from latens._saved import check_shapes
from latens._validation import Constraints
from latens.applications.recommend.base import BaseRecommender

__all__ = ["Popularity"]


class Popularity(BaseRecommender):
    """Scores an item by the share of users who like it: what any other recommender has to beat.

    Attributes
    ----------
    weights_ : ndarray of shape (n_items,)
        The share of users, in [0, 1].

    Examples
    --------
    >>> model = Popularity().fit([[1, 1, 0], [0, 1, 0]])
    >>> model.recommend([[0, 1, 0]], n=1)[0]
    array([[0]])
    """

    _constraints: ClassVar[Constraints] = {}

    def _learn(self, X: sparse.csr_array) -> None:
        self.weights_ = np.asarray((X != 0).sum(axis=0)).ravel() / X.shape[0]

    def _scores(self, X: sparse.csr_array) -> np.ndarray:
        return np.tile(self.weights_, (X.shape[0], 1))

    def tensors(self) -> dict[str, np.ndarray]:
        return {"weights": self.weights_}

    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        check_shapes(tensors, {"weights": (self.n_features_in_,)})
        self.weights_ = tensors["weights"]
