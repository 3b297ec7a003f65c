"""Points are assigned to their nearest centers, by one product of matrices for many points.

The score of a center `c` for a point `x` is ``|c|^2 - 2 c.x``, the squared distance less ``|x|^2``.
Scores lie in a matrix with a row per center, so that what is least in each column is found for many
points at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from latens.clustering.kmeans.centered_data import CenteredData, norms_of
from latens.pairwise import ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = [
    "AssignmentTargets",
    "as_distances",
    "assign",
    "nearest",
    "nearest_at",
    "own_and_others",
    "squared_errors",
]


# Same result either way: all columns or some.
_MANY = 0.15  # of the columns, from which on all are searched rather than some picked out


@dataclass(frozen=True, eq=False)
class AssignmentTargets:
    """Centers with what their scores are computed from.

    Attributes
    ----------
    centers : tensor of shape (n_clusters, n_features)
        The centers.
    penalties : tensor of shape (n_clusters, 1)
        Their squared lengths; infinite for the second of two equal centers. In a product of
        matrices equal centers differ by rounding, which would scatter equal points over them.
    has_copies : bool
        Whether there are equal centers.
    """

    centers: "torch.Tensor"
    penalties: "torch.Tensor"
    has_copies: bool

    @classmethod
    def of(cls, centers: "torch.Tensor") -> Self:
        """Return the targets that centers make."""
        penalties = centers.square().sum(1)
        copies = _copies(centers) if len(set(penalties.tolist())) < len(centers) else []
        if copies:
            penalties[copies] = np.inf
        return cls(centers, penalties[:, None], len(copies) > 0)

    def __len__(self) -> int:
        return len(self.centers)

    def some(self, positions: "torch.Tensor") -> Self:
        """Return some of the targets, and after them one that is infinitely far from every point."""
        from torch.nn.functional import pad

        centers = pad(self.centers[positions], (0, 0, 0, 1))
        return type(self)(
            centers, pad(self.penalties[positions], (0, 0, 0, 1), value=np.inf), False
        )

    def scores(self, x: "torch.Tensor", memory: "torch.Tensor") -> "torch.Tensor":
        """Return the scores of points, of shape (n_clusters, n_points), written into flat memory."""
        import torch

        scores = memory[: len(self) * len(x)].view(len(self), len(x))
        return torch.addmm(self.penalties, self.centers, x.T, alpha=-2, out=scores)


def nearest(scores: "torch.Tensor", memory: "torch.Tensor") -> "torch.Tensor":
    """Return the row of the least score of every column; of equal ones the first.

    Parameters
    ----------
    scores : tensor of shape (n_clusters, n_points)
        The scores.
    memory : tensor of at least n_clusters * n_points numbers
        Memory to work in.

    Examples
    --------
    >>> import torch
    >>> nearest(torch.tensor([[3.0, 1.0], [2.0, 5.0], [4.0, 1.0]]), torch.empty(6))
    tensor([1, 0])
    """
    import torch

    # A product with the numbers of the rows takes a tenth of the time of a search for positions.
    n = len(scores)
    is_least = torch.eq(scores, scores.amin(0), out=memory[: scores.numel()].view(scores.shape))
    numbers = torch.arange(n, 2 * n, dtype=scores.dtype, device=scores.device)
    found = torch.mv(is_least.T, numbers).long()
    ties = (found >= 2 * n).nonzero()[:, 0]  # two numbers or more have been added up
    found -= n
    if len(ties):
        found[ties] = scores[:, ties].argmin(0)
    return found


def nearest_at(
    scores: "torch.Tensor", columns: "torch.Tensor", memory: "torch.Tensor"
) -> "torch.Tensor":
    """Return the rows of the least scores of some columns.

    Examples
    --------
    >>> import torch
    >>> scores = torch.tensor([[3.0, 1.0], [2.0, 5.0], [4.0, 1.0]])
    >>> nearest_at(scores, torch.tensor([0]), torch.empty(6))
    tensor([1])
    """
    # Same result either way: all columns or some.
    if len(columns) > _MANY * scores.shape[1]:
        return nearest(scores, memory)[columns]
    return nearest(scores.index_select(1, columns), memory)


def own_and_others(
    scores: "torch.Tensor", labels: "torch.Tensor"
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return for every column the score of its own row, and the least of the others.

    The own scores are replaced by infinity.

    Examples
    --------
    >>> import torch
    >>> own_and_others(torch.tensor([[3.0, 1.0], [2.0, 5.0]]), torch.tensor([0, 0]))
    (tensor([3., 1.]), tensor([2., 5.]))
    """
    own = scores.gather(0, labels[None])[0]
    scores.scatter_(0, labels[None], np.inf)
    return own, scores.amin(0)


def as_distances(scores: "torch.Tensor", norms: "torch.Tensor") -> "torch.Tensor":
    """Turn scores of points, whose squared lengths are given, into distances in place."""
    return scores.add_(norms).clamp_(min=0).sqrt_()


def assign(points: CenteredData, centers: "torch.Tensor", pool: ThreadPool) -> "torch.Tensor":
    """Return the nearest center of every point; of equal centers the first.

    Examples
    --------
    >>> import torch
    >>> points = CenteredData(torch.tensor([[-3.0], [4.0]]))
    >>> assign(points, torch.tensor([[5.0], [0.0]]), ThreadPool("cpu"))
    tensor([1, 0])
    """
    import torch

    targets, width = AssignmentTargets.of(centers), max(centers.shape)
    labels = torch.empty(len(points), dtype=torch.int64, device=points.device)

    def search(blocks: list[slice], _: int) -> None:
        first, second = centers.new_empty(2, len(centers) * pool.block_rows(width))
        for rows in blocks:
            labels[rows] = nearest(targets.scores(points.take(rows), first), second)

    pool.share(search, len(points), width)
    return labels


def squared_errors(
    points: CenteredData, centers: "torch.Tensor", labels: "torch.Tensor", pool: ThreadPool
) -> "torch.Tensor":
    """Return the squared distance of every point to its center, from the difference itself.

    Examples
    --------
    >>> import torch
    >>> points = CenteredData(torch.tensor([[-3.0], [4.0]]))
    >>> squared_errors(points, torch.tensor([[5.0], [0.0]]), torch.tensor([1, 0]), ThreadPool("cpu"))
    tensor([9., 1.], dtype=torch.float64)
    """
    import torch

    errors = torch.empty(len(points), dtype=torch.float64, device=points.device)

    def measure(blocks: list[slice], _: int) -> None:
        for rows in blocks:
            errors[rows] = norms_of(points.take(rows) - centers[labels[rows]]).double()

    pool.share(measure, len(points), points.width)
    return errors


def _copies(centers: "torch.Tensor") -> list[int]:
    """Return the positions of centers that equal one before them."""
    rows = np.ascontiguousarray(centers.cpu().numpy() + 0.0)  # which turns -0.0 into 0.0
    as_bytes = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))[:, 0]
    _, first = np.unique(as_bytes, return_index=True)
    return sorted(set(range(len(rows))) - set(first.tolist()))
