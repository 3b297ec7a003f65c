"""The starting centers of K-means are points drawn far from each other, or uniformly.

Points are drawn in an order that depends on their values alone. So the same random numbers give the
same centers when the rows are permuted, and a point of weight 2 counts like two points.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import Sample, norms_of
from latens.clustering.kmeans.weighted_sampling import sample_by_weight
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["draw_points", "kmeans_plus_plus"]

Generators = list[np.random.Generator]

# A squared distance under this share of the squared lengths has lost too many digits to rounding, by
# bytes per number; it is computed again from the difference.
_CLOSE = {8: 1e-8, 4: 1e-4}


def draw_points(sample: Sample, n_clusters: int, rng: np.random.Generator) -> "torch.Tensor":
    """Return different rows of the data as centers, drawn in proportion to their weights.

    Parameters
    ----------
    sample : Sample
        The points; at least `n_clusters` of them have a weight above 0.
    n_clusters : int
        How many to draw.
    rng : numpy.random.Generator
        Where the random numbers come from.

    Returns
    -------
    tensor of shape (n_clusters, n_features)
    """
    import torch

    order = sample.order
    chances = (sample.weights / sample.weights.sum())[order].cpu().numpy()
    drawn = rng.choice(len(order), n_clusters, replace=False, p=chances)
    return sample.points.take(order[torch.as_tensor(drawn, device=order.device)])


def kmeans_plus_plus(
    sample: Sample,
    n_clusters: int,
    rngs: Generators,
    pool: ThreadPool,
    projection: Projection | None = None,
) -> "torch.Tensor":
    """Return centers for several starts, each drawn with chances that grow with its distance.

    The greedy variant: of ``2 + log(n_clusters)`` candidates, the one that leaves the least inertia
    becomes the next center. All starts share every pass over the data.

    Chances need no more than a fair guess of a distance. On a projection the rests of two points, what
    the directions leave of them, count as orthogonal, unless they could cancel.

    Parameters
    ----------
    sample : Sample
        The points.
    n_clusters : int
        How many centers.
    rngs : list of numpy.random.Generator
        Where the random numbers of each start come from.
    pool : ThreadPool
        The threads that share the blocks.
    projection : Projection or None, default=None
        Where points are looked at; None looks at all their features.

    Returns
    -------
    tensor of shape (n_starts, n_clusters, n_features)
        Rows of the data. Once every point lies on a center of a start, its first center is repeated.

    References
    ----------
    D. Arthur, S. Vassilvitskii (2007), "k-means++: the advantages of careful seeding", SODA 2007.
    A. Bhattacharya, J. Eube, H. Röglin, M. Schmidt (2020), "Noisy, greedy and not so greedy
    k-means++", ESA 2020, doi:10.4230/LIPIcs.ESA.2020.18.
    """
    import torch

    order, trials = sample.order, 2 + int(math.log(n_clusters))
    first = sample_by_weight(sample.weights[None], order, _uniform(rngs, 1, order.device).T)[0]
    centers = sample.points.take(first)[:, None].repeat(1, n_clusters, 1)
    nearest = torch.full((len(rngs), len(order)), math.inf, dtype=sample.norms.dtype)
    nearest = _lessened(sample, nearest.to(order.device), first[:, None], pool, projection)[0][:, 0]
    for position in range(1, n_clusters):
        mass = nearest.double() * sample.weights
        is_left = mass.any(1)
        if not is_left.any():
            break
        mass[~is_left] = sample.weights
        candidates = sample_by_weight(mass, order, _uniform(rngs, trials, order.device))
        lessened, inertias = _lessened(sample, nearest, candidates, pool, projection)
        best, starts = inertias.argmin(1), torch.arange(len(rngs), device=order.device)
        nearest = lessened[starts, best]
        chosen = sample.points.take(candidates[starts, best])
        centers[is_left, position] = chosen[is_left]
    return centers


def _uniform(rngs: Generators, n_draws: int, device: "torch.device") -> "torch.Tensor":
    import torch

    return torch.as_tensor(np.stack([rng.random(n_draws) for rng in rngs]), device=device)


def _lessened(
    sample: Sample,
    nearest: "torch.Tensor",
    candidates: "torch.Tensor",
    pool: ThreadPool,
    projection: Projection | None,
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return the squared distances to the nearest center with each candidate added, and the inertias."""
    import torch

    points, (n_starts, trials) = sample.points, candidates.shape
    others = candidates.flatten()
    lessened = nearest.new_empty(n_starts, trials, len(points))

    def lessen(blocks: list[slice], _: int) -> "torch.Tensor":
        inertias = torch.zeros(n_starts, trials, dtype=torch.float64, device=points.device)
        for block in blocks:
            squared = _squared_distances(sample, block, others, projection)
            part = torch.minimum(
                squared.view(n_starts, trials, -1),
                nearest[:, None, block],
                out=lessened[..., block],
            )
            inertias += part.double() @ sample.weights[block]
        return inertias

    width = points.width if projection is None else projection.rows.shape[1]
    inertias = pool.share(lessen, len(points), max(width, len(others)))
    return lessened, torch.stack(inertias).sum(0)


def _squared_distances(
    sample: Sample, block: slice, others: "torch.Tensor", projection: Projection | None
) -> "torch.Tensor":
    """Return the squared distances of points to a few others, exactly 0 between equal ones."""
    import torch

    norms, norms_of_others = sample.norms[block], sample.norms[others][:, None]
    if projection is None:
        x, rows = sample.points.take(block), sample.points.take(others)
    else:
        x, rows = projection.rows[block, :-1], projection.rows[others, :-1]
    squared = torch.addmm(norms_of_others, rows, x.T, alpha=-2).add_(norms)
    limit = _CLOSE[x.element_size()] * (norms + norms_of_others.max())
    least = squared
    if projection is not None:  # rests in the same direction
        rests, rests_of_others = projection.rows[block, -1:], projection.rows[others, -1:]
        least = torch.addmm(squared, rests_of_others, rests.T, alpha=-2)
    close = (least < limit).nonzero()
    for pairs in close.split(max(1, 2**22 // sample.points.width)):
        row, at = pairs.T
        x, rows = sample.points.take(at + block.start), sample.points.take(others[row])
        squared[row, at] = norms_of(x - rows)
    return squared
