"""All silhouettes of a sweep over the number of clusters, by one call each."""

import time
from collections.abc import Callable
from typing import Any

from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

from latens.data import load


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points and cluster them, the same way for every contender."""
    images = load("fashion-mnist", split="all").X
    rows = images.reshape(len(images), -1) / 255.0
    Z = PCA(settings["features"], svd_solver="covariance_eigh").fit_transform(rows)
    ks = range(settings["fewest_clusters"], settings["most_clusters"] + 1)
    labelings = [KMeans(k, n_init=1, random_state=0).fit_predict(Z) for k in ks]

    def run() -> dict[str, float]:
        start = time.perf_counter()
        scores = [silhouette_score(Z, labels) for labels in labelings]
        seconds = time.perf_counter() - start
        named = {f"silhouette, k = {k}": float(score) for k, score in zip(ks, scores, strict=True)}
        return {"seconds": seconds, **named}

    return run
