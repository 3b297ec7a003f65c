"""K-means: each run with a seed of its own."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import torch  # noqa: F401 (latens imports it late; what is raced is the work)
from kmeans_data import points, start

from latens.clustering import KMeans


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points, the same way for every contender."""
    X = points(settings)
    seeds = itertools.count()

    def run() -> dict[str, float]:
        model = KMeans(
            settings["clusters"],
            init=start(settings, X),
            n_init=settings["restarts"],
            max_iter=settings["iterations"],
            tol=settings["tol"],
            random_state=next(seeds),
        )
        began = time.perf_counter()
        model.fit(X)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "inertia": model.inertia_, "iterations": model.n_iter_}

    return run
