"""The graph of nearest codes, sparse: never a matrix of all pairs."""

import numpy as np
import torch
from scipy import sparse

__all__ = ["nearest", "neighbour_graph", "neighbour_weights"]

# The reach of a point is its distance to this neighbour (Zelnik-Manor and Perona take the 7th).
_REACH = 7
_BLOCK_VALUES = 2**26  # distances at once: 256 MB


def nearest(
    queries: np.ndarray, references: np.ndarray, n_neighbors: int, device: torch.device
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest references of every query, exactly, by products of matrices in blocks.

    Parameters
    ----------
    queries, references : ndarrays of shape (n, d) and (m, d)
    n_neighbors : int
        At most m.
    device : torch.device
        Where to compute.

    Returns
    -------
    squared : ndarray of shape (n, n_neighbors)
        Squared distances, rising.
    rows : ndarray of shape (n, n_neighbors), int64
        Of `references`.

    Examples
    --------
    >>> codes = np.array([[0.0], [1.0], [5.0]])
    >>> nearest(codes, codes, 2, torch.device("cpu"))[1]
    array([[0, 1], [1, 0], [2, 1]])
    """
    # Around the mean, in float32: the nearest of points far from 0 would drown in rounding.
    origin = references.mean(axis=0)
    there = _tensor(references - origin, device)
    here = there if queries is references else _tensor(queries - origin, device)
    norms = there.square().sum(1)
    block = max(1, _BLOCK_VALUES // len(there))
    found, rows = [], []
    for part in here.split(block):
        squared = torch.addmm(norms, part, there.T, alpha=-2).add_(part.square().sum(1, True))
        smallest = squared.topk(n_neighbors, dim=1, largest=False)
        found.append(smallest.values.clamp_(min=0).cpu().numpy())
        rows.append(smallest.indices.cpu().numpy())
    return np.concatenate(found), np.concatenate(rows)


def neighbour_graph(
    Z: np.ndarray, n_neighbors: int, device: torch.device
) -> tuple[sparse.csr_array, np.ndarray]:
    """Join every code to its nearest ones; the nearer, the stronger.

    An edge weighs ``exp(-d^2 / (reach_i reach_j))``, where the reach of a point is the distance to its
    seventh neighbour, so that dense and sparse regions are treated alike (Zelnik-Manor and Perona 2004,
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
    squared, rows = nearest(Z, Z, min(n_neighbors + 1, n), device)
    reach = np.sqrt(squared[:, min(_REACH, squared.shape[1] - 1)])
    weights = neighbour_weights(squared, reach[:, None], reach[rows])
    starts = np.repeat(np.arange(n), rows.shape[1])
    graph = sparse.csr_array((weights.ravel(), (starts, rows.ravel())), shape=(n, n))
    graph.setdiag(0)  # nearest finds every point itself, too
    graph.eliminate_zeros()
    return graph.maximum(graph.T).tocsr(), reach


def neighbour_weights(squared: np.ndarray, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return ``exp(-d^2 / (reach here x reach there))``; 1 where two points are the same."""
    reaches = np.maximum(here.astype(np.float64) * there, np.finfo(np.float64).tiny)
    return np.asarray(np.exp(-np.minimum(squared / reaches, 700.0)))


def _tensor(points: np.ndarray, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(points, dtype=np.float32)).to(device)
