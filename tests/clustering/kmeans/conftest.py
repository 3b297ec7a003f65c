"""Samples as the parts of K-means take them."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.pairwise import ThreadPool, torch_threads


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPool]:
    """All cores of this machine."""
    with torch_threads(torch.device("cpu")) as whole:
        yield whole


@pytest.fixture(scope="session")
def sample_of(pool: ThreadPool) -> Callable[..., Sample]:
    """Returns the sample of an array that is centered, and of weights."""

    def make(X: np.ndarray, weights: np.ndarray | None = None) -> Sample:
        counts = np.ones(len(X)) if weights is None else np.asarray(weights, dtype=np.float64)
        return Sample.of(CenteredData(torch.from_numpy(X)), counts, pool)

    return make
