"""The sums that the means of the clusters are computed from, updated as points change clusters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from latens.clustering.kmeans.centered_data import CenteredData

if TYPE_CHECKING:
    import torch

__all__ = ["ClusterSums"]

# Numbers that are turned into float64 at once: on a CPU they stay in the caches of a core.
_PIECE = {"cpu": 2**17, "cuda": 2**26}


@dataclass(eq=False)
class ClusterSums:
    """The sum and the weight of the points of every cluster, in float64 for data of any type.

    Attributes
    ----------
    totals : tensor of shape (n_clusters, n_features), float64
        The weighted sums of the points.
    weights : tensor of shape (n_clusters,), float64
        The total weights of the points.
    counts : tensor of shape (n_clusters,), int64
        How many points of a weight above zero there are.
    n_moved : int
        How many points have changed clusters.
    """

    totals: "torch.Tensor"
    weights: "torch.Tensor"
    counts: "torch.Tensor"
    n_moved: int = 0

    @classmethod
    def empty(cls, n_clusters: int, points: CenteredData) -> Self:
        """Return the sums of clusters without points."""
        import torch

        shape, device = (n_clusters, points.width), points.device
        totals = torch.zeros(shape, dtype=torch.float64, device=device)
        counts = torch.zeros(n_clusters, dtype=torch.int64, device=device)
        return cls(totals, torch.zeros_like(totals[:, 0]), counts)

    def move(
        self,
        x: "torch.Tensor",
        weights: "torch.Tensor | None",
        old: "torch.Tensor | None",
        new: "torch.Tensor",
    ) -> None:
        """Move points from old clusters to new ones; without old ones they are just added.

        Parameters
        ----------
        x : tensor of shape (n_points, n_features)
            CenteredData.
        weights : tensor of shape (n_points,), float64, or None
            How much they count; None counts each 1.
        old, new : tensor of shape (n_points,), int64
            Their clusters.
        """
        changes = [(new, 1)] if old is None else [(old, -1), (new, 1)]
        # Same result either way: how many rows at once.
        step = max(1, _PIECE[x.device.type] // self.totals.shape[1])
        for start in range(0, len(x), step):
            piece = slice(start, start + step)
            values = x[piece].double()
            if weights is not None:
                values = values * weights[piece, None]
            for labels, sign in changes:
                self.totals.index_add_(0, labels[piece], values, alpha=sign)
        for labels, sign in changes:
            self._count(labels, weights, sign)
        self.n_moved += len(x)

    def _count(self, labels: "torch.Tensor", weights: "torch.Tensor | None", sign: int) -> None:
        counted = labels if weights is None else labels[weights > 0]
        counts = counted.bincount(minlength=len(self.counts))
        self.counts.add_(counts, alpha=sign)
        if weights is None:
            self.weights.add_(counts, alpha=sign)
        else:
            self.weights.index_add_(0, labels, weights, alpha=sign)

    def add(self, parts: "list[ClusterSums]") -> int:
        """Add what threads have moved, and return how many points that was."""
        for part in parts:
            self.totals += part.totals
            self.weights += part.weights
            self.counts += part.counts
        is_empty = self.counts == 0
        self.totals[is_empty] = 0  # so they are, but for rounding
        self.weights[is_empty] = 0
        return sum(part.n_moved for part in parts)
