"""The tables of the rows on anomalies: the same parts for every contender."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["parts", "race", "read_table"]

Parts = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def read_table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All rows of a set, and which of them are anomalies."""
    with np.load(Path(os.environ["LATENS_DATA"]) / "adbench" / f"{name}.npz") as file:
        return file["X"].astype(float), file["y"].astype(int)


def parts(settings: dict[str, Any]) -> Parts:
    """For every set: half of its normal rows to learn from, all other rows to score, and their labels."""
    found = {}
    for name in settings["sets"]:
        X, y = read_table(name)
        normal = np.random.default_rng(0).permutation(np.flatnonzero(y == 0))
        half = len(normal) // 2
        rest = np.r_[normal[half:], np.flatnonzero(y == 1)]
        found[name] = (X[normal[:half]], X[rest], y[rest])
    return found


def auroc(truth: np.ndarray, scores: np.ndarray) -> float:
    """The share of pairs of an anomaly and a normal row that are in the right order."""
    from scipy.stats import rankdata

    odd, all_ranks = truth == 1, rankdata(scores)
    n_odd = int(odd.sum())
    above = all_ranks[odd].sum() - n_odd * (n_odd + 1) / 2
    return float(above / (n_odd * (len(truth) - n_odd)))


def race(
    settings: dict[str, Any], score: Callable[[np.ndarray, np.ndarray, int], np.ndarray]
) -> Callable[[], dict[str, float]]:
    """One turn: fit and score every set. `score(train, test, seed)` is larger for anomalies."""
    import itertools
    import time

    data, seeds = parts(settings), itertools.count()

    def run() -> dict[str, float]:
        seed, seconds, reached = next(seeds), 0.0, []
        for train, test, truth in data.values():
            began = time.perf_counter()
            scores = score(train, test, seed)
            seconds += time.perf_counter() - began
            reached.append(auroc(truth, scores))
        return {"seconds": seconds, "mean AUROC": float(np.mean(reached))}

    return run
