"""The silhouette scores how far clusters stand apart, exactly, for one labeling or many at once.

The silhouette of a sample compares a, its mean distance to the others of its cluster, with b, its
mean distance to the nearest other cluster: ``s = (b - a) / max(a, b)``. All it needs is the sum of
distances from every sample to every cluster. A tile of distances serves all labelings, and both of
its sides, before it is forgotten; no n x n matrix is ever held.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from latens._devices import resolve_exact_device
from latens.exceptions import DataError
from latens.metrics.inputs import LabelArray, as_labels, as_matrix
from latens.pairwise import centered, distance_sums, distance_sums_on_device

__all__ = ["silhouette_samples", "silhouette_score", "silhouette_sweep"]

Matrix = npt.NDArray[np.float64]
Summation = Callable[[Matrix, npt.NDArray[np.intp], int], Iterator[tuple[slice, Matrix]]]


def silhouette_score(Z: npt.ArrayLike, labels: npt.ArrayLike, *, device: str = "cpu") -> float:
    """Score how far clusters stand apart, without knowing any classes.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; 2 to n_samples - 1 different labels.
    device : str, default="cpu"
        Where to compute: "cpu", "cuda" or "cuda:N"; "auto" takes a CUDA device where there is one. The
        program for devices agrees with the CPU's own to 1e-5. It has been tested on a CPU, and has
        been run on no GPU.

    Returns
    -------
    float
        The mean of `silhouette_samples`, in [-1, 1]; higher is better, 0 is overlap.

    Raises
    ------
    ParameterError
        If the device is none, or is not on this machine.
    DataError
        If the data or the labels cannot be scored.

    References
    ----------
    P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis", Journal of Computational and Applied Mathematics 20,
    doi:10.1016/0377-0427(87)90125-7.

    Examples
    --------
    >>> round(silhouette_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]), 4)
    0.8997
    """
    return float(silhouette_samples(Z, labels, device=device).mean())


def silhouette_samples(Z: npt.ArrayLike, labels: npt.ArrayLike, *, device: str = "cpu") -> Matrix:
    """Score every sample by whether it lies in its own cluster, between two, or in the wrong one.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labels : array-like of shape (n_samples,)
        The cluster of every point; 2 to n_samples - 1 different labels.
    device : str, default="cpu"
        Where to compute: "cpu", "cuda" or "cuda:N"; "auto" takes a CUDA device where there is one. The
        program for devices agrees with the CPU's own to 1e-5. It has been tested on a CPU, and has
        been run on no GPU.

    Returns
    -------
    ndarray of shape (n_samples,)
        In [-1, 1]; higher is better. A sample that is alone in its cluster scores 0, as does one
        that coincides with both its own and the next cluster.

    Raises
    ------
    ParameterError
        If the device is none, or is not on this machine.
    DataError
        If the data or the labels cannot be scored.

    Examples
    --------
    >>> silhouette_samples([[0.0], [1.0], [11.0]], ["a", "a", "b"]).round(3)
    array([0.909, 0.9  , 0.   ])
    """
    points, labelings = _checked(Z, [labels])
    return _silhouettes(points, labelings, _summation(device))[0]


def silhouette_sweep(
    Z: npt.ArrayLike,
    labelings: Iterable[npt.ArrayLike] | npt.NDArray[np.generic],
    *,
    device: str = "cpu",
) -> Matrix:
    """Score many labelings of the same points, such as one per number of clusters.

    The distance of each pair of points is computed once for all labelings, which is where the time
    goes. Memory: a tile of distances (8 MB), and one number per sample and cluster of each
    labeling; the n x n matrix is never held.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_features)
        The points, such as codes; distances are Euclidean.
    labelings : iterable of array-likes of shape (n_samples,)
        The labelings, each with 2 to n_samples - 1 different labels.
    device : str, default="cpu"
        Where to compute: "cpu", "cuda" or "cuda:N"; "auto" takes a CUDA device where there is one. The
        program for devices agrees with the CPU's own to 1e-5. It has been tested on a CPU, and has
        been run on no GPU.

    Returns
    -------
    ndarray of shape (n_labelings,)
        The silhouette score of each, in [-1, 1]; higher is better.

    Raises
    ------
    ParameterError
        If the device is none, or is not on this machine.
    DataError
        If the data or one of the labelings cannot be scored.

    Examples
    --------
    >>> silhouette_sweep([[0.0], [1.0], [10.0], [11.0]], [[0, 0, 1, 1], [0, 1, 0, 1]]).round(2)
    array([ 0.9 , -0.45])
    """
    points, encoded = _checked(Z, labelings)
    return _silhouettes(points, encoded, _summation(device)).mean(axis=1)


def _checked(
    Z: npt.ArrayLike, labelings: Iterable[npt.ArrayLike]
) -> tuple[Matrix, tuple[LabelArray, ...]]:
    points = as_matrix(Z)
    if not np.iterable(labelings):
        raise DataError(f"labelings must be a list of labelings. Got {labelings!r}.")
    encoded = tuple(as_labels(labels, len(points)) for labels in labelings)
    if not encoded:
        raise DataError("labelings must hold at least one labeling. Got none.")
    for labels in encoded:
        if not 2 <= len(labels.values) < len(points):
            raise DataError(
                "A silhouette needs from 2 to n_samples - 1 different labels. "
                f"Got {len(labels.values)} in {len(points)} samples."
            )
    return points, encoded


def _summation(device: str) -> Summation:
    """Return the function that sums distances on a device; "cpu" loads no torch."""
    found = None if device == "cpu" else resolve_exact_device(device, "the silhouettes")
    if found is None or found.type == "cpu":
        return distance_sums
    return partial(distance_sums_on_device, device=found)


def _silhouettes(points: Matrix, labelings: tuple[LabelArray, ...], summation: Summation) -> Matrix:
    """Return the silhouette of every sample under every labeling, (n_labelings, n_samples)."""
    starts = np.cumsum([0, *(len(labels.values) for labels in labelings)])
    columns = np.stack(
        [labels.codes + start for labels, start in zip(labelings, starts, strict=False)]
    )
    # Samples that no labeling tells apart lie side by side, which makes short work of their sums.
    # Same result either way: which labeling comes first.
    order = np.lexsort(columns[::-1])
    scores = np.empty(columns.shape)
    for rows, sums in summation(centered(points)[order], columns[:, order], int(starts[-1])):
        samples = order[rows]
        for position, labels in enumerate(labelings):
            its_sums = sums[starts[position] : starts[position + 1]]
            scores[position, samples] = _from_sums(its_sums, labels.codes[samples], labels.sizes)
    return scores


def _from_sums(sums: Matrix, codes: npt.NDArray[np.intp], sizes: npt.NDArray[np.intp]) -> Matrix:
    """Turn the sums of distances to every cluster, (n_clusters, n), into silhouettes."""
    own = (codes, np.arange(len(codes)))
    others_in_cluster = sizes[codes] - 1
    inside = sums[own] / np.maximum(others_in_cluster, 1)
    means = sums / sizes[:, None]
    means[own] = np.inf
    outside = means.min(axis=0)
    larger = np.maximum(inside, outside)
    is_defined = (others_in_cluster > 0) & (larger > 0)
    scores = np.zeros(len(codes))
    np.divide(outside - inside, larger, out=scores, where=is_defined)
    return scores
