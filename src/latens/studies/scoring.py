"""A representation in numbers: how well it rebuilds, how well it clusters, what its neighbours share."""

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from latens import metrics
from latens.clustering import KMeans
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation, flat

__all__ = ["Clusters", "score"]

Clusters = dict[str, np.ndarray]

_RESTARTS = 10
# The cost of these grows with the square of the rows; so many give the third digit.
_PAIRWISE_ROWS = 10_000


def score(
    data: Prepared, representation: Representation, *, k: int, seed: int
) -> tuple[list[dict[str, Any]], Clusters]:
    """Return the rows of the comparison for one representation and seed, and the clusters.

    Returns
    -------
    rows : list of dict
        One for the training part and one for the held-out part; see the format of results.json.
    clusters : dict of str to ndarray
        The K-means cluster of every scored row, by part.
    """
    with warnings.catch_warnings():
        # Codes of fewer different values than clusters: the scores show it, and an alert says why.
        warnings.simplefilter("ignore", ConvergenceWarning)
        kmeans = KMeans(k, n_init=_RESTARTS, random_state=seed).fit(representation.train)
    clusters = {"train": kmeans.labels_, "held-out": kmeans.predict(representation.test)}
    facts = {
        "representation": representation.name,
        "label": representation.label,
        "kind": representation.kind,
        "numbers": representation.numbers,
        "seed": seed,
        "seconds": representation.seconds,
        "parameters": representation.parameters,
        "learns_from_labels": representation.learns_from_labels,
    }
    parts = {
        "train": (data.train, data.scored_train, representation.train),
        "held-out": (data.test, data.scored_test, representation.test),
    }
    rows = []
    for part, (dataset, scored, codes) in parts.items():
        X = dataset.X[scored]
        values = _reconstruction(data, representation, X)
        values |= _structure(codes, clusters[part], flat(X, data), representation.kind == "raw")
        if data.has_labels:
            assert dataset.y is not None
            values |= _agreement(dataset.y[scored], clusters[part])
            values |= _probes(data, representation, part)
        rows.append({**facts, "part": part, "metrics": values})
    return rows, clusters


def _reconstruction(
    data: Prepared, representation: Representation, X: np.ndarray
) -> dict[str, float | None]:
    """Errors in scaled units; PSNR and SSIM only where these have a range."""
    if representation.rebuild is None:
        return {}
    truth = data.scaling.apply(X.reshape(len(X), -1)).astype(np.float32)
    rebuilt = data.scaling.apply(representation.rebuild(X).reshape(len(X), -1)).astype(np.float32)
    if data.scaling.bounded:
        # A display shows no value outside the range; clipping can only help, and does so for PCA.
        rebuilt = rebuilt.clip(0, 1)
    values: dict[str, float | None] = {
        "mean_squared_error": metrics.mean_squared_error(truth, rebuilt),
        "mean_absolute_error": metrics.mean_absolute_error(truth, rebuilt),
    }
    if data.scaling.bounded:
        values["psnr"] = metrics.psnr(truth, rebuilt, data_range=1.0)
    if data.scaling.bounded and data.is_images:
        shaped = (truth.reshape(X.shape), rebuilt.reshape(X.shape))
        values["ssim"] = metrics.ssim(*shaped, data_range=1.0)
    return values


def _structure(
    codes: np.ndarray, clusters: np.ndarray, raw_rows: np.ndarray, is_raw: bool
) -> dict[str, float | None]:
    """What needs no labels: the clusters in either space, and whose neighbours stay neighbours."""
    # At random: the first of sorted rows are all of one class. The same ones for every representation.
    few = np.sort(np.random.default_rng(0).permutation(len(codes))[:_PAIRWISE_ROWS])
    values: dict[str, float | None] = {"silhouette_score": None, "silhouette_raw": None}
    if 2 <= len(np.unique(clusters[few])) < len(clusters[few]):
        values["silhouette_score"] = metrics.silhouette_score(codes[few], clusters[few])
        values["silhouette_raw"] = metrics.silhouette_score(raw_rows[few], clusters[few])
    neighbours = min(5, (len(codes[few]) - 1) // 2)
    if not is_raw and neighbours >= 1:
        values["trustworthiness"] = metrics.trustworthiness(
            raw_rows[few], codes[few], n_neighbors=neighbours
        )
    return values


def _agreement(y: np.ndarray, clusters: np.ndarray) -> dict[str, float | None]:
    return {
        "clustering_accuracy": metrics.clustering_accuracy(y, clusters),
        "normalized_mutual_info_score": metrics.normalized_mutual_info_score(y, clusters),
        "adjusted_rand_score": metrics.adjusted_rand_score(y, clusters),
    }


def _probes(data: Prepared, representation: Representation, part: str) -> dict[str, float | None]:
    """What a classifier learns from the training codes; only held-out rows say anything."""
    if part == "train":
        return {"knn_accuracy": None, "linear_probe_accuracy": None}
    assert data.train.y is not None
    assert data.test.y is not None
    y_train, y_test = data.train.y[data.scored_train], data.test.y[data.scored_test]
    if len(np.unique(y_train)) < 2:
        return {"knn_accuracy": None, "linear_probe_accuracy": None}
    codes = (representation.train, y_train, representation.test, y_test)
    return {
        "knn_accuracy": metrics.knn_accuracy(*codes, n_neighbors=min(5, len(y_train))),
        "linear_probe_accuracy": metrics.linear_probe_accuracy(*codes),
    }
