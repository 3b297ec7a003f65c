"""A representation in numbers: how well it reconstructs, how well it clusters, what its neighbors share."""

import warnings
from dataclasses import dataclass, field

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from latens import metrics
from latens.clustering import KMeans
from latens.data import Dataset, TableEncoder
from latens.runs import Part, ResultRow
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation, flat

__all__ = ["Scores", "score"]

_RESTARTS = 10
# The cost of these grows with the square of the rows; this many give the third digit.
_PAIRWISE_ROWS = 10_000
_FEWEST_FOR_JACKKNIFE = 3


@dataclass(frozen=True, eq=False)
class Scores:
    """What one representation and seed is worth.

    Attributes
    ----------
    rows : list of ResultRow
        One for the training part and one for the held-out part.
    clusters : dict of str to ndarray
        The K-means cluster of every scored row, by part.
    samples : dict of str to ndarray of shape (n_scored_test,)
        What every held-out row contributes to a metric; NaN where it was left out.
    centers : ndarray of shape (k, numbers)
        Of the clusters; a code belongs to the nearest one.
    """

    rows: list[ResultRow]
    clusters: dict[str, np.ndarray]
    centers: np.ndarray
    samples: dict[str, np.ndarray] = field(default_factory=dict)


def score(data: Prepared, representation: Representation, *, k: int, seed: int) -> Scores:
    """Score one representation; agreement with labels is that of as many clusters as there are classes."""
    clusters, centers = _clusters(representation, k, seed)
    by_class = clusters
    if data.has_labels and data.n_classes != k:
        by_class, _ = _clusters(representation, data.n_classes, seed)
    parts: tuple[tuple[Part, Dataset, np.ndarray, np.ndarray], ...] = (
        ("train", data.train, data.scored_train, representation.train),
        ("held-out", data.test, data.scored_test, representation.test),
    )
    scores = Scores([], clusters, centers)
    for part, dataset, scored, codes in parts:
        X = dataset.X[scored]
        # Only of held-out rows is it asked what each contributes.
        samples = scores.samples if part == "held-out" else {}
        values = _reconstruction(data, representation, X, samples)
        raw_rows = None if representation.kind == "raw" else flat(X, data)
        values |= _structure(codes, clusters[part], raw_rows, samples)
        if data.has_labels:
            assert dataset.y is not None
            values |= _agreement(dataset.y[scored], by_class[part], samples)
            values |= _probes(data, representation, part, samples)
        scores.rows.append(
            ResultRow(
                representation=representation.name,
                label=representation.label,
                kind=representation.kind,
                numbers=representation.numbers,
                seed=seed,
                part=part,
                metrics=values,
                seconds=representation.seconds,
                parameters=representation.parameters,
                learns_from_labels=representation.learns_from_labels,
            )
        )
    return scores


