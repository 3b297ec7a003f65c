"""The base class of all models with a center per cluster checks inputs and predicts new points."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._devices import resolve_exact_device
from latens.clustering.kmeans.assignment import assign, squared_errors
from latens.clustering.kmeans.centered_data import CenteredData
from latens.exceptions import DataError, ParameterError
from latens.pairwise import Centering, ThreadPool, row_blocks, squared_distances, torch_threads

if TYPE_CHECKING:
    import torch

__all__ = ["CentersModel", "Matrix", "Vector", "centering_of"]

Matrix = npt.NDArray[Any]  # float64, float32 or integers of 8 bits
Vector = npt.NDArray[np.float64]


class CentersModel(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """The base class of models that fit one center per cluster.

    It is abstract: a model fits `cluster_centers_` and `_centering`, around which distances are computed,
    and has the parameters `n_clusters`, `init` and `device`.
    """

    n_clusters: int
    init: str | Matrix
    device: str
    cluster_centers_: Matrix
    _centering: Centering

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return the nearest center of every point.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            CenteredData.

        Returns
        -------
        ndarray of shape (n_samples,)
            Integers in [0, n_clusters).
        """
        check_is_fitted(self)
        checked = self._checked(X)
        with torch_threads(self._device()) as pool:
            points = CenteredData.of(checked, self._device(), self._centering)
            labels: npt.NDArray[np.intp] = assign(points, self._placed(points), pool).cpu().numpy()
        return labels

    def transform(self, X: npt.ArrayLike) -> Matrix:
        """Return the distance of every point to every center.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            CenteredData.

        Returns
        -------
        ndarray of shape (n_samples, n_clusters), float32 for float32 points, else float64
            Euclidean distances, in the units of the data.
        """
        check_is_fitted(self)
        points = self._checked(X)
        centers = self._centering.apply(self.cluster_centers_.astype(np.float64))
        dtype = points.dtype if points.dtype.kind == "f" else np.float64
        distances = np.empty((len(points), len(centers)), dtype=dtype)
        for rows in row_blocks(len(points), 16 * max(centers.shape)):
            block = self._centering.apply(points[rows].astype(np.float64))
            distances[rows] = np.sqrt(squared_distances(block, centers)) / self._centering.scale
        return distances

    def score(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Return minus the inertia of points, so that higher is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            CenteredData.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            How much each point counts.

        Returns
        -------
        float
            In (-inf, 0], in squared units.
        """
        check_is_fitted(self)
        checked = self._checked(X)
        weights = self._checked_weights(sample_weight, len(checked))
        with torch_threads(self._device()) as pool:
            points = CenteredData.of(checked, self._device(), self._centering)
            return -self._judge(points, weights, pool)[1]

    def _judge(
        self, points: CenteredData, weights: Vector, pool: ThreadPool
    ) -> tuple[npt.NDArray[np.intp], float]:
        """Return the labels of points and their inertia, in squared units of the data."""
        centers = self._placed(points)
        labels = assign(points, centers, pool)
        inertia = float(weights @ squared_errors(points, centers, labels, pool).cpu().numpy())
        return labels.cpu().numpy(), inertia / self._centering.scale / self._centering.scale

    def _placed(self, points: CenteredData) -> "torch.Tensor":
        """Return the centers as the points are: centered, of their type, on their device."""
        import torch

        centers = self._centering.apply(self.cluster_centers_)
        return torch.as_tensor(centers, dtype=points.dtype, device=points.device)

    def _device(self) -> "torch.device":
        """Return the device to compute on; sums are taken in float64."""
        return resolve_exact_device(self.device, type(self).__name__)

    def _checked(self, X: npt.ArrayLike, *, reset: bool = False, copy: bool = False) -> Matrix:
        """Return the points as a matrix of floats or bytes; floats as one of our own if `copy`."""
        shape = getattr(X, "shape", ())
        if len(shape) > 2:
            raise DataError(
                f"X of {type(self).__name__} must have the shape (n_samples, n_features). "
                f"Got an array of shape {tuple(shape)}: pass X.reshape(len(X), -1)."
            )
        has_bytes = getattr(X, "dtype", None) in (np.uint8, np.int8)
        points: Matrix = validate_data(
            self,
            X,
            reset=reset,
            dtype=[np.float64, np.float32, np.uint8, np.int8],
            order="C",
            copy=copy and not has_bytes,
        )
        return points

    def _checked_weights(self, sample_weight: npt.ArrayLike | None, n_samples: int) -> Vector:
        """Return one weight per sample, at least zero."""
        name = type(self).__name__
        if sample_weight is None:
            return np.ones(n_samples)
        try:
            weights = np.array(sample_weight, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(f"sample_weight of {name} must be an array of numbers.") from error
        if weights.shape != (n_samples,):
            raise DataError(
                f"sample_weight of {name} must have the shape ({n_samples},), one weight per "
                f"sample. Got an array of shape {weights.shape}."
            )
        if not (np.isfinite(weights).all() and weights.min() >= 0):
            raise DataError(
                f"sample_weight of {name} must hold finite numbers of at least 0. "
                f"Got values from {weights.min():g} to {weights.max():g}."
            )
        return weights

    def _check_enough(self, weights: Vector) -> None:
        """Refuse fewer points of a weight above zero than clusters."""
        n_counted = int(np.count_nonzero(weights))
        if n_counted < self.n_clusters:
            raise DataError(
                f"{type(self).__name__} needs at least as many samples of weight above zero as "
                f"clusters. Got n_samples={n_counted} and n_clusters={self.n_clusters}."
            )

    def _given_centers(self, points: CenteredData) -> "torch.Tensor":
        """Return the centers that `init` holds, placed where the points are."""
        import torch

        prefix = f"The 'init' parameter of {type(self).__name__} must"
        try:
            centers = np.array(self.init, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ParameterError(f"{prefix} hold numbers.") from error
        expected = self.n_clusters, points.width
        if centers.shape != expected:
            raise ParameterError(
                f"{prefix} have the shape (n_clusters, n_features) = {expected}. "
                f"Got an array of shape {centers.shape} instead."
            )
        if not np.isfinite(centers).all():
            raise ParameterError(f"{prefix} hold finite numbers. Got NaN or infinity instead.")
        placed = self._centering.apply(centers)
        return torch.as_tensor(placed, dtype=points.dtype, device=points.device)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def centering_of(X: Matrix) -> Centering:
    """Return the centering of points of any type; bytes keep their scale.

    Examples
    --------
    >>> centering_of(np.array([[0], [3]], dtype=np.uint8)).shift
    array([1.5], dtype=float32)
    """
    if X.dtype.kind == "f":
        return Centering.of(X)
    return Centering(X.mean(axis=0, dtype=np.float64).astype(np.float32), 1.0)
