"""K-means on small random batches, for data that is too large for a pass per step or arrives in parts.

Every center is the mean of all points that it was the nearest to when they came by. So a batch moves
a center by its share of what the center has seen.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import (
    Constraints,
    Having,
    Integer,
    Nothing,
    Options,
    Seed,
    Text,
    check_parameters,
)
from latens.clustering.kmeans.assignment import assign, squared_errors
from latens.clustering.kmeans.base import CentersModel, Matrix, Vector, centering_of
from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.clustering.kmeans.seeding import draw_points, kmeans_plus_plus
from latens.pairwise import ThreadPool, torch_threads

if TYPE_CHECKING:
    import torch

__all__ = ["MiniBatchKMeans"]

_BATCHES_TO_START = 3  # of points, which the first centers are chosen from
_POINTS_BETWEEN = 10  # for each cluster, from one move of centers to the next
_RARE = 0.01  # of the weight of the heaviest cluster, under which a center is moved to a new place


class MiniBatchKMeans(CentersModel):
    """Find k groups of points, each around its mean, from small batches of them.

    It comes within a few percent of the inertia of `KMeans` after as little as one look at each point.
    Take `KMeans` wherever the data fits into memory and a few seconds more do not matter.

    Parameters
    ----------
    n_clusters : int in [1, n_samples], default=8
        The number of groups.
    init : {"k-means++", "random"} or array of shape (n_clusters, n_features), default="k-means++"
        Where to start: points drawn far apart, points just drawn, or these centers.
    n_init : int in [1, inf), default=3
        How many starts are tried on a few batches of points; the best of them is gone on with.
    batch_size : int in [1, inf), default=2048
        Points per step.
    max_iter : int in [1, inf), default=100
        Looks at all the data at most.
    max_no_improvement : int in [1, inf) or None, default=10
        `fit` ends when this many steps in a row have not lessened the inertia of the batches, smoothed
        exponentially over about as many points as there are; None never ends early.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of the starts and of the order of the points.
    device : str, default="auto"
        Where to compute: "cpu", "cuda" or "cuda:N"; "auto" takes a CUDA device where there is one.
        The same program runs on all; it has been run on no GPU yet.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        The means, in the units of the data.
    labels_ : ndarray of shape (n_samples,)
        The group of every point that `fit` or the last `partial_fit` was given.
    inertia_ : float
        The weighted sum of squared distances of these points to their centers, in squared units.
    weights_ : ndarray of shape (n_clusters,)
        The total weight of the points that every center has seen.
    n_iter_ : int
        Looks at all the data, started ones included.
    n_steps_ : int
        Batches seen.
    n_features_in_ : int
        The number of features.

    References
    ----------
    D. Sculley (2010), "Web-scale k-means clustering", WWW 2010, doi:10.1145/1772690.1772862.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 2.0], [1.0, 4.0], [9.0, 2.0], [9.0, 4.0]])
    >>> groups = MiniBatchKMeans(2, random_state=0).fit(X)
    >>> sorted(groups.cluster_centers_[:, 0].tolist())
    [1.0, 9.0]
    """

    n_steps_: int
    weights_: Vector
    _centers: "torch.Tensor"

    _constraints: ClassVar[Constraints] = {
        "n_clusters": (Integer(1),),
        "init": (
            Options(("k-means++", "random")),
            Having("__array__", "an array of shape (n_clusters, n_features)"),
        ),
        "n_init": (Integer(1),),
        "batch_size": (Integer(1),),
        "max_iter": (Integer(1),),
        "max_no_improvement": (Integer(1), Nothing()),
        "random_state": (Seed(),),
        "device": (Text("a device such as 'auto', 'cpu' or 'cuda'"),),
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: str | Matrix = "k-means++",
        n_init: int = 3,
        batch_size: int = 2048,
        max_iter: int = 100,
        max_no_improvement: int | None = 10,
        random_state: RandomState = None,
        device: str = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.max_no_improvement = max_no_improvement
        self.random_state = random_state
        self.device = device

    def fit(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Find the groups, batch by batch in random order.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            CenteredData, finite numbers of any real type.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            How much each point counts, in [0, inf); None counts all alike. At least `n_clusters`
            weights must be above 0.

        Returns
        -------
        MiniBatchKMeans
            Itself.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If there are fewer points than clusters, or weights or starting centers do not fit.
        ValueError
            If X is not a finite matrix (scikit-learn's message).
        """
        check_parameters(self)
        data = self._checked(X, reset=True)
        weights = self._checked_weights(sample_weight, len(data))
        rng = np.random.default_rng(derive(seed_from(self.random_state)))
        with torch_threads(self._device()) as pool:
            points = self._begin(data, weights, rng, pool)
            batches_each = -(-len(data) // self.batch_size)
            patience = _Patience(self.max_no_improvement, 2 / (batches_each + 1))
            while self.n_steps_ < self.max_iter * batches_each and not patience.is_out:
                at = self.n_steps_ % batches_each
                if at == 0:
                    order = rng.permutation(len(data))
                rows = order[at * self.batch_size : (at + 1) * self.batch_size]
                patience.update(self._step(points, weights, rows, rng, pool))
            self.n_iter_ = -(-self.n_steps_ // batches_each)
            self._finish(points, weights, pool)
        return self

    def partial_fit(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Take one step with these points; the first call starts anew and needs `n_clusters` of them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            CenteredData, finite numbers of any real type.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            How much each point counts, in [0, inf); None counts all alike.

        Returns
        -------
        MiniBatchKMeans
            Itself.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If the first call has fewer points than clusters, or weights or starting centers do not fit.
        ValueError
            If X is not a finite matrix (scikit-learn's message).
        """
        check_parameters(self)
        is_first = not hasattr(self, "cluster_centers_")
        data = self._checked(X, reset=is_first)
        weights = self._checked_weights(sample_weight, len(data))
        n_steps = 0 if is_first else self.n_steps_
        rng = np.random.default_rng(derive(seed_from(self.random_state), n_steps))
        with torch_threads(self._device()) as pool:
            if is_first:
                points = self._begin(data, weights, rng, pool)
            else:
                points = CenteredData.of(data, self._device(), self._centering)
                self._centers = self._placed(points).double()
            self._step(points, weights, np.arange(len(data)), rng, pool)
            self._finish(points, weights, pool)
        return self

    def _begin(
        self, data: Matrix, weights: Vector, rng: np.random.Generator, pool: ThreadPool
    ) -> CenteredData:
        """Draw the starting centers, and return the points."""
        self._check_enough(weights)
        self._centering = centering_of(data)
        points = CenteredData.of(data, self._device(), self._centering)
        self._centers = self._starting_centers(points, weights, rng, pool).double()
        self.weights_ = np.zeros(self.n_clusters)
        self.n_steps_ = 0
        return points

    def _starting_centers(
        self, points: CenteredData, weights: Vector, rng: np.random.Generator, pool: ThreadPool
    ) -> "torch.Tensor":
        """Return the best of a few starts, as judged on some of the points."""
        if not isinstance(self.init, str):
            return self._given_centers(points)
        counted = np.flatnonzero(weights)
        n_drawn = min(len(counted), _BATCHES_TO_START * max(self.batch_size, self.n_clusters))
        drawn = np.sort(rng.choice(counted, n_drawn, replace=False))
        few = CenteredData(points.take(_on_device(drawn, points)))
        sample, rngs = Sample.of(few, weights[drawn], pool), rng.spawn(self.n_init)
        if self.init == "k-means++":
            starts = list(kmeans_plus_plus(sample, self.n_clusters, rngs, pool))
        else:
            starts = [draw_points(sample, self.n_clusters, one) for one in rngs]
        inertias = [
            float(sample.weights @ squared_errors(few, start, assign(few, start, pool), pool))
            for start in starts
        ]
        return starts[int(np.argmin(inertias))]

    def _step(
        self,
        points: CenteredData,
        weights: Vector,
        rows: npt.NDArray[np.intp],
        rng: np.random.Generator,
        pool: ThreadPool,
    ) -> float:
        """Update the centers with a batch; return its mean squared distance to the centers before."""
        import torch

        batch = CenteredData(points.take(_on_device(rows, points)))
        counted = _on_device(weights[rows], points)
        centers = self._centers.to(batch.dtype)
        labels = assign(batch, centers, pool)
        errors = squared_errors(batch, centers, labels, pool)

        before = _on_device(self.weights_, points)
        after = before.index_add(0, labels, counted)
        totals = self._centers * before[:, None]
        totals.index_add_(0, labels, batch.rows.double() * counted[:, None])
        is_seen = (after > 0)[:, None]
        self._centers = torch.where(is_seen, totals / after[:, None], self._centers)
        self.weights_ = after.cpu().numpy()
        self.n_steps_ += 1
        self._move_rare(batch, (counted * errors).cpu().numpy(), rng)
        return float(counted @ errors / counted.sum().clamp(min=1e-300))

    def _move_rare(self, batch: CenteredData, mass: Vector, rng: np.random.Generator) -> None:
        """Move centers with hardly any points to points of the batch, drawn by their distance."""
        steps_between = -(-_POINTS_BETWEEN * self.n_clusters // len(batch))
        if self.n_steps_ % steps_between:
            return
        is_rare = self.weights_ < _RARE * self.weights_.mean()
        rare = np.flatnonzero(is_rare)[: min(len(batch) // 2, np.count_nonzero(mass))]
        if len(rare):
            drawn = rng.choice(len(batch), len(rare), replace=False, p=mass / mass.sum())
            self._centers[_on_device(rare, batch)] = batch.rows[_on_device(drawn, batch)].double()
            self.weights_[rare] = self.weights_[~is_rare].min()

    def _finish(self, points: CenteredData, weights: Vector, pool: ThreadPool) -> None:
        """Set the fitted attributes."""
        centers = self._centering.undo(self._centers.cpu().numpy())
        del self._centers  # where they were computed means nothing to who loads the model
        is_single = points.rows.dtype.itemsize == 4
        self.cluster_centers_ = centers.astype(np.float32 if is_single else np.float64)
        self._n_features_out = self.n_clusters
        self.labels_, self.inertia_ = self._judge(points, weights, pool)


class _Patience:
    """Early stopping when a smoothed error has not fallen for too many steps."""

    def __init__(self, limit: int | None, share: float) -> None:
        self._limit, self._share = limit, share
        self._smoothed: float | None = None
        self._least, self._n_steps = np.inf, 0

    @property
    def is_out(self) -> bool:
        """Whether it has ended."""
        return self._limit is not None and self._n_steps >= self._limit

    def update(self, number: float) -> None:
        """Take one step."""
        before = number if self._smoothed is None else self._smoothed
        self._smoothed = before + self._share * (number - before)
        self._n_steps = 0 if self._smoothed < self._least else self._n_steps + 1
        self._least = min(self._least, self._smoothed)


def _on_device(values: npt.NDArray[Any], points: CenteredData) -> "torch.Tensor":
    import torch

    return torch.as_tensor(values, device=points.device)
