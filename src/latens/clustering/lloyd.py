"""Lloyd's iteration: assign every point to its nearest centre, move each centre to its points' mean."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latens.clustering.bounds import BoundedSearch
from latens.clustering.nearest import errors_of
from latens.clustering.plain import PlainSearch
from latens.clustering.points import Sample
from latens.clustering.screen import Screen
from latens.clustering.sums import Sums
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["FEW", "ROUNDING", "Partition", "lloyd"]

# A point this close to its centre, as a share of the distance to the origin, lies on it: what is
# left is the rounding of a mean of equal points. By bytes per number.
ROUNDING = {8: 1e-10, 4: 1e-6}
# Products per point and iteration, centres times features, under which bounds cost more than they save.
FEW = 2000


@dataclass(frozen=True, eq=False)
class Partition:
    """Points divided among centres.

    Attributes
    ----------
    centers : tensor of shape (n_clusters, n_features)
        The centres.
    labels : tensor of shape (n_samples,)
        The nearest centre of every point.
    inertia : float
        The weighted sum of squared distances to the nearest centre.
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
    screen: Screen | None = None,
) -> Partition:
    """Improve centres until no label changes, they hardly move, or the iterations are used up.

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
        Stop when the squared moves of all centres sum up to this or less.
    screen : Screen or None, default=None
        Where points are looked at first.

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
    >>> from latens.clustering.points import Points
    >>> points, pool = Points(torch.tensor([[-3.0], [-1.0], [4.0]])), ThreadPool("cpu")
    >>> sample = Sample.of(points, np.ones(3), pool)
    >>> found = lloyd(sample, points.rows[:2], pool, max_iter=10, tol=0.0)
    >>> found.centers.ravel(), found.labels
    (tensor([-2.,  4.]), tensor([0, 0, 1]))
    """
    search: PlainSearch | BoundedSearch
    # Same result either way: with bounds or without.
    if centers.numel() < FEW:
        search = PlainSearch(sample, len(centers), pool)
    else:
        search = BoundedSearch(sample, len(centers), pool, screen)
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
    sample: Sample, centers: "torch.Tensor", labels: "torch.Tensor", sums: Sums, pool: ThreadPool
) -> float:
    """Return the inertia from the sums, or from the differences where that would lose its digits."""
    total, exact = float(sample.weights @ sample.norms.double()), centers.double()
    taken = 2 * (sums.totals * exact).sum() - sums.weights @ exact.square().sum(1)
    if total - float(taken) > 1e-4 * total:
        return total - float(taken)
    return float(sample.weights @ errors_of(sample.points, centers, labels, pool))


def _new_centers(
    sample: Sample, centers: "torch.Tensor", labels: "torch.Tensor", sums: Sums, pool: ThreadPool
) -> "torch.Tensor":
    """Return the means of the clusters, with every empty cluster given a point if there is one."""
    if not bool(sums.counts.all()):
        sums = _fill_empty(sample, centers, labels, sums, pool)
    is_filled = sums.counts > 0
    means = sums.totals / sums.weights.where(is_filled, 1)[:, None]
    # Only where there are fewer different points than centres: a copy takes no points.
    largest = means[sums.weights.argmax()]
    return means.where(is_filled[:, None], largest).to(centers.dtype)


def _fill_empty(
    sample: Sample, centers: "torch.Tensor", labels: "torch.Tensor", sums: Sums, pool: ThreadPool
) -> Sums:
    """Give the points that are farthest from their centres to the empty clusters, one each.

    A point stays where it is if it lies on its centre, counts for nothing, or is its cluster's last.
    """
    filled = Sums(sums.totals.clone(), sums.weights.clone(), sums.counts.clone())
    errors = errors_of(sample.points, centers, labels, pool)
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
