"""K-means on all points, each run with a seed of its own.

This library starts from drawn points unless it is given centers, and never ends early: rows ask it for as
many iterations as the others take on average until their tolerance ends them.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from kmeans_data import points, start


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points, the same way for every contender."""
    X = points(settings).astype(np.float32, copy=False)
    seeds = itertools.count(1)
    given = start(settings, X)

    def run() -> dict[str, float]:
        model = faiss.Kmeans(
            X.shape[1],
            settings["clusters"],
            niter=settings["iterations"],
            nredo=settings["restarts"],
            seed=next(seeds),
            max_points_per_centroid=len(X),  # without it only 256 points per cluster are looked at
        )
        began = time.perf_counter()
        model.train(X, init_centroids=None if isinstance(given, str) else given)
        seconds = time.perf_counter() - began
        distances, _ = model.index.search(X, 1)
        inertia = float(distances.sum(dtype=np.float64))
        return {"seconds": seconds, "inertia": inertia, "iterations": model.cp.niter}

    return run
