"""The number of clusters is chosen by several criteria, where it is clear.

Criteria propose: each has a number that it would choose. Each of these numbers is then put to the
test, five times with a fifth of the points left out. It holds if

- its clusters come back: each is found again in what is left, with a median Jaccard index of .75;
- they stand apart: on the line between the centers of two neighbors, the points left out are in one
  place less than .75 times as dense as around the lesser center, and gaps as deep as all of these
  would come by chance in less than one case in 100. A single cloud of whatever shape has no gaps.

The largest number that holds is the best, as it tells most. There is no clear number where none
holds; where a larger one has more groups with gaps between them than the best has clusters; where fewer
than half of the criteria propose the best, unless all numbers proposed hold; or where the best is the
largest that was tried, unless there are no more different points.

References
----------
P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of
cluster analysis", doi:10.1016/0377-0427(87)90125-7. O. Arbelaitz, I. Gurrutxaga, J. Muguerza,
J. M. Pérez, I. Perona (2013), "An extensive comparative study of cluster validity indices",
doi:10.1016/j.patcog.2012.07.021. C. Hennig (2007), "Cluster-wise assessment of cluster stability",
doi:10.1016/j.csda.2006.11.025. S. Ben-David, U. von Luxburg, D. Pál (2006), "A sober look at
clustering stability", doi:10.1007/11776420_4, on why clusters that come back are not enough.
R. Tibshirani, G. Walther (2005), "Cluster validation by prediction strength",
doi:10.1198/106186005X59243. E. Schubert (2023), "Stop using the elbow criterion for k-means and how
to choose the number of clusters instead", doi:10.1145/3606274.3606278.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering.check_ks import automatic_ks, check_ks, ks_around
from latens.clustering.cluster_support import Support, weigh
from latens.clustering.gap import gap_statistic
from latens.clustering.kmeans import KMeans
from latens.clustering.stability import stability
from latens.exceptions import DataError, ParameterError
from latens.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_sweep
from latens.metrics.inputs import as_matrix

__all__ = ["CRITERIA", "ChosenK", "Criterion", "choose_k"]

Matrix = npt.NDArray[np.float64]
Labelings = npt.NDArray[np.intp]

CRITERIA = ("silhouette", "calinski_harabasz", "davies_bouldin", "gap", "stability")
_QUICK = CRITERIA[:3]  # those that need no further clustering
_MOST = 100  # clusters, where no numbers are given
_ITERATIONS = 30  # the last of hundreds move few points, and would take most of the time


@dataclass(frozen=True, eq=False)
class Criterion:
    """The values of one criterion for every number of clusters, and its choice.

    Attributes
    ----------
    name : str
        One of `CRITERIA`.
    label : str
        Its heading.
    better : {"higher", "lower"}
        Which way is better.
    values : ndarray of shape (n_ks,)
        Its value for each number of clusters.
    best : int
        The number it would choose.
    """

    name: str
    label: str
    better: Literal["higher", "lower"]
    values: Matrix
    best: int


@dataclass(frozen=True, eq=False)
class ChosenK:
    """What K-means found for each number of clusters, and whether one of the numbers is clear.

    Attributes
    ----------
    ks : tuple of int
        The numbers of clusters tried.
    criteria : tuple of Criterion
        What each criterion says; the silhouette comes first.
    inertias : ndarray of shape (n_ks,)
        The inertia of each among the scored samples, in squared units; it falls with k and cannot choose.
    labelings : ndarray of shape (n_ks, n_samples)
        The cluster of every sample, for each.
    scored : ndarray of shape (n_scored,)
        The positions of the samples that were clustered and scored.
    best : int or None
        The number of clusters; None: there is no clear number.
    reason : str
        Why it is the best, or why there is none, in words.
    support : tuple of Support
        What speaks for each number that a criterion would choose, in ascending order.
    """

    ks: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    inertias: Matrix
    labelings: Labelings
    scored: npt.NDArray[np.intp]
    best: int | None
    reason: str
    support: tuple[Support, ...]

    @property
    def silhouettes(self) -> Matrix:
        """The silhouette score of each number, in [-1, 1]; higher is better."""
        return self.criteria[0].values

    @property
    def labels(self) -> npt.NDArray[np.intp]:
        """The cluster of every sample for the best number of clusters.

        Raises
        ------
        DataError
            If there is no clear number.
        """
        if self.best is None:
            raise DataError(
                f"There are no labels, as there is no clear number of clusters: {self.reason}. Take a "
                "number from 'ks', and the labels in the same place of 'labelings'."
            )
        labels: npt.NDArray[np.intp] = self.labelings[self.ks.index(self.best)]
        return labels

    @property
    def dissenting(self) -> tuple[Criterion, ...]:
        """The criteria that would choose another number; all of them where none is clear."""
        return tuple(one for one in self.criteria if one.best != self.best)


def choose_k(
    Z: npt.ArrayLike,
    ks: Iterable[int] | None = None,
    *,
    criteria: Sequence[str] = _QUICK,
    n_init: int = 10,
    random_state: RandomState = None,
    max_samples: int = 5_000,
) -> ChosenK:
    """Choose the number of clusters without any labels, or say that there is no clear number.

    The rules, and where they come from, stand at the head of this module. K-means runs on at most
    `max_samples` points, the same random subset for all k; the other points go to the nearest center. The
    inertia is given but chooses nothing.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    ks : iterable of int or None, default=None
        The numbers of clusters to try, each from 2 to the number of scored samples minus 1. None: up to
        15 numbers from 2 to min(100, sqrt(n_samples)), all small ones among them, and then up to 15
        more on both sides of the largest silhouette.
    criteria : sequence of str, default=("silhouette", "calinski_harabasz", "davies_bouldin")
        What to ask, some of `CRITERIA`. The silhouette is asked always, and first. "gap" and
        "stability" cluster again, 10 and 20 times for every k.
    n_init : int in [1, inf), default=10
        Starts of K-means for every k, of at most 30 iterations.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of K-means and of all that is drawn.
    max_samples : int in [3, inf), default=5_000
        How many points are clustered and scored.

    Returns
    -------
    ChosenK

    Raises
    ------
    ParameterError
        If a number of clusters is not possible, or a criterion unknown.
    DataError
        If Z is not a finite matrix, has fewer than 3 points, or all its points are equal.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> chosen = choose_k(Z, random_state=0)
    >>> chosen.best, [one.best for one in chosen.criteria]
    (3, [3, 3, 3])
    >>> choose_k(np.random.default_rng(0).normal(size=(90, 2)), random_state=0).best is None
    True
    """
    check_value("choose_k", "max_samples", max_samples, (Integer(3),))
    asked = _checked_criteria(criteria)
    points = as_matrix(Z)
    seed = seed_from(random_state)
    scored = _subset(len(points), max_samples, seed)
    distinct, most = _distinct(points[scored]), len(scored) - 1
    sweep = _Sweep(points[scored], n_init, seed)
    if ks is None:
        tried = automatic_ks(min(_MOST, math.isqrt(len(points)), distinct, most))
        largest = sweep.silhouettes(tried).argmax()
        tried = tuple(sorted({*tried, *ks_around(tried, int(largest))}))
    else:
        tried = check_ks("choose_k", ks, 2, most, "the number of scored samples minus 1")
    asking = _Asking(sweep.points, sweep.labelings(tried), tried, seed)
    found = tuple(getattr(asking, name)() for name in asked)
    support = asking.support(sorted({one.best for one in found}))
    models = [sweep.model(k) for k in tried]
    return ChosenK(
        tried,
        found,
        np.array([model.inertia_ for model in models]),
        _everywhere(models, points, scored),
        scored,
        *_judge(support, found, last=max(tried) if max(tried) < distinct else None),
        support,
    )


def _distinct(points: Matrix) -> int:
    """Count the different points; refuse too few to cluster."""
    distinct = len(np.unique(points, axis=0))
    if distinct == 1 or len(points) < 3:
        got = "one point, repeated" if distinct == 1 else f"{len(points)} points"
        raise DataError(f"Z of choose_k must hold at least 3 points, not all equal. Got {got}.")
    return distinct


def _judge(
    support: tuple[Support, ...], criteria: tuple[Criterion, ...], last: int | None
) -> tuple[int | None, str]:
    """Return the best number, or None, and the reason; `last` is the edge of what was tried."""
    holding = [one.k for one in support if one.comes_back and one.stands_apart]
    if not holding:
        first = next(one for one in support if one.k == criteria[0].best)
        names = ", ".join(str(one.k) for one in support)
        if first.stands_apart:
            return None, f"the clusters do not come back from other samples (of {names} clusters)"
        return None, f"there are no gaps between the clusters (of {names}), as in a single cloud"
    best = max(holding)
    finer = [f"{one.k}" for one in support if one.k > best and one.groups > best]
    if finer:
        what = (
            f"{best} clusters hold, but finer ones ({', '.join(finer)}) have gaps between them, too"
        )
        return None, f"{what}, and do not all come back"
    votes = sum(one.best == best for one in criteria)
    if 2 * votes < len(criteria) and len(holding) < len(support):
        names = ", ".join(f"{one.label} {one.best}" for one in criteria)
        return None, f"the criteria do not agree ({names}), and not all of these clusters come back"
    if best == last:
        return None, f"the best number is {best}, the largest tried, and a larger one may be better"
    return best, "the clusters come back from other samples, with gaps between them"


class _Sweep:
    """K-means models of the same points, each number of clusters fitted once."""

    def __init__(self, points: Matrix, n_init: int, seed: int) -> None:
        self.points = points
        self._n_init, self._seed = n_init, seed
        self._models: dict[int, KMeans] = {}

    def model(self, k: int) -> KMeans:
        if k not in self._models:
            model = KMeans(k, n_init=self._n_init, max_iter=_ITERATIONS, random_state=self._seed)
            self._models[k] = model.fit(self.points)
        return self._models[k]

    def labelings(self, ks: tuple[int, ...]) -> Labelings:
        return np.stack([self.model(k).labels_ for k in ks])

    def silhouettes(self, ks: tuple[int, ...]) -> Matrix:
        return silhouette_sweep(self.points, self.labelings(ks))


@dataclass(frozen=True, eq=False)
class _Asking:
    """The data of the criteria; each method computes the criterion of its name."""

    points: Matrix
    labelings: Labelings
    ks: tuple[int, ...]
    seed: int

    def silhouette(self) -> Criterion:
        values = silhouette_sweep(self.points, self.labelings)
        best = self.ks[int(values.argmax())]
        return Criterion("silhouette", "Silhouette", "higher", values, best)

    def calinski_harabasz(self) -> Criterion:
        scores = [calinski_harabasz_score(self.points, labels) for labels in self.labelings]
        best = self.ks[int(np.argmax(scores))]
        return Criterion("calinski_harabasz", "Calinski-Harabasz", "higher", np.array(scores), best)

    def davies_bouldin(self) -> Criterion:
        scores = [davies_bouldin_score(self.points, labels) for labels in self.labelings]
        best = self.ks[int(np.argmin(scores))]
        return Criterion("davies_bouldin", "Davies-Bouldin", "lower", np.array(scores), best)

    def gap(self) -> Criterion:
        gaps = gap_statistic(self.points, self.ks, random_state=self.seed)
        return Criterion("gap", "Gap statistic", "higher", gaps.gaps, gaps.best)

    def stability(self) -> Criterion:
        found = stability(self.points, self.ks, random_state=self.seed)
        return Criterion("stability", "Stability", "higher", found.means, found.best)

    def support(self, ks: Iterable[int]) -> tuple[Support, ...]:
        labelings = dict(zip(self.ks, self.labelings, strict=True))
        return tuple(weigh(self.points, labelings[k], k, self.seed) for k in ks)


def _checked_criteria(criteria: Sequence[str]) -> tuple[str, ...]:
    """Return the criteria in the order of `CRITERIA`, the silhouette among them."""
    asked = criteria if isinstance(criteria, tuple | list) else ()
    if not asked or not all(isinstance(one, str) and one in CRITERIA for one in asked):
        known = ", ".join(repr(one) for one in CRITERIA)
        raise ParameterError(
            f"The 'criteria' parameter of choose_k must be a tuple of some of {known}. "
            f"Got {criteria!r} instead."
        )
    return tuple(one for one in CRITERIA if one in asked or one == "silhouette")


def _subset(n_samples: int, max_samples: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the positions of the scored samples."""
    if n_samples <= max_samples:
        return np.arange(n_samples)
    rng = np.random.default_rng(derive(seed, n_samples))
    return np.sort(rng.choice(n_samples, max_samples, replace=False))


def _everywhere(models: list[KMeans], points: Matrix, scored: npt.NDArray[np.intp]) -> Labelings:
    """Return the labels of all points, also of those that were not clustered."""
    is_all = len(scored) == len(points)
    return np.stack([model.labels_ if is_all else model.predict(points) for model in models])
