"""Fits a detector to each of some tables and scores the rest of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from anomaly_tables import race

from latens.applications import AnomalyDetector


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    def score(train: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
        return -AnomalyDetector(random_state=seed).fit(train).score_samples(test)

    return race(settings, score)
