"""AUROC of the anomaly detector and of what it must be better than, side by side on the same rows.

    python benchmarks/anomaly_quality.py tables --out benchmarks/results/anomaly_quality_tables.json
    python benchmarks/anomaly_quality.py images --out benchmarks/results/anomaly_quality_images.json
    python benchmarks/anomaly_quality.py gaps --seeds 1 --rows 2000 \\
        --out benchmarks/results/anomaly_quality_gaps.json

Tables are the sets of ADBench that are found (Han et al. 2022, arXiv:2206.09426), at most 10,000 rows each.
"unsupervised": 70 % of the rows to learn from, anomalies among them, the rest to score. "one-class": half of
the normal rows to learn from, all other rows to score. Images: one class to learn from, all test images
to score. "gaps": the tables with a tenth of their cells missing at random, as they are and with medians of
the rows learned from in their place, beside the complete ones. Labels score, and make the parts; nothing is
chosen by them, and the rules for tables were chosen on other data (docs/developers/decisions.md). Results are
written as they come, and a run that was ended goes on where it was. Deviations are those of the seeds' means,
by n - 1; "thirds" are means over three parts of the tables, drawn once.
"""

import argparse
import json
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import MinMaxScaler

from latens.applications import AnomalyDetector
from latens.data import load
from latens.data.table_encoding.encoder import TableEncoder
from latens.models import Autoencoder
from latens.training import Trainer

Scores = dict[str, np.ndarray]
MOST_ROWS = 10_000
GAPS = 0.1  # of the cells
# So many images of a class stand for all of them in the k-NN baseline, as in the figures it is compared to.
REFERENCES = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("tables", "images", "gaps"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="names of sets; all that are found without it")
    parser.add_argument("--rows", type=int, default=MOST_ROWS, help="at most so many rows")
    asked = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    warnings.simplefilter("ignore")
    found = json.loads(asked.out.read_text()) if asked.out.exists() else {"results": {}}
    cases = {"tables": tables, "images": images, "gaps": gaps}[asked.what]
    for name, case in cases(asked.seeds, asked.only, asked.rows):
        if name not in found["results"]:
            found["results"][name] = case()
            found["means"] = means(found["results"])
            found["thirds"] = thirds(found["results"])
            asked.out.write_text(json.dumps(found, indent=1) + "\n")
            print(name, found["results"][name], flush=True)
    print(json.dumps(found.get("means", {}), indent=1))


def tables(
    seeds: int,
    only: list[str] | None,
    rows: int,
    table: Callable[[Path, str, int, int], dict[str, Any]] | None = None,
) -> Iterator[tuple[str, Callable[[], Any]]]:
    table = table or complete_table
    folder = Path(os.environ.get("LATENS_DATA", ".")) / "adbench"
    for seed in range(seeds):
        for path in sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_size):
            if only and path.stem not in only:
                continue
            for protocol in ("unsupervised", "one-class"):
                yield (
                    f"{protocol}/{path.stem}/{seed}",
                    lambda path=path, protocol=protocol, seed=seed: table(
                        path, protocol, seed, rows
                    ),
                )


def complete_table(path: Path, protocol: str, seed: int, rows: int) -> dict[str, Any]:
    train, test, truth = read_parts(path, protocol, seed, rows)
    scaler = MinMaxScaler().fit(train)
    scores = baselines(scaler.transform(train), scaler.transform(test), seed)
    detector = AnomalyDetector(random_state=seed).fit(train)
    return judged(truth, scores | ours(detector, test))


