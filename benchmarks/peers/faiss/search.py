"""Exact search by a flat index: adding the items is not timed, searching is."""

import time
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from search_data import codes


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Make the items and an index of them."""
    items, queries = codes(settings)
    is_binary = settings["metric"] == "hamming"
    if is_binary:
        items, queries = np.packbits(items, axis=1), np.packbits(queries, axis=1)
        index = faiss.IndexBinaryFlat(settings["numbers"])
    else:
        index = faiss.IndexFlatL2(settings["numbers"])
    index.add(items)

    def run() -> dict[str, float]:
        start = time.perf_counter()
        distances, _ = index.search(queries, settings["k"])
        seconds = time.perf_counter() - start
        if not is_binary:  # this library gives squares
            distances = np.sqrt(distances)
        return {"seconds": seconds, "mean distance": float(distances.mean())}

    return run
