"""How many clusters there are, as far as numbers can tell, and where they do not agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from latens._seeds import RandomState, derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering.gap import gap_statistic
from latens.clustering.kmeans import KMeans
from latens.clustering.numbers import checked_numbers
from latens.clustering.stability import stability
from latens.exceptions import DataError, ParameterError
from latens.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_sweep
from latens.metrics.inputs import as_matrix

__all__ = ["CRITERIA", "ChosenK", "Criterion", "choose_k"]

Matrix = npt.NDArray[np.float64]
Labelings = npt.NDArray[np.intp]

CRITERIA = ("silhouette", "calinski_harabasz", "davies_bouldin", "gap", "stability")
_QUICK = CRITERIA[:3]  # those that need no further clustering


@dataclass(frozen=True, eq=False)
class Criterion:
    """What one criterion says about every number of clusters.

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
    """What K-means found for each number of clusters.

    Attributes
    ----------
    ks : tuple of int
        The numbers of clusters tried.
    criteria : tuple of Criterion
        What each criterion says; the silhouette comes first and chooses.
    inertias : ndarray of shape (n_ks,)
        The inertia of each, in squared units; it falls with k and cannot choose.
    labelings : ndarray of shape (n_ks, n_samples)
        The cluster of every sample, for each.
    scored : ndarray of shape (n_scored,)
        The positions of the samples that costly criteria were computed on.
    """

    ks: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    inertias: Matrix
    labelings: Labelings
    scored: npt.NDArray[np.intp]

    @property
    def silhouettes(self) -> Matrix:
        """The silhouette score of each number, in [-1, 1]; higher is better."""
        return self.criteria[0].values

    @property
    def best(self) -> int:
        """The number of clusters with the highest silhouette; the first tried on a tie."""
        return self.criteria[0].best

    @property
    def labels(self) -> npt.NDArray[np.intp]:
        """The cluster of every sample for the best number of clusters."""
        labels: npt.NDArray[np.intp] = self.labelings[int(self.silhouettes.argmax())]
        return labels

    @property
    def dissenting(self) -> tuple[Criterion, ...]:
        """The criteria that would choose another number than the silhouette."""
        return tuple(one for one in self.criteria if one.best != self.best)


def choose_k(
    Z: npt.ArrayLike,
    ks: Iterable[int] = range(2, 11),
    *,
    criteria: Sequence[str] = _QUICK,
    n_init: int = 10,
    random_state: RandomState = None,
    max_samples: int = 10_000,
) -> ChosenK:
    """Choose the number of clusters by the silhouette, without any labels, and ask others too.

    K-means runs on all points for every k. Silhouettes, gaps and stability are computed on at most
    `max_samples` points, the same random subset for all k; the silhouettes are exact there. A cluster
    that the subset misses is represented by one more point. Where the criteria disagree
    (`ChosenK.dissenting`), the data has no single answer, and the pictures of several k are worth a
    look. The inertia is given but chooses nothing: its elbow is in the eye of the beholder.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes.
    ks : iterable of int, default=range(2, 11)
        The numbers of clusters to try, each from 2 to the number of scored samples minus 1.
    criteria : sequence of str, default=("silhouette", "calinski_harabasz", "davies_bouldin")
        What to ask, some of `CRITERIA`. The silhouette is asked always, and first. "gap" and
        "stability" cluster again, 10 and 20 times for every k.
    n_init : int in [1, inf), default=10
        Starts of K-means for every k.
    random_state : int in [0, 2**31), RandomState or None, default=None
        The seed of K-means and of all that is drawn.
    max_samples : int in [3, inf), default=10_000
        How many points the silhouettes, gaps and stability are computed on.

    Returns
    -------
    ChosenK

    Raises
    ------
    ParameterError
        If a number of clusters is not possible, or a criterion unknown.
    DataError
        If Z is not a finite matrix, or all its points are equal.

    References
    ----------
    P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis", doi:10.1016/0377-0427(87)90125-7. O. Arbelaitz, I. Gurrutxaga, J. Muguerza,
    J. M. Pérez, I. Perona (2013), "An extensive comparative study of cluster validity indices",
    doi:10.1016/j.patcog.2012.07.021. E. Schubert (2023), "Stop using the elbow criterion for k-means
    and how to choose the number of clusters instead", doi:10.1145/3606274.3606278.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> chosen = choose_k(Z, range(2, 6), random_state=0)
    >>> chosen.best, [one.best for one in chosen.criteria]
    (3, [3, 3, 3])
    """
    check_value("choose_k", "max_samples", max_samples, (Integer(3),))
    asked = _checked_criteria(criteria)
    points = as_matrix(Z)
    most = min(max_samples, len(points)) - 1
    tried = checked_numbers("choose_k", ks, 2, most, "the number of scored samples minus 1")
    if (points == points[0]).all():
        raise DataError("Z of choose_k must hold different points. Got one point, repeated.")
    seed = seed_from(random_state)
    found = [KMeans(k, n_init=n_init, random_state=seed).fit(points) for k in tried]
    labelings = np.stack([model.labels_ for model in found])
    scored = _subset(labelings, max_samples, seed)
    asking = _Asking(points, points[scored], labelings, labelings[:, scored], tried, seed)
    return ChosenK(
        tried,
        tuple(getattr(asking, name)() for name in asked),
        np.array([model.inertia_ for model in found]),
        labelings,
        scored,
    )


@dataclass(frozen=True, eq=False)
class _Asking:
    """What the criteria look at; each method answers for the criterion of its name."""

    points: Matrix
    scored_points: Matrix
    labelings: Labelings
    scored_labelings: Labelings
    ks: tuple[int, ...]
    seed: int

    def silhouette(self) -> Criterion:
        values = silhouette_sweep(self.scored_points, self.scored_labelings)
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
        gaps = gap_statistic(self.scored_points, self.ks, random_state=self.seed)
        return Criterion("gap", "Gap statistic", "higher", gaps.gaps, gaps.best)

    def stability(self) -> Criterion:
        found = stability(self.scored_points, self.ks, random_state=self.seed)
        return Criterion("stability", "Stability", "higher", found.means, found.best)


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


def _subset(labelings: Labelings, max_samples: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the positions of the scored samples, among which every cluster has a member."""
    n_samples = labelings.shape[1]
    if n_samples <= max_samples:
        return np.arange(n_samples)
    rng = np.random.default_rng(derive(seed, n_samples))
    drawn = rng.choice(n_samples, max_samples, replace=False)
    missed = []
    for labels in labelings:
        clusters, first = np.unique(labels, return_index=True)
        missed.append(first[~np.isin(clusters, labels[drawn])])
    return np.unique(np.concatenate([drawn, *missed]))