def _clusters(
    representation: Representation, k: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The cluster of every scored row, by part, and the centers."""
    with warnings.catch_warnings():
        # Codes of fewer different values than clusters: the scores show it, and an alert says why.
        warnings.simplefilter("ignore", ConvergenceWarning)
        k = min(k, len(representation.train))
        kmeans = KMeans(k, n_init=_RESTARTS, random_state=seed).fit(representation.train)
    clusters = {"train": kmeans.labels_, "held-out": kmeans.predict(representation.test)}
    return clusters, kmeans.cluster_centers_


def _reconstruction(
    data: Prepared, representation: Representation, X: np.ndarray, samples: dict[str, np.ndarray]
) -> dict[str, float | None]:
    """Errors in scaled units; PSNR and SSIM only where these have a range."""
    if representation.rebuild is None:
        return {}
    truth = data.scaling.apply(X.reshape(len(X), -1)).astype(np.float32)
    reconstructed = data.scaling.apply(representation.rebuild(X).reshape(len(X), -1)).astype(
        np.float32
    )
    if data.scaling.bounded:
        # A display shows no value outside the range; clipping can only help, and does so for PCA.
        reconstructed = reconstructed.clip(0, 1)
    cells = {} if data.encoder is None else _cells(data.encoder, representation, X, samples)
    samples["mean_squared_error"] = metrics.mean_squared_error_samples(truth, reconstructed)
    values: dict[str, float | None] = cells | {
        "mean_squared_error": float(samples["mean_squared_error"].mean()),
        "mean_absolute_error": metrics.mean_absolute_error(truth, reconstructed),
    }
    if data.scaling.bounded:
        samples["psnr"] = metrics.psnr_samples(truth, reconstructed, data_range=1.0)
        values["psnr"] = float(samples["psnr"].mean())
    if data.scaling.bounded and data.is_images:
        shaped = (truth.reshape(X.shape), reconstructed.reshape(X.shape))
        values["ssim"] = metrics.ssim(*shaped, data_range=1.0)
    return values


def _cells(
    encoder: TableEncoder,
    representation: Representation,
    X: np.ndarray,
    samples: dict[str, np.ndarray],
) -> dict[str, float | None]:
    """How well the cells of a table of mixed columns come back."""
    assert representation.rebuild is not None
    given = X, representation.rebuild(X), encoder.blocks_
    samples["cell_error"] = metrics.cell_error_samples(*given)
    return {
        "cell_error": float(np.nanmean(samples["cell_error"])),
        "number_r2": metrics.number_r2(*given),
        "category_accuracy": metrics.category_accuracy(*given),
    }


def _structure(
    codes: np.ndarray,
    clusters: np.ndarray,
    raw_rows: np.ndarray | None,
    samples: dict[str, np.ndarray],
) -> dict[str, float | None]:
    """What needs no labels: the clusters in either space, and whose neighbors stay neighbors."""
    # At random: the first of sorted rows are all of one class. The same ones for every representation.
    few = np.sort(np.random.default_rng(0).permutation(len(codes))[:_PAIRWISE_ROWS])
    values: dict[str, float | None] = {"silhouette_score": None, "silhouette_raw": None}
    if 2 <= len(np.unique(clusters[few])) < len(clusters[few]):
        values["silhouette_score"] = metrics.silhouette_score(codes[few], clusters[few])
        values["silhouette_raw"] = (
            values["silhouette_score"]
            if raw_rows is None
            else metrics.silhouette_score(raw_rows[few], clusters[few])
        )
    neighbors = min(5, (len(few) - 1) // 2)
    if raw_rows is not None and neighbors >= 1:
        scores = metrics.trustworthiness_samples(raw_rows[few], codes[few], neighbors)
        samples["trustworthiness"] = np.full(len(codes), np.nan)
        samples["trustworthiness"][few] = scores
        values["trustworthiness"] = float(scores.mean())
    return values


def _agreement(
    y: np.ndarray, clusters: np.ndarray, samples: dict[str, np.ndarray]
) -> dict[str, float | None]:
    if len(y) >= _FEWEST_FOR_JACKKNIFE:
        samples["adjusted_rand_score"] = metrics.adjusted_rand_score_samples(y, clusters)
    return {
        "clustering_accuracy": metrics.clustering_accuracy(y, clusters),
        "normalized_mutual_info_score": metrics.normalized_mutual_info_score(y, clusters),
        "adjusted_rand_score": metrics.adjusted_rand_score(y, clusters),
    }


def _probes(
    data: Prepared, representation: Representation, part: str, samples: dict[str, np.ndarray]
) -> dict[str, float | None]:
    """What a classifier learns from the training codes; only held-out rows say anything."""
    if part == "train" or data.n_classes < 2:
        return {"knn_accuracy": None, "linear_probe_accuracy": None}
    assert data.train.y is not None
    assert data.test.y is not None
    y_train, y_test = data.train.y[data.scored_train], data.test.y[data.scored_test]
    codes = (representation.train, y_train, representation.test, y_test)
    near = metrics.knn_accuracy_samples(*codes, n_neighbors=min(5, len(y_train)))
    probe = metrics.linear_probe_accuracy_samples(*codes)
    samples |= {"knn_accuracy": near, "linear_probe_accuracy": probe}
    return {"knn_accuracy": float(near.mean()), "linear_probe_accuracy": float(probe.mean())}
