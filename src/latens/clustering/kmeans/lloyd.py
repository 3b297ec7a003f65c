"""Lloyd's iteration assigns every point to its nearest center and moves each center to its points' mean."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latens.clustering.kmeans.assignment import squared_errors
from latens.clustering.kmeans.brute_force import BruteForce
from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import Sample
from latens.clustering.kmeans.cluster_sums import ClusterSums
from latens.clustering.kmeans.hamerly import Hamerly
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["FEW", "ROUNDING", "Partition", "lloyd"]

# A point this close to its center, as a share of the distance to the origin, lies on it: what is
# left is the rounding of a mean of equal points. By bytes per number.
ROUNDING = {8: 1e-10, 4: 1e-6}
# Products per point and iteration, centers times features, under which bounds cost more than they save.
# Same result either way: with bounds or without.
FEW = 2000
_LOSES_DIGITS = 1e-4  # of a total: what is left of it when so much less is taken away


@dataclass(frozen=True, eq=False)
class Partition:
    """The points divided among centers.

    Attributes
    ----------
    centers : tensor of shape (n_clusters, n_features)
        The centers.
    labels : tensor of shape (n_samples,)
        The nearest center of every point.
    inertia : float
        The weighted sum of squared distances to the nearest center.
    n_iter : int
        How many iterations were run.
    """

    centers: "torch.Tensor"
    labels: "torch.Tensor"
    inertia: float
    n_iter: int


def lloyd(
    sample: Sample,
    centers: "torch.Tensor",
    pool: ThreadPool,
    *,
    max_iter: int,
    tol: float,
    projection: Projection | None = None,
) -> Partition:
    """Improve centers until no label changes, they hardly move, or the iterations are used up.

    Parameters
    ----------
    sample : Sample
        The points.
    centers : tensor of shape (n_clusters, n_features), of the type of the points
        Where to start.
    pool : ThreadPool
        The threads that share the blocks.
    max_iter : int
        Iterations at most.
    tol : float
        Stop when the squared moves of all centers sum up to this or less.
    projection : Projection or None, default=None
        Where points are scored first.

    Returns
    -------
    Partition

    References
    ----------
    S. P. Lloyd (1982), "Least squares quantization in PCM", IEEE Transactions on Information
    Theory 28, doi:10.1109/TIT.1982.1056489.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from latens.clustering.kmeans.centered_data import CenteredData
    >>> points, pool = CenteredData(torch.tensor([[-3.0], [-1.0], [4.0]])), ThreadPool("cpu")
    >>> sample = Sample.of(points, np.ones(3), pool)
    >>> found = lloyd(sample, points.rows[:2], pool, max_iter=10, tol=0.0)
    >>> found.centers.ravel(), found.labels
    (tensor([-2.,  4.]), tensor([0, 0, 1]))
    """
    search: BruteForce | Hamerly
    # Same result either way: with bounds or without.
    if centers.numel() < FEW:
        search = BruteForce(sample, len(centers), pool)
    else:
        search = Hamerly(sample, len(centers), pool, projection)
    n_iter, is_done = 0, False
    while n_iter < max_iter and not is_done:
        n_iter += 1
        n_moved = search.assign(centers)
        moved = _new_centers(sample, centers, search.labels, search.sums, pool)
        change = float((moved - centers).double().square().sum())
        is_done = n_moved == 0 or change <= tol
        centers = moved
    search.assign(centers)
    inertia = _inertia(sample, centers, search.labels, search.sums, pool)
    return Partition(centers, search.labels, inertia, n_iter)


def _inertia(
    sample: Sample,
    centers: "torch.Tensor",
    labels: "torch.Tensor",
    sums: ClusterSums,
    pool: ThreadPool,
) -> float:
    """Return the inertia from the sums, or from the differences where that would lose its digits."""
    total, exact = float(sample.weights @ sample.norms.double()), centers.double()
    taken = 2 * (sums.totals * exact).sum() - sums.weights @ exact.square().sum(1)
    if total - float(taken) > _LOSES_DIGITS * total:
        return total - float(taken)
    return float(sample.weights @ squared_errors(sample.points, centers, labels, pool))


def _new_centers(
    sample: Sample,
    centers: "torch.Tensor",
    labels: "torch.Tensor",
    sums: ClusterSums,
    pool: ThreadPool,
) -> "torch.Tensor":
    """Return the means of the clusters, with every empty cluster given a point if there is one."""
    if not bool(sums.counts.all()):
        sums = _fill_empty(sample, centers, labels, sums, pool)
    is_filled = sums.counts > 0
    means = sums.totals / sums.weights[:, None]  # not numbers where it is empty
    # Only where there are fewer different points than centers: a copy takes no points.
    largest = means[sums.weights.argmax()]
    return means.where(is_filled[:, None], largest).to(centers.dtype)


def _fill_empty(
    sample: Sample,
    centers: "torch.Tensor",
    labels: "torch.Tensor",
    sums: ClusterSums,
    pool: ThreadPool,
) -> ClusterSums:
    """Give the points that are farthest from their centers to the empty clusters, one each.

    A point stays where it is if it lies on its center, counts for nothing, or is its cluster's last.
    """
    filled = ClusterSums(sums.totals.clone(), sums.weights.clone(), sums.counts.clone())
    errors = squared_errors(sample.points, centers, labels, pool)
    lies_on_it = errors <= ROUNDING[centers.element_size()] ** 2 * sample.norms
    errors[(sample.weights == 0) | lies_on_it] = 0
    farthest = iter(errors.argsort(descending=True, stable=True))
    for cluster in (sums.counts == 0).nonzero():
        point = next((p for p in farthest if filled.counts[labels[p]] > 1), None)
        if point is None or errors[point] == 0:
            break
        x, weight = sample.points.take(point[None]), sample.weights[point][None]
        filled.move(x, weight, labels[point][None], cluster)
    return filled
