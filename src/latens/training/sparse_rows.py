"""Rows of a sparse matrix where the network computes: only a batch of them is ever dense."""

from typing import Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

__all__ = ["SparseRows"]


class SparseRows:
    """A sparse matrix that is indexed as a dense tensor would be, and gives dense rows.

    Parameters
    ----------
    X : csr_array of shape (n_samples, n_features)

    Examples
    --------
    >>> SparseRows(sparse.csr_array([[0, 2.0], [3.0, 0]]))[torch.tensor([1])]
    tensor([[3., 0.]])
    """

    def __init__(self, X: sparse.csr_array) -> None:
        self.width = X.shape[1]
        self.starts = torch.from_numpy(X.indptr.astype(np.int64))
        self.columns = torch.from_numpy(X.indices.astype(np.int64))
        self.values = torch.from_numpy(np.array(X.data, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def device(self) -> torch.device:
        """Where the matrix is."""
        return self.values.device

    @property
    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """Where each row starts, and the columns and values of all."""
        return self.starts, self.columns, self.values

    @property
    def nbytes(self) -> int:
        """The bytes that it takes there."""
        return sum(part.nbytes for part in self.parts)

    def to(self, device: torch.device) -> Self:
        """Move the matrix to a device, in place, and return it."""
        self.starts = self.starts.to(device)
        self.columns = self.columns.to(device)
        self.values = self.values.to(device)
        return self

    def __getitem__(self, rows: Tensor | slice) -> Tensor:
        """Return rows, dense, shape (n_rows, n_features)."""
        if isinstance(rows, slice):
            rows = torch.arange(*rows.indices(len(self)), device=self.device)
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        row = torch.repeat_interleave(torch.arange(len(rows), device=self.device), counts)
        # The position of every value within its own row.
        within = torch.arange(len(row), device=self.device) - (counts.cumsum(0) - counts)[row]
        positions = first[row] + within
        dense = torch.zeros(len(rows), self.width, device=self.device)
        dense[row, self.columns[positions]] = self.values[positions]
        return dense
