"""Bits from real codes: a rotation that brings them near the corners of a cube."""

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._seeds import seed_from
from latens._validation import Constraints, Integer, Seed, check_parameters
from latens.exceptions import ParameterError

__all__ = ["IterativeQuantization"]


class IterativeQuantization(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """The main components of vectors, rotated so that their signs lose as little as possible.

    For codes of any model, and the classic to compare learned bits with. Two steps take turns: the bits
    are the signs of the rotated components, and the rotation is the one that brings the components
    nearest to the bits, by a singular value decomposition.

    Parameters
    ----------
    n_bits : int in [1, n_features], default=32
    max_iter : int in [1, inf), default=50
        Turns; the authors found 50 enough.
    random_state : int, RandomState or None, default=None
        Decides the first rotation.

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,)
    rotation_ : ndarray of shape (n_features, n_bits)
        Onto the components and around.
    n_iter_ : int
        Turns taken: `max_iter`, as there is no early end.

    References
    ----------
    Gong, Lazebnik, Gordo and Perronnin (2013), Iterative quantization: a procrustean approach to learning
    binary codes for large-scale image retrieval. https://doi.org/10.1109/TPAMI.2012.193

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(100, 8))
    >>> IterativeQuantization(4, random_state=0).fit_transform(X)[0]
    array([0., 1., 1., 1.])
    """

    _constraints: ClassVar[Constraints] = {
        "n_bits": (Integer(1),),
        "max_iter": (Integer(1),),
        "random_state": (Seed(),),
    }

    def __init__(self, n_bits: int = 32, *, max_iter: int = 50, random_state: Any = None) -> None:
        self.n_bits = n_bits
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the rotation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        ParameterError
            If a parameter is out of range, or there are fewer features than bits.
        """
        check_parameters(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), ensure_min_samples=2)
        if self.n_bits > X.shape[1]:
            raise ParameterError(
                f"The 'n_bits' parameter of IterativeQuantization must be at most the number of features, "
                f"{X.shape[1]}. Got {self.n_bits} instead."
            )
        self.mean_ = X.mean(axis=0, dtype=np.float64).astype(X.dtype)
        centered = X - self.mean_
        _, directions = np.linalg.eigh(centered.T @ centered)
        directions = directions[:, ::-1][:, : self.n_bits]
        components = centered @ directions
        rng = np.random.default_rng(seed_from(self.random_state))
        rotation, _ = np.linalg.qr(rng.normal(size=(self.n_bits, self.n_bits)))
        for _ in range(self.max_iter):
            signs = np.where(components @ rotation > 0, 1.0, -1.0)
            left, _, right = np.linalg.svd(components.T @ signs)
            rotation = left @ right
        self.n_iter_ = self.max_iter
        self.rotation_ = (directions @ rotation).astype(X.dtype)
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Return the bits of vectors: zeros and ones of shape (n_samples, n_bits), in the type of X."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return ((X - self.mean_) @ self.rotation_ > 0).astype(X.dtype)

    @property
    def _n_features_out(self) -> int:
        return self.n_bits
