"""Projections on a few main directions bound the distances between points and centers.

Split a point into its projection `p` on some directions and a rest of length `r`, and a center
likewise into `q` and a rest of length `s`. Then ``|x - c|^2`` lies within ``2 r s`` of ``|p - q|^2 +
r^2 + s^2``. Centers are means, in which the rests of their points cancel: `s` is small, and the
projections alone decide which center is nearest, for all but a few points.

The bounds of `latens.pairwise.projection_bounds` are another matter: both points of a pair are data there,
so that both rests count from below as well, and all is float64 in NumPy. Here products run on the device of
the points, in their type, and the directions come from a weighted sample; one function for both would have
to convert the data.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from latens.clustering.kmeans.assignment import AssignmentTargets, as_distances, own_and_others
from latens.clustering.kmeans.centered_data import Sample, norms_of
from latens.clustering.kmeans.weighted_sampling import sample_by_weight
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["ProjectedCenters", "Projection"]

N_DIRECTIONS = 48
_N_DRAWN = 2048  # points that the directions are found from
_SHARE = 0.5  # of the squared lengths that the directions must hold


@dataclass(frozen=True, eq=False)
class ProjectedCenters:
    """Centers projected on a few directions, or in full.

    Attributes
    ----------
    targets : AssignmentTargets
        The projections of the centers, and their rests as one more feature; or the centers.
    rests : tensor of shape (n_clusters,) or None
        The lengths of the rests; None where nothing is left.
    """

    targets: AssignmentTargets
    rests: "torch.Tensor | None"

    def distances(
        self,
        x: "torch.Tensor",
        norms: "torch.Tensor",
        labels: "torch.Tensor",
        memory: "torch.Tensor",
    ) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Return bounds on the distances of points: from above to their own center, from below to the others.

        Parameters
        ----------
        x : tensor of shape (n_points, n_directions + 1) or (n_points, n_features)
            The points, projected likewise.
        norms : tensor of shape (n_points,)
            Their squared lengths in full.
        labels : tensor of shape (n_points,)
            The positions of their own centers.
        memory : tensor of at least n_clusters * n_points numbers
            Memory to work in.
        """
        own, others = own_and_others(self.targets.scores(x, memory), labels)
        if self.rests is not None:
            own.addcmul_(self.rests[labels], x[:, -1], value=4)
        return as_distances(own, norms), as_distances(others, norms)


@dataclass(frozen=True, eq=False)
class Projection:
    """Points projected on a few directions.

    Attributes
    ----------
    directions : tensor of shape (n_features, n_directions)
        Orthogonal directions of length one.
    rows : tensor of shape (n_samples, n_directions + 1)
        The projections of the points, and the lengths of their rests.
    """

    directions: "torch.Tensor"
    rows: "torch.Tensor"

    @classmethod
    def of(cls, sample: Sample, pool: ThreadPool) -> Self | None:
        """Return the projection of a sample, or None where a few directions hold too little of it."""
        points = sample.points
        if points.width < 3 * N_DIRECTIONS:
            return None
        directions, held = _main_directions(sample)
        if held < _SHARE:
            return None
        rows = sample.norms.new_empty((len(points), N_DIRECTIONS + 1))

        def project(blocks: list[slice], _: int) -> None:
            for block in blocks:
                projected = points.take(block) @ directions
                rows[block, :-1] = projected
                rows[block, -1] = (sample.norms[block] - norms_of(projected)).clamp_(min=0).sqrt_()

        pool.share(project, len(points), points.width)
        return cls(directions, rows)

    def of_centers(self, targets: AssignmentTargets) -> ProjectedCenters:
        """Project centers; their scores are lower bounds."""
        import torch

        projected = targets.centers @ self.directions
        rests = (norms_of(targets.centers) - norms_of(projected)).clamp_(min=0).sqrt_()
        rows = torch.cat([projected, rests[:, None]], dim=1)
        return ProjectedCenters(
            AssignmentTargets(rows, targets.penalties, targets.has_copies), rests
        )


def _main_directions(sample: Sample) -> tuple["torch.Tensor", float]:
    """Return about the main directions, and the share of the squared lengths that they hold.

    They come from two rounds of the power method on some of the points: which, no order of rows decides.
    """
    import torch

    points = sample.points
    # Same result either way: bounds hold for any directions.
    middles = torch.arange(0.5, _N_DRAWN, dtype=torch.float64, device=points.device)
    spaced = middles[None] / _N_DRAWN
    x = points.take(sample_by_weight(sample.weights[None], sample.order, spaced)[0])
    # Same result either way: bounds hold for any directions.
    start = np.random.default_rng(0).normal(size=(points.width, N_DIRECTIONS))
    directions = torch.as_tensor(start, dtype=x.dtype, device=x.device)
    # Same result either way: bounds hold for any directions.
    for _ in range(2):
        directions, _ = torch.linalg.qr(x.T @ (x @ directions))
    held = (x @ directions).square().sum() / x.square().sum()
    return directions, float(held.nan_to_num())
