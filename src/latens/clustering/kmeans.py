"""K-means clustering, written from scratch.

K-means divides points into k groups such that the points lie close to the means of their groups:
it looks for centres `c` and labels `l` with a small inertia, ``sum_i w_i |x_i - c_{l_i}|^2``. Finding
the least is hard; Lloyd's iteration finds a good one from a good start, hence several starts.
"""

import warnings
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._seeds import RandomState, derive, seed_from
from latens._validation import (
    Constraints,
    Having,
    Integer,
    Options,
    Real,
    Seed,
    check_parameters,
)
from latens.clustering.lloyd import ROUNDING, Partition, assign, inertia, lloyd
from latens.clustering.seeding import canonical_order, draw_points, kmeans_plus_plus
from latens.exceptions import DataError, ParameterError
from latens.metrics.blocks import row_blocks
from latens.metrics.distances import squared_distances
from latens.metrics.origin import Origin

__all__ = ["KMeans"]

Matrix = npt.NDArray[Any]  # float64 or float32
Vector = npt.NDArray[np.float64]


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """Find k groups of points, each around its mean.

    The result depends on the points and on `random_state`, not on the order of the rows (but for
    rounding), and a weight of 2 means the same as the point twice. Float32 data is computed in
    float32 with sums in float64; all other data in float64. Memory: one copy of the data and blocks
    of 32 MB.

    Parameters
    ----------
    n_clusters : int in [1, n_samples], default=8
        The number of groups.
    init : {"k-means++", "random"} or array of shape (n_clusters, n_features), default="k-means++"
        Where to start: points drawn far apart, points just drawn, or these centres.
    n_init : int in [1, inf), default=10
        How many starts; the result with the least inertia is kept. The i-th start is the same
        whatever the number of starts. An array as `init` is one start.
    max_iter : int in [1, inf), default=300
        Iterations of one start at most.
    tol : float in [0, inf), default=1e-4
        A start ends when the squared moves of the centres in one iteration sum up to this share of
        the mean variance of the features, or when no label changes.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of the starts; an integer makes the result reproducible.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        The means, in the units of the data.
    labels_ : ndarray of shape (n_samples,)
        The group of every point fitted, an integer in [0, n_clusters).
    inertia_ : float
        The weighted sum of squared distances to the centres, in squared units; lower is better.
    n_iter_ : int
        Iterations of the start that was kept.
    n_features_in_ : int
        The number of features.

    Warns
    -----
    ConvergenceWarning
        If there are fewer different points than clusters. Some centres then are copies, which take
        no points.

    References
    ----------
    S. P. Lloyd (1982), "Least squares quantization in PCM", doi:10.1109/TIT.1982.1056489.
    D. Arthur, S. Vassilvitskii (2007), "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 2.0], [1.0, 4.0], [9.0, 2.0], [9.0, 4.0]])
    >>> groups = KMeans(2, random_state=0).fit(X)
    >>> groups.inertia_
    4.0
    >>> sorted(groups.cluster_centers_.tolist())
    [[1.0, 3.0], [9.0, 3.0]]
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": (Integer(1),),
        "init": (
            Options(("k-means++", "random")),
            Having("__array__", "an array of shape (n_clusters, n_features)"),
        ),
        "n_init": (Integer(1),),
        "max_iter": (Integer(1),),
        "tol": (Real(0, closed="left"),),
        "random_state": (Seed(),),
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: str | Matrix = "k-means++",
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Find the groups.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points, finite numbers of any real type.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            How much each point counts, in [0, inf); None counts all alike. At least `n_clusters`
            weights must be above 0.

        Returns
        -------
        KMeans
            Itself.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If there are fewer points than clusters, or weights or starting centres do not fit.
        ValueError
            If X is not a finite matrix (scikit-learn's message).
        """
        check_parameters(self)
        points = self._checked(X, reset=True, copy=True)
        weights = self._checked_weights(sample_weight, len(points))
        self._origin = Origin.of(points)
        self._origin.apply_in_place(points)
        best = self._best_start(points, weights)

        # Through the units of the data and back, so that predict(X) repeats these labels exactly.
        self.cluster_centers_ = self._origin.undo(best.centers).astype(points.dtype)
        self._n_features_out = self.n_clusters
        centers = self._moved_centers()
        self.labels_ = assign(points, centers)
        self.inertia_ = self._in_units(inertia(points, weights, centers, self.labels_))
        self.n_iter_ = best.n_iter
        self._warn_of_copies()
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return the nearest centre of every point.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points.

        Returns
        -------
        ndarray of shape (n_samples,)
            Integers in [0, n_clusters).
        """
        check_is_fitted(self)
        points, centers = self._checked(X), self._moved_centers()
        labels = np.empty(len(points), dtype=np.intp)
        # The blocks of `assign` itself, so that rounding is the same as in fit.
        for rows in row_blocks(len(points), 8 * max(centers.shape)):
            labels[rows] = assign(self._origin.apply(points[rows]), centers)
        return labels

    def transform(self, X: npt.ArrayLike) -> Matrix:
        """Return the distance of every point to every centre.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points.

        Returns
        -------
        ndarray of shape (n_samples, n_clusters), float32 for float32 points, else float64
            Euclidean distances, in the units of the data.
        """
        check_is_fitted(self)
        points = self._checked(X)
        centers = self._moved_centers().astype(np.float64)
        distances = np.empty((len(points), len(centers)), dtype=points.dtype)
        for rows in row_blocks(len(points), 16 * max(centers.shape)):
            block = self._origin.apply(points[rows].astype(np.float64))
            distances[rows] = np.sqrt(squared_distances(block, centers)) / self._origin.scale
        return distances

    def score(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Return minus the inertia of points, so that higher is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points.
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
        points, centers = self._checked(X), self._moved_centers()
        weights = _as_weights(sample_weight, len(points))
        total = 0.0
        for rows in row_blocks(len(points), 16 * max(centers.shape)):
            block = self._origin.apply(points[rows])
            total += inertia(block, weights[rows], centers, assign(block, centers))
        return -self._in_units(total)

    def _checked(self, X: npt.ArrayLike, *, reset: bool = False, copy: bool = False) -> Matrix:
        """Return the points as a matrix of floats."""
        shape = getattr(X, "shape", ())
        if len(shape) > 2:
            raise DataError(
                "X of KMeans must have the shape (n_samples, n_features). "
                f"Got an array of shape {tuple(shape)}: pass X.reshape(len(X), -1)."
            )
        dtypes = [np.float64, np.float32]
        points: Matrix = validate_data(self, X, reset=reset, dtype=dtypes, order="C", copy=copy)
        return points

    def _checked_weights(self, sample_weight: npt.ArrayLike | None, n_samples: int) -> Vector:
        """Return the weights, with enough of them above zero for the clusters."""
        weights = _as_weights(sample_weight, n_samples)
        n_counted = int(np.count_nonzero(weights))
        if n_counted < self.n_clusters:
            raise DataError(
                "KMeans needs at least as many samples of weight above zero as clusters. "
                f"Got n_samples={n_counted} and n_clusters={self.n_clusters}."
            )
        return weights

    def _best_start(self, points: Matrix, weights: Vector) -> Partition:
        """Run every start and return the one with the least inertia."""
        seed, order = seed_from(self.random_state), canonical_order(points)
        variance = _mean_variance(points, weights)
        perfect = ROUNDING[points.dtype] ** 2 * variance * points.shape[1] * weights.sum()
        best: Partition | None = None
        for start in range(self.n_init if isinstance(self.init, str) else 1):
            rng = np.random.default_rng(derive(seed, start))
            centers = self._starting_centers(points, weights, order, rng)
            found = lloyd(points, weights, centers, max_iter=self.max_iter, tol=self.tol * variance)
            if best is None or found.inertia < best.inertia:
                best = found
            if best.inertia <= perfect:
                break
        assert best is not None
        return best

    def _starting_centers(
        self,
        points: Matrix,
        weights: Vector,
        order: npt.NDArray[np.intp],
        rng: np.random.Generator,
    ) -> Matrix:
        if not isinstance(self.init, str):
            return self._given_centers(points)
        draw = kmeans_plus_plus if self.init == "k-means++" else draw_points
        return draw(points, self.n_clusters, weights, order, rng)

    def _given_centers(self, points: Matrix) -> Matrix:
        """Return the centres that `init` holds, moved like the points."""
        try:
            centers = np.array(self.init, dtype=points.dtype)
        except (TypeError, ValueError) as error:
            raise ParameterError("The 'init' parameter of KMeans must hold numbers.") from error
        expected = self.n_clusters, points.shape[1]
        if centers.shape != expected:
            raise ParameterError(
                "The 'init' parameter of KMeans must have the shape (n_clusters, n_features) = "
                f"{expected}. Got an array of shape {centers.shape} instead."
            )
        if not np.isfinite(centers).all():
            raise ParameterError(
                "The 'init' parameter of KMeans must hold finite numbers. "
                "Got NaN or infinity instead."
            )
        return self._origin.apply(centers)

    def _moved_centers(self) -> Matrix:
        return self._origin.apply(self.cluster_centers_)

    def _in_units(self, moved_inertia: float) -> float:
        return moved_inertia / self._origin.scale / self._origin.scale

    def _warn_of_copies(self) -> None:
        n_found = len(np.unique(self.labels_))
        if n_found < self.n_clusters:
            warnings.warn(
                f"KMeans found {n_found} different clusters where n_clusters={self.n_clusters}: "
                "X may have fewer different points.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _as_weights(sample_weight: npt.ArrayLike | None, n_samples: int) -> Vector:
    """Return one weight per sample, at least zero."""
    if sample_weight is None:
        return np.ones(n_samples)
    try:
        weights = np.array(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError("sample_weight of KMeans must be an array of numbers.") from error
    if weights.shape != (n_samples,):
        raise DataError(
            f"sample_weight of KMeans must have the shape ({n_samples},), one weight per sample. "
            f"Got an array of shape {weights.shape}."
        )
    if not (np.isfinite(weights).all() and weights.min() >= 0):
        raise DataError(
            "sample_weight of KMeans must hold finite numbers of at least 0. "
            f"Got values from {weights.min():g} to {weights.max():g}."
        )
    return weights


def _mean_variance(points: Matrix, weights: Vector) -> float:
    """Return the weighted variance of the features, mean over features; points are centred."""
    first, second = np.zeros(points.shape[1]), np.zeros(points.shape[1])
    for rows in row_blocks(len(points), 16 * points.shape[1]):
        block = points[rows].astype(np.float64, copy=False)
        first += weights[rows] @ block
        second += weights[rows] @ np.square(block)
    total = weights.sum()
    return float(np.maximum(second / total - np.square(first / total), 0).mean())
