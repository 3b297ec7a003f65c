"""The same with a detector of PyOD at its defaults, on columns of one range as its examples have them."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from anomaly_tables import race
from sklearn.preprocessing import MinMaxScaler


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    module, _, name = settings["detector"].partition(".")
    detector = getattr(importlib.import_module(f"pyod.models.{module}"), name)
    accepts_seed = "random_state" in inspect.signature(detector).parameters

    def score(train: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
        scaler = MinMaxScaler().fit(train)
        fitted = detector(**({"random_state": seed} if accepts_seed else {}))
        fitted.fit(scaler.transform(train))
        # PyOD's scores are larger for anomalies.
        return np.asarray(fitted.decision_function(scaler.transform(test)))

    return race(settings, score)
