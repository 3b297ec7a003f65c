"""EASE: the shallow linear autoencoder with a closed form."""

from typing import ClassVar

import numpy as np

from latens._validation import Constraints
from latens.applications.recommend.closed_form import LINEAR_CONSTRAINTS, LinearRecommender

__all__ = ["EASE"]


class EASE(LinearRecommender):
    """Predict every item from all others by ridge regression, where no item may predict itself.

    Parameters
    ----------
    regularization : float in (0, inf) or None, default=None
        The weight of the L2 penalty, in users. None: of 12.5, 25, ... 3200 by NDCG@100 on validation users.
    max_gigabytes : float in (0, inf), default=6.5
        The most memory to take: 18,000 items where there are more users than items.

    Attributes
    ----------
    regularization_ : float
        The one that was used.

    References
    ----------
    H. Steck (2019), "Embarrassingly shallow autoencoders for sparse data", WWW 2019, arXiv:1905.03375.

    Examples
    --------
    >>> X = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0]]
    >>> EASE(regularization=0.1).fit(X).recommend([[1, 0, 0, 0]], n=1)[0]
    array([[1]])
    """

    _constraints: ClassVar[Constraints] = LINEAR_CONSTRAINTS

    def __init__(self, regularization: float | None = None, *, max_gigabytes: float = 6.5) -> None:
        self.regularization = regularization
        self.max_gigabytes = max_gigabytes

    def _diagonal(self, counts: np.ndarray, regularization: float) -> np.ndarray:
        return np.full(len(counts), regularization)
