"""Sums of distances from every point to every cluster, computed on a device such as a GPU.

Every distance is taken from differences in float64, and not from a product of matrices: that is exact
whatever precision products are set to, and a device does not lack arithmetic.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from latens.pairwise.row_blocks import row_blocks

if TYPE_CHECKING:
    import torch

__all__ = ["distance_sums_on_device"]

Matrix = npt.NDArray[np.float64]

_SIDE = 2048  # rows and columns of a tile: 32 MB


def distance_sums_on_device(
    points: Matrix, columns: npt.NDArray[np.intp], n_columns: int, device: "torch.device"
) -> Iterator[tuple[slice, Matrix]]:
    """Sum the distances from every point to the members of every cluster of every labeling.

    The same as `latens.pairwise.distance_sums.distance_sums`. It has been run on a CPU only, for want
    of a GPU. Memory on the device: the points and a few tiles of 32 MB.

    Parameters
    ----------
    points, columns, n_columns
        Those of `distance_sums`; they may come in any order.
    device : torch.device
        Where to compute; it must have float64.

    Yields
    ------
    slice, ndarray of shape (n_columns, n_rows)
        Consecutive rows of the points, and their sums.

    Examples
    --------
    >>> import torch
    >>> points, columns = np.array([[0.0], [1.0], [5.0]]), np.array([[0, 0, 1]])
    >>> for rows, sums in distance_sums_on_device(points, columns, 2, torch.device("cpu")):
    ...     print(sums)
    [[1. 1. 9.]
     [5. 4. 0.]]
    """
    import torch

    x, counted = torch.from_numpy(points).to(device), torch.from_numpy(columns).to(device)
    for rows in row_blocks(len(points), 1, _SIDE):
        sums = x.new_zeros(n_columns, rows.stop - rows.start)
        for others in row_blocks(len(points), 1, _SIDE):
            tile = torch.cdist(x[others], x[rows], compute_mode="donot_use_mm_for_euclid_dist")
            for column in counted[:, others]:
                sums.index_add_(0, column, tile)
        yield rows, sums.cpu().numpy()
