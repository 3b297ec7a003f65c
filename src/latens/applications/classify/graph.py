"""The graph of nearest codes, sparse: never a matrix of all pairs."""

import numpy as np
import torch
from scipy import sparse

from latens.pairwise import nearest_rows_on_device

__all__ = ["neighbor_graph", "neighbor_weights"]

# The reach of a point is its distance to this neighbor (Zelnik-Manor and Perona take the 7th).
_REACH = 7


def neighbor_graph(
    Z: np.ndarray, n_neighbors: int, device: torch.device
) -> tuple[sparse.csr_array, np.ndarray]:
    """Join every code to its nearest ones; the nearer, the stronger.

    An edge weighs ``exp(-d^2 / (reach_i reach_j))``, where the reach of a point is the distance to its
    seventh neighbor, so that dense and sparse regions are treated alike (Zelnik-Manor and Perona 2004,
    Self-tuning spectral clustering, NIPS 17). It is there if either of the two is near to the other.

    Parameters
    ----------
    Z : ndarray of shape (n, d)
        Codes, n of at least 2.
    n_neighbors : int
    device : torch.device

    Returns
    -------
    graph : sparse array of shape (n, n)
        Symmetric, in [0, 1], with an empty diagonal.
    reach : ndarray of shape (n,)
    """
    n = len(Z)
    squared, rows = nearest_rows_on_device(Z, Z, min(n_neighbors + 1, n), device)
    reach = np.sqrt(squared[:, min(_REACH, squared.shape[1] - 1)])
    weights = neighbor_weights(squared, reach[:, None], reach[rows])
    starts = np.repeat(np.arange(n), rows.shape[1])
    graph = sparse.csr_array((weights.ravel(), (starts, rows.ravel())), shape=(n, n))
    graph.setdiag(0)  # the search finds every point itself, too
    graph.eliminate_zeros()
    return graph.maximum(graph.T).tocsr(), reach


def neighbor_weights(squared: np.ndarray, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return ``exp(-d^2 / (reach here x reach there))``; 1 where two points are the same."""
    reaches = np.maximum(here.astype(np.float64) * there, np.finfo(np.float64).tiny)
    return np.asarray(np.exp(-np.minimum(squared / reaches, 700.0)))
