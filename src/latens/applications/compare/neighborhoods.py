"""How many of a sample's nearest neighbors are the same by two codes of the same samples."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens.pairwise import nearest_rows

__all__ = ["SharedNeighbors", "shared_neighbors"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SharedNeighbors:
    """The nearest neighbors of samples by two codes.

    Attributes
    ----------
    first, second : ndarray of int of shape (n, k)
        The k nearest others of each sample, by either code.
    shares : ndarray of shape (n,)
        The share of them that is in both.
    """

    first: Integers
    second: Integers
    shares: npt.NDArray[np.float64]

    @property
    def k(self) -> int:
        """How many neighbors are compared."""
        return int(self.first.shape[1])

    @property
    def by_chance(self) -> float:
        """The share that codes without anything in common have."""
        return self.k / max(1, len(self.first) - 1)


def shared_neighbors(
    first: npt.NDArray[np.generic], second: npt.NDArray[np.generic], k: int
) -> SharedNeighbors:
    """Compare the neighborhoods of the same samples by two codes.

    Parameters
    ----------
    first, second : ndarrays of shape (n, d) and (n, e)
    k : int in [1, n - 1]

    Examples
    --------
    >>> line = np.arange(6.0)[:, None]
    >>> shared_neighbors(line, -3 * line, 2).shares.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    own = np.arange(len(first))
    near = [nearest_rows(_plain(codes), _plain(codes), k, own)[1] for codes in (first, second)]
    # A neighbor of both is there twice.
    together = np.sort(np.concatenate(near, axis=1), axis=1)
    n_shared = (together[:, 1:] == together[:, :-1]).sum(axis=1)
    return SharedNeighbors(near[0], near[1], n_shared / k)


def _plain(codes: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(codes, dtype=np.float64)
