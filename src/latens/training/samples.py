"""Samples where the network computes: kept as they came, scaled a batch at a time."""

import mmap
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from latens.data import fingerprint
from latens.data.scaling import Scaling
from latens.objectives import Batch
from latens.training.sparse_rows import SparseRows

__all__ = ["DeviceSamples"]


class DeviceSamples:
    """Rows of data, gathered and scaled on the device.

    Bytes stay bytes until a batch of them is on the device: a quarter of the memory and of the traffic
    of floats. Data that the device cannot hold stay where they are, in memory or in a mapped file, and
    a thread gathers them there, one batch ahead.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features) or (n_samples, height, width[, channels]), or csr_array
        Rows of a sparse matrix become dense by the batch.
    scaling : Scaling
    device : torch.device
    dtype : torch.dtype
        Of the scaled batches.
    y : ndarray of shape (n_samples,) or None
        Integer labels, for kinds that learn from them.
    """

    def __init__(
        self,
        X: np.ndarray | sparse.csr_array,
        scaling: Scaling,
        device: torch.device,
        dtype: torch.dtype,
        y: np.ndarray | None = None,
    ) -> None:
        rows: Tensor | SparseRows = SparseRows(X) if sparse.issparse(X) else _as_tensor(X)
        self._rows = rows.to(device) if _fits(rows, device) else rows
        self._is_far = self._rows.device.type != device.type or _is_mapped(X)
        self._y = None if y is None else _as_tensor(y).to(device)
        # Scaled in float64 where the data are: 1.6e9 seconds minus their mean is noise in float32.
        exact = dtype if X.dtype in (np.uint8, np.float32, np.bool_) else torch.float64
        arithmetic = dtype if device.type == "mps" else exact
        self._offset = torch.as_tensor(scaling.offset, dtype=arithmetic, device=device)
        self._factor = torch.as_tensor(1.0 / scaling.scale, dtype=arithmetic, device=device)
        tail = scaling.tail
        self._tail = (
            None if tail is None else torch.as_tensor(tail, dtype=arithmetic, device=device)
        )
        self.device = device
        self.dtype = dtype

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def labels(self) -> Tensor | None:
        """The labels, where there are some."""
        return self._y

    def fingerprint(self) -> str:
        """Return what tells these rows and labels from others; all of them are read."""
        parts = self._rows.parts if isinstance(self._rows, SparseRows) else (self._rows,)
        known = parts if self._y is None else (*parts, self._y)
        return "-".join(fingerprint(part.cpu().numpy()) for part in known)

    def batch(self, index: Tensor, progress: float = 1.0) -> Batch:
        """Return the rows with the given numbers, scaled.

        Parameters
        ----------
        index : Tensor of shape (batch,), int64
        progress : float in [0, 1], default=1
            The share of the training that is over.
        """
        return self._batch(index, self._gather(index), progress)

    def batches(self, order: Tensor, size: int) -> Generator[Callable[[float], Batch]]:
        """Yield what makes the batches of this many rows each, in an order, of the progress at that time.

        Parameters
        ----------
        order : Tensor of shape (n,), int64
            Row numbers.
        size : int
            Rows per batch.
        """
        parts = order.split(size)
        if not self._is_far:
            for index in parts:
                yield partial(self._batch, index, self._gather(index))
            return
        with ThreadPoolExecutor(1) as reader:
            following = reader.submit(self._gather, parts[0])
            for number, index in enumerate(parts, start=1):
                rows = following.result()
                if number < len(parts):
                    following = reader.submit(self._gather, parts[number])
                yield partial(self._batch, index, rows)

    def rows(self, start: int, stop: int) -> Tensor:
        """Return the scaled rows from `start` to `stop`, in order and without a gather."""
        return self._scaled(self._rows[start:stop])

    def _gather(self, index: Tensor) -> Tensor:
        index = index.to(self._rows.device)
        if isinstance(self._rows, SparseRows):
            return self._rows[index]
        if self._is_far:
            # By NumPy: in the reader's thread torch would start a second team of threads, and the two
            # teams, waiting for each other on the same cores, take twice as long.
            return torch.from_numpy(self._rows.numpy().take(index.numpy(), axis=0))
        # The same rows as by [index], in a third to an eighth of the time: it copies whole rows.
        return self._rows.index_select(0, index)

    def _batch(self, index: Tensor, rows: Tensor, progress: float) -> Batch:
        y = None if self._y is None else self._y[index.to(self.device)]
        return Batch(self._scaled(rows), index, y, progress)

    def _scaled(self, rows: Tensor) -> Tensor:
        rows = rows.to(self.device)
        if rows.ndim == 3:
            rows = rows.unsqueeze(1)
        elif rows.ndim == 4:
            # (n, h, w, c) seen as (n, c, h, w) is torch's channels-last layout: no copy.
            rows = rows.permute(0, 3, 1, 2)
        scaled = (rows.to(self._offset.dtype) - self._offset) * self._factor
        if self._tail is not None:
            beyond = (scaled.abs() - self._tail).clamp(min=0)
            scaled = scaled - scaled.sign() * (beyond - beyond.log1p())
        return scaled.to(self.dtype)


def _fits(rows: Tensor | SparseRows, device: torch.device) -> bool:
    """Whether a device can hold the rows and still has room to compute."""
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    # Same result either way: gathered on the device or where they are.
    return rows.nbytes < free / 2


def _is_mapped(array: np.ndarray | sparse.csr_array) -> bool:
    """Whether the values lie in a file; checks of arrays make views that do not say so themselves."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def _as_tensor(array: np.ndarray) -> Tensor:
    """A tensor that shares the array's memory, which nothing here writes to, where that is possible."""
    if array.dtype.kind == "b":
        array = array.view(np.uint8)
    elif array.dtype.kind in "iu" and array.dtype != np.uint8:
        array = array.astype(np.int64, copy=False)
    elif array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
        array = array.astype(np.float32 if array.dtype.itemsize == 2 else np.float64)
    # torch wants native byte order and no negative strides.
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if any(stride < 0 for stride in array.strides):
        array = array.copy()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
