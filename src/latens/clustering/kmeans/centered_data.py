"""The data that K-means computes with: on a device, centered a block at a time, with norms and weights."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from latens.pairwise import Centering, ThreadPool

if TYPE_CHECKING:
    import torch

__all__ = ["CenteredData", "Sample", "norms_of"]


@dataclass(frozen=True, eq=False)
class CenteredData:
    """The rows of a matrix, which are centered when they are taken.

    Bytes stay bytes: they take a quarter of the memory and are exact in float32.

    Attributes
    ----------
    rows : tensor of shape (n_samples, n_features)
        Floats, or integers of 8 bits.
    shift : tensor of shape (n_features,) or None
        What is taken away from the scaled rows, in the type that is computed in; None where the rows
        are centered already.
    scale : float
        What the rows are multiplied with.
    """

    rows: "torch.Tensor"
    shift: "torch.Tensor | None" = None
    scale: float = 1.0

    @classmethod
    def of(
        cls, X: npt.NDArray[Any], device: "torch.device", centering: Centering | None = None
    ) -> Self:
        """Return an array's rows on a device; without a centering they count as centered."""
        import torch

        with warnings.catch_warnings():
            # Nothing is written to the rows; torch warns that it could be, where numpy forbids it.
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")
            rows = torch.from_numpy(X).to(device)
        if centering is None:
            return cls(rows)
        dtype = rows.dtype if rows.dtype.is_floating_point else torch.float32
        return cls(
            rows, torch.as_tensor(centering.shift, dtype=dtype, device=device), centering.scale
        )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        """The number of features."""
        return self.rows.shape[1]

    @property
    def dtype(self) -> "torch.dtype":
        """The type that is computed in."""
        return self.rows.dtype if self.shift is None else self.shift.dtype

    @property
    def device(self) -> "torch.device":
        """Where the points are."""
        return self.rows.device

    def take(self, rows: "slice | torch.Tensor") -> "torch.Tensor":
        """Return some rows, centered; it may be a view of the data."""
        taken = self.rows[rows] if isinstance(rows, slice) else self.rows.index_select(0, rows)
        if self.shift is None:
            return taken
        values = taken.to(self.shift.dtype)
        if self.scale != 1:
            values = values * self.scale
        # What is a copy is changed in place: bytes less floats at once take twice the time.
        return values - self.shift if values is taken else values.sub_(self.shift)


@dataclass(frozen=True, eq=False)
class Sample:
    """The points that a model is fitted to, with what every start needs of them.

    Attributes
    ----------
    points : CenteredData
        The points.
    weights : tensor of shape (n_samples,), float64
        How much each point counts, at least 0 and not all 0.
    norms : tensor of shape (n_samples,)
        The squared distance of every point to the origin.
    keys : tensor of shape (n_samples,)
        A number for every point that depends on its values alone and tells points apart.
    order : tensor of shape (n_samples,)
        The points in the order of their keys, which depends on no order of rows.
    is_even : bool
        Whether all points count 1.
    spread : float
        The weighted sum of their squared distances to the mean.
    """

    points: CenteredData
    weights: "torch.Tensor"
    norms: "torch.Tensor"
    keys: "torch.Tensor"
    is_even: bool
    spread: float

    @classmethod
    def of(cls, points: CenteredData, weights: npt.NDArray[np.float64], pool: ThreadPool) -> Self:
        """Return the sample of points and weights, with one pass over the data."""
        import torch

        # The projection on one fixed, generic direction.
        direction = np.random.default_rng(0).normal(size=points.width)
        towards = torch.as_tensor(direction, dtype=points.dtype, device=points.device)
        norms = torch.empty(len(points), dtype=points.dtype, device=points.device)
        keys = torch.empty_like(norms)

        counts = torch.as_tensor(weights, device=points.device)
        shares = counts.to(points.dtype)

        def measure(blocks: list[slice], _: int) -> "torch.Tensor":
            total = torch.zeros(points.width, dtype=torch.float64, device=points.device)
            for rows in blocks:
                x = points.take(rows)
                norms[rows] = norms_of(x)
                torch.mv(x, towards, out=keys[rows])
                total += torch.mv(x.T, shares[rows])
            return total

        total = torch.stack(pool.share(measure, len(points), points.width)).sum(0)
        around_mean = float(total.square().sum() / counts.sum())
        spread = max(0.0, float(counts @ norms.double()) - around_mean)
        return cls(points, counts, norms, keys, bool((counts == 1).all()), spread)

    @cached_property
    def order(self) -> "torch.Tensor":
        """The positions of the points, sorted by their keys."""
        return self.keys.argsort(stable=True)

    def counted(self, rows: "slice | torch.Tensor") -> "torch.Tensor | None":
        """Return how much some points count; None where all count 1."""
        return None if self.is_even else self.weights[rows]


def norms_of(x: "torch.Tensor") -> "torch.Tensor":
    """Return the squared length of every row.

    Examples
    --------
    >>> import torch
    >>> norms_of(torch.tensor([[3.0, 4.0]]))
    tensor([25.])
    """
    return x.square().sum(1)
