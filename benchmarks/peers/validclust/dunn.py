"""The exact Dunn index from the matrix of all distances, which this package asks for."""

import time
from collections.abc import Callable
from typing import Any

from dunn_data import labeled_points
from sklearn.metrics import pairwise_distances
from validclust import dunn


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points and their labels, the same way for every contender."""
    X, labels = labeled_points(settings)

    def run() -> dict[str, float]:
        start = time.perf_counter()
        score = dunn(pairwise_distances(X), labels)
        return {"seconds": time.perf_counter() - start, "dunn index": float(score)}

    return run
