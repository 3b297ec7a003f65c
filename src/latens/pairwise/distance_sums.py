"""The distances from every point to every cluster are summed here, for many labelings at once.

Each pair's distance is computed once, whatever the number of labelings. Points that no labeling tells
apart form a cell; sorted by cells, the sum over a cell is a thin product with a matrix of zeros and
ones, and the few sums over cells are added up to clusters afterwards. A tile of distances serves its
rows and its columns, and is forgotten.

On a device such as a GPU, every distance is taken from differences in float64, and not from a product of
matrices: that is exact whatever precision products are set to, and a device does not lack arithmetic.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from latens.pairwise.row_blocks import row_blocks
from latens.pairwise.thread_pool import run_in_threads
from latens.pairwise.tiles import (
    MANY_POINTS,
    SIDE,
    View,
    exact_tile_of_distances,
    tile_of_distances,
)

if TYPE_CHECKING:
    import torch

__all__ = ["distance_sums", "distance_sums_on_device"]

Matrix = npt.NDArray[Any]  # float64, or float32 in tiles
Codes = npt.NDArray[np.intp]

_BLOCK = 4 * SIDE  # rows that share a place to be seen from, and one addition to the sums
_DEVICE_SIDE = 2048  # rows and columns of a tile on a device: 32 MB
_SUMS_BYTES = 64 * 2**20  # sums that are held at once; both sides of a tile serve only rows held


@dataclass(frozen=True, eq=False)
class _Part:
    """The rows of one tile: where they lie in their block, and in which of its cells.

    Only the cells from `cells.start` to `cells.stop` have rows here; `members` has a line per such
    cell and a column per row, with a one where the row is in the cell. `member_columns` is the same,
    lying the other way, which makes the product that sums over columns up to twice as fast.
    """

    rows: slice
    cells: slice
    members: Matrix
    member_columns: Matrix


@dataclass(frozen=True, eq=False)
class _RowBlock:
    """Consecutive rows of the sorted points, with what their cells are counted in.

    `in_cells` has a line per cell membership of a row (one, or one per labeling). A sum over the
    cells, (n_cells, m), becomes one over clusters by `clusters @ sums`; these are the rows `columns`
    of the answer.
    """

    rows: slice
    in_cells: Codes
    n_cells: int
    columns: Codes
    clusters: csr_array

    @classmethod
    def of(cls, rows: slice, columns_of: Codes, dtype: Any) -> "_RowBlock":
        """Find the cells of some rows; `columns_of` is (n_labelings, n_samples)."""
        cells, in_cells = np.unique(columns_of[:, rows], axis=1, return_inverse=True)
        columns, positions = np.unique(cells, return_inverse=True)
        # Same result either way: by clusters or by cells.
        if len(columns) < cells.shape[1]:  # labelings that have little in common
            direct = np.searchsorted(columns, columns_of[:, rows])
            same = csr_array(np.eye(len(columns), dtype=dtype))
            return cls(rows, direct, len(columns), columns, same)
        n_cells = cells.shape[1]
        cell_of = np.broadcast_to(np.arange(n_cells), cells.shape)
        ones = np.ones(cells.size, dtype=dtype)
        clusters = csr_array(
            (ones, (positions.reshape(-1), cell_of.reshape(-1))), shape=(len(columns), n_cells)
        )
        return cls(rows, in_cells.reshape(1, -1), n_cells, columns, clusters)

    def parts(self) -> list[_Part]:
        """Cut the rows into those of one tile each."""
        return [self._part(rows) for rows in row_blocks(self.in_cells.shape[1], 1, SIDE)]

    def _part(self, rows: slice) -> _Part:
        mine = self.in_cells[:, rows]
        cells = slice(int(mine.min()), int(mine.max()) + 1)
        members = np.zeros((cells.stop - cells.start, mine.shape[1]), dtype=self.clusters.dtype)
        members[mine - cells.start, np.arange(mine.shape[1])] = 1.0
        return _Part(rows, cells, members, np.ascontiguousarray(members.T))


def distance_sums(
    points: npt.NDArray[np.float64], columns: Codes, n_columns: int
) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
    """Sum the distances from every point to the members of every cluster of every labeling.

    Up to 4,095 points are computed in float64, more in float32 where its digits are enough
    (`latens.pairwise.tiles`), with sums in float64. Memory: 64 MB of sums and a few tiles.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_features), float64
        Centered data, sorted such that equal columns of `columns` lie side by side.
    columns : ndarray of shape (n_labelings, n_samples), integers in [0, n_columns)
        In which columns a point is counted, one for each labeling.
    n_columns : int
        The number of clusters of all labelings together.

    Yields
    ------
    slice
        Consecutive rows of the points.
    ndarray of shape (n_columns, n_rows)
        Their sums.

    Examples
    --------
    >>> points, columns = np.array([[0.0], [1.0], [5.0]]), np.array([[0, 0, 1]])
    >>> for rows, sums in distance_sums(points, columns, 2):
    ...     print(sums)
    [[1. 1. 9.]
     [5. 4. 0.]]
    """
    n = len(points)
    dtype = np.float32 if n >= MANY_POINTS else np.float64
    held = max(SIDE, _SUMS_BYTES // (8 * n_columns))
    blocks = [_RowBlock.of(rows, columns, dtype) for rows in row_blocks(n, 1, min(held, _BLOCK))]
    # Same result either way: how many blocks at once.
    band = max(1, held // _BLOCK)
    for start in range(0, len(blocks), band):
        yield _sums_of_band(points, blocks, range(start, min(start + band, len(blocks))), n_columns)


def distance_sums_on_device(
    points: npt.NDArray[np.float64], columns: Codes, n_columns: int, device: "torch.device"
) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
    """Sum the distances from every point to the members of every cluster of every labeling.

    The same as `distance_sums`, in float64 throughout. It has been run on a CPU only, for want
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
    for rows in row_blocks(len(points), 1, _DEVICE_SIDE):
        sums = x.new_zeros(n_columns, rows.stop - rows.start)
        for others in row_blocks(len(points), 1, _DEVICE_SIDE):
            tile = torch.cdist(x[others], x[rows], compute_mode="donot_use_mm_for_euclid_dist")
            for column in counted[:, others]:
                sums.index_add_(0, column, tile)
        yield rows, sums.cpu().numpy()