def gaps(seeds: int, only: list[str] | None, rows: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield from tables(seeds, only, rows, table_with_gaps)


def table_with_gaps(path: Path, protocol: str, seed: int, rows: int) -> dict[str, Any]:
    """The detector on a table with gaps, on it with medians, and on the complete one.

    Its network has no part in the score of a table, so that a small one will do.
    """
    train, test, truth = read_parts(path, protocol, seed, rows)
    rng = np.random.default_rng(seed)
    spoiled = [np.where(rng.random(one.shape) < GAPS, np.nan, one) for one in (train, test)]
    median = np.nan_to_num(np.nanmedian(spoiled[0], axis=0))
    filled = [np.where(np.isnan(one), median, one) for one in spoiled]
    names = [f"column {place}" for place in range(train.shape[1])]
    as_frames = [pd.DataFrame(one, columns=names) for one in spoiled]
    encoder = TableEncoder(kinds=dict.fromkeys(names, "number")).fit(as_frames[0])
    candidates = {
        "complete": (train, test, None),
        "with gaps": (*as_frames, encoder),
        "filled with medians": (*filled, None),
    }
    scores = {}
    for name, (known, new, columns) in candidates.items():
        trainer = Trainer(max_epochs=1, callbacks=())
        detector = AnomalyDetector(Autoencoder(1, trainer=trainer), random_state=seed)
        scores[name] = -detector.fit(known, encoder=columns).score_samples(new)
    return judged(truth, scores)


def read_parts(
    path: Path, protocol: str, seed: int, rows: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """At most so many rows of a table, in parts."""
    with np.load(path) as file:
        X, y = file["X"].astype(float), file["y"].astype(int)
    if len(X) > rows:
        X, _, y, _ = train_test_split(X, y, train_size=rows, stratify=y, random_state=seed)
    return parted(X, y, protocol, seed)


def parted(
    X: np.ndarray, y: np.ndarray, protocol: str, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is learned from, what is scored, and which of that are anomalies."""
    if protocol == "unsupervised":
        train, test, _, truth = train_test_split(X, y, test_size=0.3, stratify=y, random_state=seed)
        return train, test, truth
    normal = np.random.default_rng(seed).permutation(np.flatnonzero(y == 0))
    half = len(normal) // 2
    rest = np.r_[normal[half:], np.flatnonzero(y == 1)]
    return X[normal[:half]], X[rest], y[rest]


def ours(detector: AnomalyDetector, test: np.ndarray) -> Scores:
    """The detector, and the ablation: its two distances alone, and the plain reconstruction error."""
    parts = detector.parts(test)
    return {
        "latens": -detector.weigh(parts),
        "neighbors alone": parts["neighbours"],
        "model alone": parts["model"],
        "reconstruction error alone": reconstruction_error(detector, test),
    }


def reconstruction_error(detector: AnomalyDetector, test: np.ndarray) -> np.ndarray:
    ranges, model = detector.ranges_, detector.model_
    return -model.score_samples(test if ranges is None else ranges.apply(test))


def baselines(train: np.ndarray, test: np.ndarray, seed: int) -> Scores:
    forest = IsolationForest(n_estimators=100, random_state=seed).fit(train)
    return {
        "IForest": -forest.score_samples(test),
        "ECOD": ecod(train, test),
        "kNN": nearest(train, test),
        "PCA reconstruction": unexplained(PCA(0.9, svd_solver="full").fit(train), test),
        "PCA Mahalanobis": mahalanobis(train, test),
    }


def nearest(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    neighbors = NearestNeighbors(n_neighbors=min(5, len(train))).fit(train)
    return neighbors.kneighbors(test)[0][:, -1]


def unexplained(pca: PCA, test: np.ndarray) -> np.ndarray:
    return ((test - pca.inverse_transform(pca.transform(test))) ** 2).sum(axis=1)


def mahalanobis(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    variance, directions = np.linalg.eigh(np.atleast_2d(np.cov(train.T)))
    white = (test - train.mean(axis=0)) @ directions
    return (white**2 / (np.maximum(variance, 0) + 1e-3 * variance.mean())).sum(axis=1)


def ecod(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Empirical tail probabilities of the columns (Li et al. 2022, arXiv:2201.00382)."""
    centered = train - train.mean(axis=0)
    skewed = (centered**3).mean(axis=0) > 0
    sums = np.zeros((3, len(test)))
    for column in range(train.shape[1]):
        values = np.sort(train[:, column])
        left = np.searchsorted(values, test[:, column], "right")
        right = len(values) - np.searchsorted(values, test[:, column], "left")
        tails = [-np.log(np.maximum(tail, 0.5) / len(values)) for tail in (left, right)]
        sums += np.stack([*tails, tails[int(skewed[column])]])
    return sums.max(axis=0)


def images(
    seeds: int, only: list[str] | None, rows: int
) -> Iterator[tuple[str, Callable[[], Any]]]:
    for seed in range(seeds):
        for name in ("mnist", "fashion-mnist"):
            if only and name not in only:
                continue
            for kind in range(10):
                yield (
                    f"{name}/{kind}/{seed}",
                    lambda name=name, kind=kind, seed=seed: one_class(name, kind, seed, rows),
                )


def one_class(name: str, kind: int, seed: int, rows: int) -> dict[str, Any]:
    known, test = load(name, "train"), load(name, "test")
    assert known.y is not None
    assert test.y is not None
    X, T = known.X[known.y == kind][:rows], test.X[:rows]
    truth = (test.y[:rows] != kind).astype(int)
    train, flat = X.reshape(len(X), -1) / 255.0, T.reshape(len(T), -1) / 255.0
    scores = {
        "kNN": nearest(train[:REFERENCES], flat),
        "PCA reconstruction, 32": unexplained(PCA(32, random_state=seed).fit(train), flat),
    }
    return judged(truth, scores | ours(AnomalyDetector(random_state=seed).fit(X), T))


def judged(truth: np.ndarray, scores: Scores) -> dict[str, Any]:
    """AUROC and average precision in per cent."""
    return {
        name: [
            round(100 * roc_auc_score(truth, score), 2),
            round(100 * average_precision_score(truth, score), 2),
        ]
        for name, score in scores.items()
    }


def means(results: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """By the first word of the names: mean AUROC over all, and its deviation over the seeds' means."""
    summary: dict[str, Any] = {}
    for group in sorted({name.split("/")[0] for name in results}):
        by_seed: dict[str, list[dict[str, list[float]]]] = {}
        for name, result in results.items():
            if name.startswith(f"{group}/"):
                by_seed.setdefault(name.rsplit("/", 1)[1], []).append(result)
        summary[group] = {"cases": {seed: len(cases) for seed, cases in by_seed.items()}}
        for method in next(iter(by_seed.values()))[0]:
            per_seed = [
                np.mean([case[method] for case in cases], axis=0) for cases in by_seed.values()
            ]
            summary[group][method] = {
                "auroc": round(float(np.mean([one[0] for one in per_seed])), 2),
                "ap": round(float(np.mean([one[1] for one in per_seed])), 2),
                "sd of auroc": deviation([one[0] for one in per_seed]),
            }
    return summary


def deviation(values: list[float]) -> float | None:
    return round(float(np.std(values, ddof=1)), 2) if len(values) > 1 else None


def thirds(results: dict[str, dict[str, list[float]]]) -> dict[str, list[dict[str, Any]]]:
    """By the first word of the names: AUROC over each third of the sets, with the seeds' deviation."""
    summary: dict[str, list[dict[str, Any]]] = {}
    sets = np.random.default_rng(0).permutation(sorted({name.split("/")[1] for name in results}))
    for group in sorted({name.split("/")[0] for name in results}):
        for third in np.array_split(sets, 3):
            by_seed: dict[str, list[dict[str, list[float]]]] = {}
            for name, result in results.items():
                protocol, known, seed = name.split("/")
                if protocol == group and known in third:
                    by_seed.setdefault(seed, []).append(result)
            row: dict[str, Any] = {"sets": sorted(third.tolist())}
            for method in next(iter(results.values())):
                reached = [
                    float(np.mean([case[method][0] for case in cases]))
                    for cases in by_seed.values()
                ]
                if reached:
                    row[method] = [round(float(np.mean(reached)), 2), deviation(reached)]
            summary.setdefault(group, []).append(row)
    return summary


if __name__ == "__main__":
    main()
