"""The nearest neighbors of every sample."""

from math import prod

import numpy as np
import torch
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

from latens._seeds import derive
from latens.pairwise import nearest_rows
from latens.training import DeviceSamples, map_rows

__all__ = ["neighbor_graph", "neighbors_of"]

# Neighbors are looked for in this many main components, as distances in more cost more and say the same.
_COMPONENTS = 64
# Samples that the components come from, and the most values in them: 128 MB of floats.
_COMPONENT_SAMPLES, _COMPONENT_VALUES = 10_000, 2**25
# Samples that neighbors are looked for among: beyond, the search would take longer than the training.
_MOST_CANDIDATES = 100_000
# The streams of random numbers for both.
_FOR_COMPONENTS, _CANDIDATES = 300, 301


def neighbor_graph(
    samples: DeviceSamples, shape: tuple[int, ...], n_neighbors: int, seed: int
) -> Tensor:
    """Return the numbers of the nearest neighbors of all samples, nearest first.

    Parameters
    ----------
    samples : DeviceSamples
    shape : tuple of int
        The shape of one sample as the network sees it.
    n_neighbors : int
        How many, or as many as there are other samples.
    seed : int
        Decides which samples are looked at where there are too many.

    Returns
    -------
    Tensor of shape (n_samples, n_neighbors), int64
        Where the samples are.
    """
    points = _main_components(samples, shape, seed)
    return torch.from_numpy(neighbors_of(points, n_neighbors, seed)).to(samples.device)


def neighbors_of(points: np.ndarray, n_neighbors: int, seed: int) -> np.ndarray:
    """Return the nearest neighbors of every point, shape (n_points, n_neighbors); never the point itself.

    Examples
    --------
    >>> neighbors_of(np.array([[0.0], [1.0], [5.0]]), 1, seed=0)
    array([[1],
           [0],
           [1]])
    """
    candidates = _drawn(len(points), _MOST_CANDIDATES, derive(seed, _CANDIDATES))
    own = np.full(len(points), -1)
    own[candidates] = np.arange(len(candidates))
    _, rows = nearest_rows(points, points[candidates], min(n_neighbors, len(candidates) - 1), own)
    return candidates[rows]


def _main_components(samples: DeviceSamples, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return the principal components of all samples, shape (n_samples, at most 64)."""
    values = prod(shape)
    if values <= _COMPONENTS:
        return map_rows(lambda x: x.flatten(1), samples, shape)
    enough = min(_COMPONENT_SAMPLES, max(2 * _COMPONENTS, _COMPONENT_VALUES // values))
    stream = derive(seed, _FOR_COMPONENTS)
    rows = torch.from_numpy(_drawn(len(samples), enough, stream))
    some = samples.batch(rows.to(samples.device)).x.flatten(1).cpu().numpy()
    centered = some - some.mean(axis=0)
    _, _, directions = randomized_svd(centered, _COMPONENTS, random_state=stream % 2**32)
    down = torch.from_numpy(directions.T.copy()).to(samples.device, samples.dtype)
    return map_rows(lambda x: x.flatten(1) @ down, samples, shape)


def _drawn(n: int, most: int, seed: int) -> np.ndarray:
    """Random row numbers in order, or all where there are not more than that."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
