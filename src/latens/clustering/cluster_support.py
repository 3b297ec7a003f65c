"""Clusters are supported by the data if they come back from subsamples and have gaps between them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binom, chi2

from latens._seeds import derive
from latens.clustering.kmeans import KMeans
from latens.pairwise import centered, squared_distances

__all__ = ["Support", "weigh"]

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Pair = tuple[int, int]

_PARTS = 5  # each is left out once
_STARTS = 10  # of K-means on what is left
_RETURNING = 0.75  # Hennig (2007): a cluster of a mean Jaccard index from here on is valid
_SAME = 0.5  # ... and one below it is dissolved: another cluster took its place
_SHALLOW = 0.75  # of the density at the lesser center: no gap to speak of
_LEVEL = 0.01
_SEEDS = 2**31  # as many as K-means takes
# Places on the line from one center, 0, to the other, 1. Where spreads differ, the gap is off the middle.
_CORE = 0.25
_GAPS = ((0.25, 0.75), (0.375, 0.625), (0.25, 0.5), (0.5, 0.75))


@dataclass(frozen=True)
class Support:
    """The evidence for a number of clusters.

    Attributes
    ----------
    k : int
        The number.
    returning : float
        How much of the cluster that returns least is found again when a fifth of the points is left out:
        the median Jaccard index of five, in [0, 1]. NaN where it was not asked, as there is no gap even
        among the points that made the clusters.
    density : float
        The density of points in the gap between two neighbors, as a share of that at the lesser of the
        two centers; the largest of all neighbors, in [0, inf].
    p_value : float
        How probable gaps as deep as all of these would be among clusters without any, in [0, 1].
    groups : int
        How many there are if neighbors without a gap between them are taken together, in [1, k].
    """

    k: int
    returning: float
    density: float
    p_value: float
    groups: int

    @property
    def comes_back(self) -> bool:
        """Whether every cluster is found again."""
        return self.returning >= _RETURNING

    @property
    def stands_apart(self) -> bool:
        """Whether there is a gap between all neighbors, and more than chance would make."""
        return self.density < _SHALLOW and self.p_value < _LEVEL


def weigh(points: Matrix, labels: Indices, k: int, seed: int) -> Support:
    """Cluster four fifths of the points five times, and look for gaps in the fifth that was left out.

    A gap is looked for on the line between the centers of two neighbors, among points that the centers
    have not seen: K-means puts its borders where there are few points, so that there is a gap between
    clusters of anything, seen by the points that made them. Along a line that does not depend on them, no
    cloud of one hump has a gap, be it normal, even, heavy-tailed or drawn out; hence no reference of one
    particular shape is drawn.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
        What K-means made of all of them.
    k : int
        How many clusters.
    seed : int

    References
    ----------
    C. Hennig (2007), "Cluster-wise assessment of cluster stability", Computational Statistics & Data
    Analysis 52, doi:10.1016/j.csda.2006.11.025, and (2010), "Methods for merging Gaussian mixture
    components", doi:10.1007/s11634-010-0058-3. J. A. Hartigan, P. M. Hartigan (1985), "The dip test of
    unimodality", Annals of Statistics 13, doi:10.1214/aos/1176346577. R. A. Fisher (1925), "Statistical
    Methods for Research Workers", section 21.1, on several tests in one.

    Examples
    --------
    >>> line = np.arange(40.0)[:, None]
    >>> halves = np.repeat([0, 1], 20)
    >>> weigh(line, halves, 2, seed=0).stands_apart
    False
    >>> weigh(line + 60 * halves[:, None], halves, 2, seed=0).stands_apart
    True
    """
    if len(np.unique(labels)) < k:
        return Support(k, np.nan, np.inf, 1.0, 1)
    points = centered(points)
    centers = np.stack([points[labels == one].mean(axis=0) for one in range(k)])
    pairs = _neighbors(points, labels, centers)
    seen = _gaps(k, pairs, [_between(points, labels, centers, pair) for pair in pairs], np.nan)
    if seen.density >= _SHALLOW:
        return seen  # there is no gap even where the borders were drawn
    places: list[list[Matrix]] = [[] for _ in pairs]
    jaccard = np.zeros((_PARTS, k))
    order = np.random.default_rng(derive(seed, k)).permutation(len(points))
    for part in range(_PARTS):
        out = order[part::_PARTS]
        rest = np.delete(points, out, axis=0)
        if len(np.unique(rest, axis=0)) < k:
            continue  # and nothing has come back
        model = KMeans(k, n_init=_STARTS, random_state=derive(seed, k, part) % _SEEDS).fit(rest)
        found = model.predict(points)
        overlaps = _jaccard(labels, found, k)
        jaccard[part] = overlaps.max(axis=1)
        twins = overlaps.argmax(axis=1)
        for pair, there in zip(pairs, places, strict=True):
            a, b = twins[list(pair)]
            if a != b and jaccard[part, list(pair)].min() >= _SAME:
                there.append(_between(points[out], found[out], model.cluster_centers_, (a, b)))
    returning = float(np.median(jaccard, axis=0).min())
    return _gaps(k, pairs, [np.concatenate([*there, []]) for there in places], returning)


def _neighbors(points: Matrix, labels: Indices, centers: Matrix) -> list[Pair]:
    """Return, for every cluster, the one that most points have next and the one whose center is next."""
    distances = squared_distances(points, centers)
    distances[np.arange(len(points)), labels] = np.inf
    borders = np.zeros((len(centers), len(centers)))
    np.add.at(borders, (labels, distances.argmin(axis=1)), 1)
    apart = squared_distances(centers, centers)
    np.fill_diagonal(apart, np.inf)
    nexts = [(borders + borders.T).argmax(axis=1), apart.argmin(axis=1)]
    return sorted({(min(a, b), max(a, b)) for some in nexts for a, b in enumerate(some.tolist())})


def _jaccard(first: Indices, second: Indices, k: int) -> Matrix:
    """Return the Jaccard index of every cluster of the first with every one of the second."""
    shared = np.zeros((k, k))
    np.add.at(shared, (first, second), 1)
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0) - shared
    return np.divide(shared, either, out=np.zeros((k, k)), where=either > 0)


def _between(points: Matrix, labels: Indices, centers: Matrix, pair: Pair) -> Matrix:
    """Return where the points of two clusters lie on the line from one center, 0, to the other, 1."""
    first, second = centers[list(pair)]
    way = second - first
    places: Matrix = (points[np.isin(labels, pair)] - first) @ way / (way @ way)
    return places


def _gaps(k: int, pairs: list[Pair], places: list[Matrix], returning: float) -> Support:
    """Sum up the gaps between neighbors, given where the points of every two lie between them."""
    densities, p_values = (np.array(some) for some in zip(*map(_gap, places), strict=True))
    together = chi2.sf(-2 * np.log(np.maximum(p_values, 1e-300)).sum(), 2 * len(p_values))
    joined = np.array(pairs)[densities >= _SHALLOW]
    graph = coo_matrix((np.ones(len(joined)), joined.reshape(-1, 2).T), shape=(k, k))
    groups = connected_components(graph, directed=False)[0]
    return Support(k, returning, float(densities.max()), float(together), int(groups))


def _gap(places: Matrix) -> tuple[float, float]:
    """Return the density in the deepest gap, relative to the lesser core, and its p-value.

    Of points that lie either in a gap or in a core of the same density, a share of width / (width + core)
    lies in the gap; fewer are a gap. The p-value is for the best of several, hence times their number.
    """
    core = min(int((np.abs(places - center) < _CORE).sum()) for center in (0, 1))
    if core == 0:
        return np.inf, 1.0
    densities, p_values = [], []
    for low, high in _GAPS:
        inside = int(((places >= low) & (places <= high)).sum())
        width = (high - low) / (2 * _CORE)
        densities.append(inside / width / core)
        p_values.append(float(binom.cdf(inside, inside + core, width / (1 + width))))
    return min(densities), min(1.0, len(_GAPS) * min(p_values))
