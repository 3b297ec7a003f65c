"""Merged classes are those that share a cluster; the nearest pairs of samples show where they touch.

A cluster that holds several classes is not yet explained. The nearest two samples of different classes
in it are: looked at side by side, they show what the codes take to be the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, Real, check_value
from latens.metrics.inputs import LabelArray, as_labels, as_matrix
from latens.pairwise import Centering, row_blocks, squared_distances

__all__ = ["MergedClasses", "NearPair", "merged_classes"]

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_TILE_BYTES = 2**21


@dataclass(frozen=True)
class NearPair:
    """Two samples of one cluster and two classes.

    Attributes
    ----------
    classes : tuple of two
        The class of each.
    samples : tuple of two int
        Their positions in the data.
    distance : float
        How far apart they are, in the units of the data.
    """

    classes: tuple[Any, Any]
    samples: tuple[int, int]
    distance: float


@dataclass(frozen=True)
class MergedClasses:
    """A cluster that holds more than one class.

    Attributes
    ----------
    cluster : object
        The label of the cluster.
    classes : tuple
        The classes it merges, the most frequent one first.
    counts : tuple of int
        How many samples of each it holds.
    size : int
        How many samples it holds, those of rare classes included.
    pairs : tuple of NearPair
        The nearest pairs for every two of the classes, the nearest first.
    """

    cluster: Any
    classes: tuple[Any, ...]
    counts: tuple[int, ...]
    size: int
    pairs: tuple[NearPair, ...]


def merged_classes(
    Z: npt.ArrayLike,
    y: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    n_pairs: int = 3,
    min_share: float = 0.1,
) -> tuple[MergedClasses, ...]:
    """Find the classes that share a cluster, and their nearest pairs of samples.

    The classes explain clusters; they never choose any. Exact, in tiles of distances.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.
    n_pairs : int in [1, inf), default=3
        How many pairs to give for every two classes of a cluster.
    min_share : float in [0, 1], default=0.1
        A class counts as merged if it has at least this share of the cluster.

    Returns
    -------
    tuple of MergedClasses
        In the order of the cluster labels; clusters of one class are left out.

    Raises
    ------
    DataError
        If the data, the classes or the labels do not fit together.
    ParameterError
        If a parameter is outside its range.

    Examples
    --------
    >>> Z = [[0.0], [1.0], [3.0], [9.0]]
    >>> (merge,) = merged_classes(Z, ["shirt", "coat", "coat", "bag"], [0, 0, 0, 1])
    >>> merge.classes, merge.counts
    (('coat', 'shirt'), (2, 1))
    >>> merge.pairs[0]
    NearPair(classes=('coat', 'shirt'), samples=(1, 0), distance=1.0)
    """
    check_value("merged_classes", "n_pairs", n_pairs, (Integer(1),))
    check_value("merged_classes", "min_share", min_share, (Real(0, 1),))
    points = as_matrix(Z)
    truth, found = as_labels(y, len(points), "y"), as_labels(labels, len(points))
    merges = []
    for cluster, name in enumerate(found.values.tolist()):
        rows = np.flatnonzero(found.codes == cluster)
        counts = np.bincount(truth.codes[rows], minlength=len(truth.values))
        frequent = (counts > 0) & (counts >= min_share * len(rows))
        if np.count_nonzero(frequent) > 1:
            merges.append(_merge(points, truth, rows, np.flatnonzero(frequent), name, n_pairs))
    return tuple(merges)


def _merge(
    points: Matrix, truth: LabelArray, rows: Rows, frequent: Rows, name: Any, n_pairs: int
) -> MergedClasses:
    """Describe a cluster that consists of some rows and merges some classes."""
    members = {code: rows[truth.codes[rows] == code] for code in frequent.tolist()}
    classes = sorted(members, key=lambda code: -len(members[code]))
    names = truth.values.tolist()
    pairs = [
        NearPair((names[a], names[b]), samples, distance)
        for a, b in combinations(classes, 2)
        for samples, distance in _nearest_pairs(points, members[a], members[b], n_pairs)
    ]
    return MergedClasses(
        name,
        tuple(names[code] for code in classes),
        tuple(len(members[code]) for code in classes),
        len(rows),
        tuple(sorted(pairs, key=lambda pair: pair.distance)),
    )


def _nearest_pairs(
    points: Matrix, first: Rows, second: Rows, n_pairs: int
) -> Iterator[tuple[tuple[int, int], float]]:
    """Find the nearest pairs between two sets of rows, the nearest first."""
    centering = Centering.of(points[np.concatenate([first, second])])
    others, best = centering.apply(points[second]), np.full(n_pairs, np.inf)
    where = np.zeros((n_pairs, 2), dtype=np.intp)
    for rows in row_blocks(len(first), 8 * len(second), _TILE_BYTES):
        squared = squared_distances(centering.apply(points[first[rows]]), others)
        closer = np.argwhere(squared < best[-1])
        if len(closer) == 0:
            continue
        candidates = np.concatenate([best, squared[tuple(closer.T)]])
        places = np.concatenate([where, closer + np.array([rows.start, 0])])
        kept = np.argsort(candidates, kind="stable")[:n_pairs]
        best, where = candidates[kept], places[kept]
    for (a, b), square in zip(where, best, strict=True):
        if np.isfinite(square):  # two small classes have fewer pairs than asked for
            yield (int(first[a]), int(second[b])), float(np.sqrt(square)) / centering.scale