def _sums_of_band(
    points: Matrix, blocks: list[_RowBlock], band: range, n_columns: int
) -> tuple[slice, npt.NDArray[np.float64]]:
    """Return the sums of the rows of consecutive blocks."""
    rows = slice(blocks[band[0]].rows.start, blocks[band[-1]].rows.stop)
    sums = np.zeros((n_columns, rows.stop - rows.start))
    locks = [threading.Lock() for _ in blocks]

    def add(position: int, columns: Codes, values: Matrix) -> None:
        mine = blocks[position].rows
        held = slice(mine.start - rows.start, mine.stop - rows.start)
        with locks[position]:
            sums[columns, held] += values

    def work(own: int) -> None:
        distances = _BlockDistances(points, blocks[own])
        for other in range(len(blocks)):
            if other in band and other < own:
                continue  # that block has added this pair of blocks for both
            block, is_mutual = blocks[other], other in band and other != own
            mine, theirs = distances.sums_with(block, is_mutual=is_mutual)
            add(own, block.columns, block.clusters @ mine)
            if is_mutual:
                add(other, blocks[own].columns, blocks[own].clusters @ theirs)

    run_in_threads(work, band)
    return rows, sums


class _BlockDistances:
    """A block of points with the center that its distances to all points are computed around."""

    def __init__(self, points: Matrix, block: _RowBlock) -> None:
        self._points, self._block = points, block
        self._place = points[block.rows].mean(axis=0)
        self._parts = [
            (part, View.of_rows(points[block.rows][part.rows], self._place))
            for part in block.parts()
        ]
        self._memory = np.empty(SIDE * SIDE, dtype=np.float32)

    def sums_with(self, block: _RowBlock, *, is_mutual: bool) -> tuple[Matrix, Matrix]:
        """Return the sums of each own row over the other's cells, and the other way round.

        Both are (n_cells, n_rows); the second stays zero unless it is asked for.
        """
        own, dtype = self._block, block.clusters.dtype
        mine = np.zeros((block.n_cells, own.in_cells.shape[1]), dtype=dtype)
        theirs = np.zeros((own.n_cells, block.in_cells.shape[1]), dtype=dtype)
        measure = tile_of_distances if dtype == np.float32 else exact_tile_of_distances
        for there in block.parts():
            columns = View.of_columns(self._points[block.rows][there.rows], self._place)
            for here, rows in self._parts:
                distances = measure(rows, columns, self._memory)
                mine[there.cells, here.rows] += (distances @ there.member_columns).T
                if is_mutual:
                    theirs[here.cells, there.rows] += here.members @ distances
        return mine, theirs
