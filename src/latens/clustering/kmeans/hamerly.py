"""Hamerly's search keeps bounds, so that only points whose nearest center may have changed are scored.

Every point keeps an upper bound on the distance to its own center and a lower bound on the distances
to all others. When centers move, the bounds move with them by the triangle inequality. Where they do
not cross, the point stays where it is and none of its numbers is read.

Two things make that cheap. The few centers that move farthest would loosen the lower bounds of all
points: these are scored anew, for all points, and the bounds move with the rest. And where a projection
is at hand, points are looked at there first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from latens.clustering.kmeans.assignment import (
    AssignmentTargets,
    as_distances,
    nearest,
    nearest_at,
    own_and_others,
)
from latens.clustering.kmeans.center_bounds import ProjectedCenters, Projection
from latens.clustering.kmeans.centered_data import Sample
from latens.clustering.kmeans.cluster_sums import ClusterSums
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["Hamerly"]

_N_GAPS = 4096  # points that the number of movers is chosen on
_PASS = 0.1  # of a full look at all points, which a pass over them costs whatever is done
_FULL = 0.6  # of the points of a block, from which on all are looked at


class Hamerly:
    """Finds the nearest center of every point after each move of the centers.

    Parameters
    ----------
    sample : Sample
        The points.
    n_clusters : int
        The number of centers.
    pool : ThreadPool
        The threads that share the blocks.
    projection : Projection or None
        Where points are scored first.

    Attributes
    ----------
    labels : tensor of shape (n_samples,)
        The nearest center of every point, at the last call of `assign`.
    sums : ClusterSums
        The sums of the clusters that these labels make.

    References
    ----------
    G. Hamerly (2010), "Making k-means even faster", SDM 2010, doi:10.1137/1.9781611972801.12.
    T. Kaukoranta, P. Fränti, O. Nevalainen (2000), "A fast exact GLA based on code vector activity
    detection", IEEE Transactions on Image Processing 9, doi:10.1109/83.855429.
    """

    def __init__(
        self, sample: Sample, n_clusters: int, pool: ThreadPool, projection: Projection | None
    ) -> None:
        import torch

        points = sample.points
        self.labels = torch.zeros(len(points), dtype=torch.int64, device=points.device)
        self.sums = ClusterSums.empty(n_clusters, points)
        self._sample, self._pool, self._projection = sample, pool, projection
        self._upper = torch.full_like(sample.norms, np.inf)
        self._lower = torch.zeros_like(sample.norms)
        self._before: AssignmentTargets | None = None
        width = points.width if projection is None else projection.rows.shape[1]
        self._width = max(n_clusters, width)
        size = (n_clusters + 1) * pool.block_rows(self._width)
        self._memory = sample.norms.new_empty(pool.n_threads, 2, size)

    def assign(self, centers: "torch.Tensor") -> int:
        """Find the nearest centers, and return how many points have changed clusters."""
        targets = AssignmentTargets.of(centers)
        move = self._move(targets)
        is_first = self._before is None
        projected = (
            None if self._projection is None or is_first else self._projection.of_centers(targets)
        )

        def search(blocks: list[slice], thread: int) -> ClusterSums:
            memory = first, _ = self._memory[thread]
            sums = ClusterSums.empty(len(centers), self._sample.points)
            for rows in self._open(blocks, move, projected, first):
                self._settle(rows, targets, memory, sums)
            return sums

        parts = self._pool.share(search, len(self.labels), self._width)
        self._before = targets
        return self.sums.add(parts)

    def _move(self, targets: AssignmentTargets) -> "_Move | None":
        """Return how the centers have moved; None where all bounds are better made anew."""
        if self._before is None or self._before.has_copies:  # bounds know nothing of copies
            return None
        # Same result either way: they only choose the number of movers.
        step = max(1, len(self.labels) // _N_GAPS)
        gaps = self._lower[::step] - self._upper[::step]
        return _Move.between(self._before, targets, gaps, self._projection)

    def _open(
        self,
        blocks: list[slice],
        move: "_Move | None",
        projected: ProjectedCenters | None,
        memory: "torch.Tensor",
    ) -> "Iterator[slice | torch.Tensor]":
        """Yield the points to be looked at in full: blocks of many, and at last those of all other blocks."""
        import torch

        few = []
        for rows in blocks:
            suspects = None if move is None else self._loosen(rows, move, memory)
            if projected is not None:
                suspects = self._look(rows, suspects, projected, memory)
            if suspects is None or len(suspects) > _FULL * (rows.stop - rows.start):
                yield from self._cut(rows)
            else:
                few.append(suspects + rows.start)
        if few:
            yield from self._cut(torch.cat(few))

    def _cut(self, rows: "slice | torch.Tensor") -> "list[slice] | tuple[torch.Tensor, ...]":
        """Cut points into pieces that stay in the caches when they are looked at in full."""
        step = self._pool.block_rows(max(self.sums.totals.shape))
        if not isinstance(rows, slice):
            return rows.split(step) if len(rows) else ()
        starts = range(rows.start, rows.stop, step)
        return [slice(start, min(start + step, rows.stop)) for start in starts]

    def _loosen(self, rows: slice, move: "_Move", memory: "torch.Tensor") -> "torch.Tensor":
        """Update the bounds of a block for moved centers; return the points whose bounds cross."""
        import torch

        upper, lower, labels = self._upper[rows], self._lower[rows], self.labels[rows]
        upper += move.of_own[labels]
        lower -= move.of_others[labels]
        if move.movers is not None:
            x = (
                self._sample.points.take(rows)
                if self._projection is None
                else self._projection.rows[rows]
            )
            own, others = move.movers.distances(
                x, self._sample.norms[rows], move.positions[labels], memory
            )
            # The own distance is infinite where the own center is none of those that moved far.
            torch.where(own.isinf(), upper, own, out=upper)
            torch.minimum(lower, others, out=lower)
        return (upper > lower).nonzero()[:, 0]

    def _look(
        self,
        rows: slice,
        suspects: "torch.Tensor | None",
        projected: ProjectedCenters,
        memory: "torch.Tensor",
    ) -> "torch.Tensor":
        """Tighten the bounds of some points of a block, or all; return those whose bounds still cross."""
        import torch

        assert self._projection is not None
        if suspects is None:
            suspects = torch.arange(rows.stop - rows.start, device=self.labels.device)
        if not len(suspects):
            return suspects
        x = self._projection.rows[rows].index_select(0, suspects)
        norms, labels = self._sample.norms[rows][suspects], self.labels[rows][suspects]
        own, others = projected.distances(x, norms, labels, memory)
        self._upper[rows][suspects] = own
        self._lower[rows][suspects] = others
        return suspects[own > others]

    def _settle(
        self,
        rows: "slice | torch.Tensor",
        targets: AssignmentTargets,
        memory: "torch.Tensor",
        sums: ClusterSums,
    ) -> None:
        """Find the nearest centers of some points, and their bounds."""
        x, weights = self._sample.points.take(rows), self._sample.counted(rows)
        first, second = memory
        scores = targets.scores(x, first)
        if self._before is None:  # the first centers move so far that no bound would last
            self.labels[rows] = new = nearest(scores, second)
            sums.move(x, weights, None, new)
            return
        labels, norms = self.labels[rows], self._sample.norms[rows]
        own, others = own_and_others(scores, labels)
        at = (others < own).nonzero()[:, 0]
        if len(at):
            old, new = labels[at], nearest_at(scores, at, second)
            sums.move(x.index_select(0, at), None if weights is None else weights[at], old, new)
            labels[at] = new
            self.labels[rows] = labels
            own[at] = others[at]
            others[at] = -np.inf  # the second nearest is not looked for: the point stays suspect
        self._upper[rows] = as_distances(own, norms)
        self._lower[rows] = as_distances(others, norms)


@dataclass(frozen=True, eq=False)
class _Move:
    """How far the centers have moved, as needed to update the bounds.

    Attributes
    ----------
    of_own : tensor of shape (n_clusters,)
        For each own center, how far it may have come from the point.
    of_others : tensor of shape (n_clusters,)
        For each own center, how near any other may have come; the movers not counted.
    movers : ProjectedCenters or None
        The centers that moved farthest, and one infinitely far from everything.
    positions : tensor of shape (n_clusters,)
        Where each center is among the movers; those that are not stand at the infinite one.
    """

    of_own: "torch.Tensor"
    of_others: "torch.Tensor"
    movers: ProjectedCenters | None
    positions: "torch.Tensor"

    @classmethod
    def between(
        cls,
        before: AssignmentTargets,
        now: AssignmentTargets,
        gaps: "torch.Tensor",
        projection: Projection | None,
    ) -> Self | None:
        """Return the move from one set of centers to the next; None if hardly any bound survives it.

        `gaps` holds the gaps between the bounds of some points.
        """
        import torch

        moves = (now.centers - before.centers).square().sum(1).sqrt()
        order = moves.argsort(descending=True)
        n_movers = _count_movers(moves[order], gaps)
        if n_movers is None:
            return None
        of_others = moves[order[n_movers]].expand(len(moves)).clone()
        positions = torch.full_like(order, n_movers)
        if not n_movers:
            of_others[order[0]] = moves[order[1]] if len(moves) > 1 else 0
            return cls(moves, of_others, None, positions)
        movers = order[:n_movers]
        positions[movers] = torch.arange(n_movers, device=order.device)
        some = now.some(movers)
        projected = (
            ProjectedCenters(some, None) if projection is None else projection.of_centers(some)
        )
        return cls(moves, of_others, projected, positions)


def _count_movers(falling: "torch.Tensor", gaps: "torch.Tensor") -> int | None:
    """Return how many of the farthest moves to treat apart, so that the least work is left.

    A mover costs its share of a full look at all points. The others cost a full look at the points
    whose gap between the bounds their move closes. None stands for a full look at all.
    """
    import torch

    n = len(falling)
    counts = torch.tensor([0, *(n // 2**p for p in range(6, 0, -1) if n >= 2 ** (p + 1))])
    closed = gaps < falling[counts.to(falling.device)][:, None]
    costs = counts / n + closed.float().mean(1).cpu() + _PASS * (counts > 0)
    return int(counts[costs.argmin()]) if costs.min() < _FULL else None
