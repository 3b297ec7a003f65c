"""The brute-force search scores all points for all centers in every iteration.

Nothing is faster where a point has few numbers and few centers to choose from.
"""

from typing import TYPE_CHECKING

from latens.clustering.kmeans.assignment import AssignmentTargets, nearest, nearest_at
from latens.clustering.kmeans.centered_data import Sample
from latens.clustering.kmeans.cluster_sums import ClusterSums
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["BruteForce"]


class BruteForce:
    """Finds the nearest center of every point after each move of the centers.

    Parameters
    ----------
    sample : Sample
        The points.
    n_clusters : int
        The number of centers.
    pool : ThreadPool
        The threads that share the blocks.

    Attributes
    ----------
    labels : tensor of shape (n_samples,)
        The nearest center of every point, at the last call of `assign`.
    sums : ClusterSums
        The sums of the clusters that these labels make.
    """

    def __init__(self, sample: Sample, n_clusters: int, pool: ThreadPool) -> None:
        import torch

        points = sample.points
        self.labels = torch.zeros(len(points), dtype=torch.int64, device=points.device)
        self.sums = ClusterSums.empty(n_clusters, points)
        self._sample, self._pool, self._is_first = sample, pool, True
        size = n_clusters * pool.block_rows(max(n_clusters, points.width))
        self._memory = sample.norms.new_empty(pool.n_threads, 2, size)

    def assign(self, centers: "torch.Tensor") -> int:
        """Find the nearest centers, and return how many points have changed clusters."""
        targets, width = AssignmentTargets.of(centers), max(centers.shape)

        def search(blocks: list[slice], thread: int) -> ClusterSums:
            sums = ClusterSums.empty(len(centers), self._sample.points)
            for rows in blocks:
                self._search(rows, targets, self._memory[thread], sums)
            return sums

        parts = self._pool.share(search, len(self.labels), width)
        self._is_first = False
        return self.sums.add(parts)

    def _search(
        self, rows: slice, targets: AssignmentTargets, memory: "torch.Tensor", sums: ClusterSums
    ) -> None:
        """Find the nearest centers in a block."""
        x, labels = self._sample.points.take(rows), self.labels[rows]
        first, second = memory
        scores = targets.scores(x, first)
        if self._is_first:
            labels.copy_(nearest(scores, second))
            sums.move(x, self._sample.counted(rows), None, labels)
            return
        own = scores.gather(0, labels[None])[0]
        at = (scores.amin(0) < own).nonzero()[:, 0]
        if len(at):
            old, new = labels[at], nearest_at(scores, at, second)
            sums.move(x.index_select(0, at), self._sample.counted(at + rows.start), old, new)
            labels[at] = new
