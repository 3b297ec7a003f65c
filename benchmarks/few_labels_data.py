"""Points of a race of labels: images by PCA, few of them with a label."""

from typing import Any

import numpy as np
from sklearn.decomposition import PCA

from latens.applications import draw_labels
from latens.data import load


def points(settings: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the points, their labels with -1 where they are hidden, and all labels."""
    data = load(settings["data"], "train")
    X, y = data.X[: settings["samples"]], data.y[: settings["samples"]]
    features = PCA(settings["features"], random_state=0).fit_transform(
        X.reshape(len(X), -1) / 255.0
    )
    return features, draw_labels(y, settings["labels_per_class"], seed=0), y


def error(found: np.ndarray, given: np.ndarray, y: np.ndarray) -> float:
    """Return the share of wrong labels among those that were hidden, in per cent."""
    hidden = given < 0
    return 100 * float(np.mean(found[hidden] != y[hidden]))
