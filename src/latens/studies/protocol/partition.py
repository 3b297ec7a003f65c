"""K-means on the held-out codes themselves, judged in the space of the codes and in the raw one."""

import numpy as np

from latens import metrics
from latens.clustering import KMeans
from latens.runs import Measure
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation, flat
from latens.studies.settings import PartitionSettings

__all__ = ["measure_partition"]


def measure_partition(
    data: Prepared, representation: Representation, settings: PartitionSettings, seed: int
) -> list[Measure]:
    """Return how good the clusters are.

    Returns
    -------
    list of Measure
        "partition.silhouette_score" and "partition.dunn_index" in the space of the codes;
        "partition.raw_silhouette_score" and "partition.raw_dunn_index" of the same clusters in the raw
        space, where all representations compare; and, scored with labels,
        "partition.clustering_accuracy", "partition.normalized_mutual_info_score" and
        "partition.adjusted_rand_score". What is not a finite number is left out.
    """
    codes = np.ascontiguousarray(representation.test)
    k = min(settings.k, len(np.unique(codes, axis=0)))
    clusters = KMeans(k, n_init=settings.restarts, random_state=seed).fit_predict(codes)
    found = {}
    if len(np.unique(clusters)) > 1:
        raw = flat(data.test.X[data.scored_test], data)
        for prefix, rows in (("", codes), ("raw_", raw)):
            found[f"{prefix}silhouette_score"] = metrics.silhouette_score(rows, clusters)
            found[f"{prefix}dunn_index"] = metrics.dunn_index(rows, clusters)
    if data.test.y is not None:
        y = data.test.y[data.scored_test]
        found["clustering_accuracy"] = metrics.clustering_accuracy(y, clusters)
        for score in (metrics.normalized_mutual_info_score, metrics.adjusted_rand_score):
            found[score.__name__] = score(y, clusters)
    # Codes that have collapsed to a few values make clusters of no width, whose Dunn index is infinite.
    return [
        Measure(
            name=f"partition.{name}",
            representation=representation.name,
            seed=seed,
            value=float(value),
        )
        for name, value in found.items()
        if np.isfinite(value)
    ]
