"""The codes and queries that searches are raced on, the same for every contender, from NumPy alone."""

from typing import Any

import numpy as np


def codes(settings: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return items and queries: float32, or booleans where the metric is "hamming".

    They lie around 100 centers, as codes of data with groups do; in noise alone nothing is near.
    """
    rng = np.random.default_rng(0)
    width = settings["numbers"]
    centers = 2 * rng.standard_normal((100, width), dtype=np.float32)

    def some(n: int) -> np.ndarray:
        X = rng.standard_normal((n, width), dtype=np.float32)
        X += centers[rng.integers(0, len(centers), n)]
        return X > 0 if settings["metric"] == "hamming" else X

    return some(settings["items"]), some(settings["queries"])
