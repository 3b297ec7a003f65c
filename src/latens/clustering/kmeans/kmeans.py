"""K-means clustering, written from scratch.

K-means divides points into k groups such that the points lie close to the means of their groups:
it looks for centers `c` and labels `l` with a small inertia, ``sum_i w_i |x_i - c_{l_i}|^2``. Finding
the least is hard; Lloyd's iteration finds a good one from a good start, hence several starts.
"""

import warnings
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from latens._seeds import RandomState, derive, seed_from
from latens._validation import (
    Constraints,
    Having,
    Integer,
    Options,
    Real,
    Seed,
    Text,
    check_parameters,
)
from latens.clustering.kmeans.base import CentersModel, Matrix, centering_of
from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.clustering.kmeans.lloyd import FEW, ROUNDING, Partition, lloyd
from latens.clustering.kmeans.seeding import draw_points, kmeans_plus_plus
from latens.pairwise import ThreadPool, torch_threads

if TYPE_CHECKING:
    import torch

__all__ = ["KMeans"]

_SEEDING_BYTES = 64 * 2**20  # of distances to candidates, for all starts that are drawn together
# Same result either way: how many starts are drawn at once.
_N_TOGETHER = 16  # starts at most, so that none is drawn long before it turns out to be needless


class KMeans(CentersModel):
    """Find k groups of points, each around its mean.

    The result depends on the points and on `random_state`, not on the order of the rows (but for
    rounding), and a weight of 2 means the same as the point twice. Every iteration is exact: bounds
    only spare work whose outcome is certain. Float32 data and bytes are computed in float32 with sums
    in float64; all other data in float64. Memory: one copy of the data, none of bytes, some numbers
    per point, and blocks of a few MB.

    Parameters
    ----------
    n_clusters : int in [1, n_samples], default=8
        The number of groups.
    init : {"k-means++", "random"} or array of shape (n_clusters, n_features), default="k-means++"
        Where to start: points drawn far apart, points just drawn, or these centers.
    n_init : int in [1, inf), default=10
        How many starts; the result with the least inertia is kept. The i-th start is the same
        whatever the number of starts. An array as `init` is one start.
    max_iter : int in [1, inf), default=300
        Iterations of one start at most.
    tol : float in [0, inf), default=1e-4
        A start ends when the squared moves of the centers in one iteration sum up to this share of
        the mean variance of the features, or when no label changes.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of the starts; an integer makes the result reproducible.
    device : str, default="auto"
        Where to compute: "cpu", "cuda" or "cuda:N"; "auto" takes a CUDA device where there is one.
        The same program runs on all; it has been run on no GPU yet.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        The means, in the units of the data.
    labels_ : ndarray of shape (n_samples,)
        The group of every point fitted, an integer in [0, n_clusters).
    inertia_ : float
        The weighted sum of squared distances to the centers, in squared units; lower is better.
    n_iter_ : int
        Iterations of the start that was kept.
    n_features_in_ : int
        The number of features.

    Warns
    -----
    ConvergenceWarning
        If there are fewer different points than clusters. Some centers then are copies, which take
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
        "device": (Text("a device such as 'auto', 'cpu' or 'cuda'"),),
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
        device: str = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.device = device

    def fit(
        self, X: npt.ArrayLike, y: Any = None, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Find the groups.

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
        KMeans
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
        data = self._checked(X, reset=True, copy=True)
        weights = self._checked_weights(sample_weight, len(data))
        self._check_enough(weights)
        self._centering = centering_of(data)
        with torch_threads(self._device()) as pool:
            points = self._points(data)
            best = self._best_start(Sample.of(points, weights, pool), pool)
            # Through the units of the data and back, so that predict(X) repeats these labels exactly.
            centers = self._centering.undo(best.centers.double().cpu().numpy())
            self.cluster_centers_ = centers.astype(data.dtype if data.dtype.kind == "f" else float)
            self.labels_, self.inertia_ = self._judge(points, weights, pool)
        self._n_features_out = self.n_clusters
        self.n_iter_ = best.n_iter
        self._warn_of_copies()
        return self

    def _points(self, data: Matrix) -> CenteredData:
        """Return the centered points: bytes as they are, floats moved in place."""
        if data.dtype.kind != "f":
            return CenteredData.of(data, self._device(), self._centering)
        self._centering.apply_in_place(data)
        return CenteredData.of(data, self._device())

    def _best_start(self, sample: Sample, pool: ThreadPool) -> Partition:
        """Run every start and return the one with the least inertia; of about equal ones the first."""
        projection = Projection.of(sample, pool)
        spread, rounding = sample.spread, ROUNDING[sample.norms.element_size()]
        tol = self.tol * spread / float(sample.weights.sum()) / sample.points.width

        def improve(centers: "torch.Tensor", pool: ThreadPool) -> Partition:
            return lloyd(
                sample, centers, pool, max_iter=self.max_iter, tol=tol, projection=projection
            )

        # Starts run side by side, a core each. The cores share the work on those that are left over
        # unless it is too little to be worth that.
        n_starts = self.n_init if isinstance(self.init, str) else 1
        # Same result either way: what the threads share.
        is_small = self.n_clusters * sample.points.width < FEW
        # Same result either way: what the threads share.
        n_apart = n_starts if is_small else n_starts - n_starts % pool.n_threads
        starts = self._starts(sample, pool, projection)
        apart = pool.each(improve, islice(starts, n_apart))
        best: Partition | None = None
        for found in chain(apart, (improve(centers, pool) for centers in starts)):
            if best is None or found.inertia < best.inertia * (1 - rounding):
                best = found
            if best.inertia <= rounding**2 * spread:
                break
        assert best is not None
        return best

    def _starts(
        self, sample: Sample, pool: ThreadPool, projection: Projection | None
    ) -> "Iterator[torch.Tensor]":
        """Yield the centers of one start after the other, drawn for many at once."""
        if not isinstance(self.init, str):
            yield self._given_centers(sample.points)
            return
        seed, step = seed_from(self.random_state), self._n_together(sample)
        for first in range(0, self.n_init, step):
            starts = range(first, min(first + step, self.n_init))
            rngs = [np.random.default_rng(derive(seed, start)) for start in starts]
            if self.init == "k-means++":
                yield from kmeans_plus_plus(sample, self.n_clusters, rngs, pool, projection)
            else:
                yield from (draw_points(sample, self.n_clusters, rng) for rng in rngs)

    def _n_together(self, sample: Sample) -> int:
        """Return how many starts are drawn together."""
        n_candidates = 2 + int(np.log(self.n_clusters))
        # Same result either way: how many starts are drawn at once.
        bytes_each = len(sample.norms) * n_candidates * sample.norms.element_size()
        # Same result either way: how many starts are drawn at once.
        return max(1, min(_N_TOGETHER, _SEEDING_BYTES // bytes_each))

    def _warn_of_copies(self) -> None:
        n_found = len(np.unique(self.labels_))
        if n_found < self.n_clusters:
            warnings.warn(
                f"KMeans found {n_found} different clusters where n_clusters={self.n_clusters}: "
                "X may have fewer different points.",
                ConvergenceWarning,
                stacklevel=3,
            )
