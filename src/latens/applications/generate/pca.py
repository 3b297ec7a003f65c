"""PCA as a model to sample from: what every autoencoder has to be better than."""

from math import prod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator

from latens._pca import fit_pca
from latens._validation import Constraints, Integer, check_parameters
from latens.data import as_array
from latens.data.scaling import fit_scaling

__all__ = ["PcaModel"]

_KEPT_CODES, _MOST_ROWS = 5_000, 20_000
# Half a gigabyte of floats, whatever the size of an image.
_MOST_VALUES = 2**26


class PcaModel(BaseEstimator):
    """Linear codes that samplers take like those of an autoencoder.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Latent dimensions; fewer where the data have fewer.

    Attributes
    ----------
    codes_, scaling_
        As of every model; fitted on at most 20,000 random samples.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = PcaModel(3).fit(X)
    >>> model.inverse_transform(model.transform(X[:2])).shape
    (2, 8)
    """

    _constraints: ClassVar[Constraints] = {"latent_dim": (Integer(1),)}

    def __init__(self, latent_dim: int = 10) -> None:
        self.latent_dim = latent_dim

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the components of the scaled samples."""
        check_parameters(self)
        X = as_array(X)
        self.input_shape_, self.scaling_ = X.shape[1:], fit_scaling(X)
        columns = prod(self.input_shape_)
        enough = min(_MOST_ROWS, max(2 * self.latent_dim, _MOST_VALUES // columns))
        rows = self._rows(X[np.random.default_rng(0).permutation(len(X))[:enough]])
        self.pca_ = fit_pca(rows, min(self.latent_dim, *rows.shape))
        self.codes_ = self.pca_.transform(rows[:_KEPT_CODES])
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes, shape (n_samples, latent_dim)."""
        return np.asarray(self.pca_.transform(self._rows(as_array(X))))

    def inverse_transform(self, Z: Any) -> np.ndarray:
        """Return the samples that codes stand for, in the units and shape of the fitted data."""
        rows = self.pca_.inverse_transform(Z).reshape(-1, *self.input_shape_)
        return self.scaling_.undo(rows.clip(0, 1) if self.scaling_.bounded else rows)

    def _rows(self, X: np.ndarray) -> np.ndarray:
        return self.scaling_.apply(X).reshape(len(X), -1)
