"""Search by `SimilarityIndex`: adding the items is not timed, searching is."""

import time
from collections.abc import Callable
from typing import Any

from search_data import codes

from latens.applications import SimilarityIndex


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Make the items and an index of them."""
    items, queries = codes(settings)
    index = SimilarityIndex(settings["metric"], method=settings.get("method", "exact"))
    index.add(items)
    del items
    exact = settings.get("method", "exact") == "exact"
    nearest = None if exact else _nearest(settings)

    def run() -> dict[str, float]:
        start = time.perf_counter()
        found = index.search(queries, k=settings["k"])
        seconds = time.perf_counter() - start
        result = {"seconds": seconds, "mean distance": float(found.distances.mean())}
        if nearest is not None:
            both = zip(found.ids.tolist(), nearest.tolist(), strict=True)
            shared = sum(len(set(one) & set(other)) for one, other in both)
            result["found of the nearest"] = shared / nearest.size
        return result

    return run


def _nearest(settings: dict[str, Any]) -> Any:
    items, queries = codes(settings)
    index = SimilarityIndex(settings["metric"])
    index.add(items)
    return index.search(queries, k=settings["k"]).ids
