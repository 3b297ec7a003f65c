"""Labels spread over the graph of neighbors."""

import time
from collections.abc import Callable
from typing import Any

from few_labels_data import error, points

from latens.applications import Propagation


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points, the same way for every contender."""
    X, given, y = points(settings)

    def run() -> dict[str, float]:
        began = time.perf_counter()
        shares = Propagation(settings["neighbors"]).spread(X, given, given.max() + 1).everywhere
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "error, %": error(shares.argmax(axis=1), given, y)}

    return run
