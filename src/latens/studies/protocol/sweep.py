"""K-means on the codes of all samples, for a range of k, and the exact silhouette of each."""

import time

import numpy as np

from latens.clustering import KMeans
from latens.metrics import silhouette_sweep
from latens.models import BaseAutoencoder
from latens.runs import Measure
from latens.studies.preparation import Prepared
from latens.studies.settings import SweepSettings

__all__ = ["measure_sweep"]


def measure_sweep(
    data: Prepared, name: str, model: BaseAutoencoder, settings: SweepSettings, seed: int
) -> list[Measure]:
    """Return the silhouette of every k, the best k and the time it all took.

    Returns
    -------
    list of Measure
        "sweep.silhouette_K" for every k, "sweep.best_k", "sweep.best_silhouette" and "sweep.seconds",
        which is K-means and silhouettes together.
    """
    codes = np.concatenate([model.transform(data.train.X), model.transform(data.test.X)])
    distinct = len(np.unique(codes, axis=0))
    ks = range(settings.smallest, min(settings.largest, distinct - 1) + 1)
    start = time.perf_counter()
    labelings = [
        KMeans(k, n_init=settings.restarts, random_state=seed).fit_predict(codes) for k in ks
    ]
    scores = silhouette_sweep(codes, labelings)
    seconds = time.perf_counter() - start
    found = {f"silhouette_{k}": float(score) for k, score in zip(ks, scores, strict=True)}
    best = max(range(len(ks)), key=lambda at: scores[at])
    found |= {"best_k": ks[best], "best_silhouette": float(scores[best]), "seconds": seconds}
    return [
        Measure(name=f"sweep.{one}", representation=name, seed=seed, value=float(value))
        for one, value in found.items()
    ]
