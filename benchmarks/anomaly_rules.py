"""The rules of the detector for tables, on the data that they were chosen by: AUROC of each candidate.

    python benchmarks/anomaly_rules.py --out benchmarks/results/anomaly_rules.json

Sets of scikit-learn and made ones, none of them from ADBench, with anomalies of four kinds as Han et al.
(2022, arXiv:2206.09426) make them: global (uniform in the box of the data), dependency (each column drawn
alone), local (a mixture of Gaussians with five times its covariance), clustered (a far component of its
own); 2 to 20 % of them. "class": a rare class of digits, wine, iris or breast cancer among the others, or
all other digits beside one. "mixed": 70 % of the rows to learn from, anomalies among them; "clean": half of
the normal rows. Mahalanobis stands for the model, which a network would make slow. Means of three seeds.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from anomaly_quality import parted
from sklearn import datasets
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture

from latens.applications.anomalies.calibration import Calibration, Joined
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import (
    GaussianDistance,
    Neighbors,
    all_scales,
    wide_scales,
)

SEEDS = 3
PROTOCOLS = {"mixed": "unsupervised", "clean": "one-class"}
Scores = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    found: dict[str, dict[str, list[float]]] = {}
    for seed in range(SEEDS):
        for kind, X, y in cases(np.random.default_rng(seed)):
            for protocol, parts in PROTOCOLS.items():
                train, test, truth = parted(X, y, parts, seed)
                if truth.sum() < 2:
                    continue
                for name, scores in candidates(train, test).items():
                    auroc = 100 * float(roc_auc_score(truth, scores))
                    for group in (protocol, f"{protocol}, {kind}"):
                        found.setdefault(name, {}).setdefault(group, []).append(auroc)
    means = {
        name: {group: round(float(np.mean(values)), 2) for group, values in sorted(groups.items())}
        for name, groups in found.items()
    }
    asked.out.write_text(json.dumps(means, indent=1) + "\n")
    print(json.dumps(means, indent=1))


def candidates(train: np.ndarray, test: np.ndarray) -> Scores:
    ranges = Ranges.fit(train)
    rows, new = ranges.apply(train), ranges.apply(test)
    n = len(rows)
    middle, size = rows.mean(axis=0), rows.std(axis=0) + 1e-3 * rows.std() + 1e-9
    gaussian = GaussianDistance.fit((rows - middle) / size)
    model = calibrated(*(gaussian.distances((one - middle) / size) for one in (rows, new)))

    def neighbors(counts: np.ndarray, joined: Joined) -> np.ndarray:
        near = Neighbors(rows, counts)
        return calibrated(near.distances(rows), near.distances(new), joined)

    six, nine = wide_scales(n), all_scales(n)
    ten = np.union1d(nine, [n // 4])
    largest = neighbors(nine, "largest")
    return {
        "5th neighbor": neighbors(np.array([min(5, n - 1)]), "mean"),
        "six scales from 5 on, mean (0.1)": neighbors(six, "mean"),
        "six scales, largest": neighbors(six, "largest"),
        "nine scales from 1 on, mean": neighbors(nine, "mean"),
        "nine scales, largest": largest,
        "ten scales up to a quarter, largest": neighbors(ten, "largest"),
        "Mahalanobis": model,
        "six scales, mean, and Mahalanobis 2 : 1 (0.1)": 2 * neighbors(six, "mean") + model,
        "nine scales and Mahalanobis, largest": np.maximum(largest, model),
        "nine scales and Mahalanobis less 1, largest": np.maximum(largest, model - 1),
    }


def calibrated(known: np.ndarray, new: np.ndarray, joined: Joined = "mean") -> np.ndarray:
    return Calibration.fit(known, joined).apply(new)


def cases(rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """The kind of anomalies, rows, and which of them are anomalies."""
    for normal in bases(rng):
        for kind, make in KINDS.items():
            n = max(6, int(rng.choice([0.02, 0.05, 0.1, 0.2]) * len(normal)))
            X = np.vstack([normal, make(normal, n, rng)])
            yield kind, X, (np.arange(len(X)) >= len(normal)).astype(int)
    for X, y in classes(rng):
        odd = rng.permutation(np.flatnonzero(y == 1))
        n_odd = max(6, int(rng.choice([0.03, 0.1, 0.25]) * (y == 0).sum()))
        kept = np.r_[np.flatnonzero(y == 0), odd[:n_odd]]
        yield "class", X[kept], y[kept]


def bases(rng: np.random.Generator) -> Iterator[np.ndarray]:
    breast, digits = datasets.load_breast_cancer(), datasets.load_digits().data
    iris = datasets.load_iris().data
    yield breast.data[breast.target == 1]
    yield datasets.load_wine().data
    yield iris + 0.02 * rng.normal(size=iris.shape)
    yield datasets.load_diabetes().data
    yield digits[:, digits.std(axis=0) > 0.5]
    for width, groups, n in ((3, 3, 1500), (10, 1, 800), (20, 4, 1200), (60, 2, 600), (6, 8, 2000)):
        X, _ = datasets.make_blobs(
            n,
            width,
            centers=groups,
            cluster_std=rng.uniform(0.5, 2, groups),
            random_state=int(rng.integers(10**6)),
        )
        yield X @ (np.eye(width) + 0.5 * rng.normal(size=(width, width)) / np.sqrt(width))
    low_rank = rng.normal(size=(1000, 3)) @ rng.normal(size=(3, 25))
    yield low_rank + 0.1 * rng.normal(size=(1000, 25))
    yield rng.standard_t(3, (1000, 8)) @ (np.eye(8) + 0.3 * rng.normal(size=(8, 8)))
    yield datasets.make_swiss_roll(1000, noise=0.3, random_state=1)[0]
    yield datasets.make_moons(800, noise=0.06, random_state=1)[0]
    yield rng.lognormal(0, 0.7, (900, 6))


def classes(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    breast, wine = datasets.load_breast_cancer(), datasets.load_wine()
    digits, iris = datasets.load_digits(), datasets.load_iris()
    yield breast.data, (breast.target == 0).astype(int)
    for kind in range(3):
        yield wine.data, (wine.target == kind).astype(int)
        noisy = iris.data + 0.02 * rng.normal(size=iris.data.shape)
        yield noisy, (iris.target == kind).astype(int)
    for kind in (0, 1, 4, 7, 8):
        yield digits.data, (digits.target == kind).astype(int)
    for kind in (2, 3, 9):
        yield digits.data, (digits.target != kind).astype(int)


def everywhere(normal: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    low, high = normal.min(axis=0), normal.max(axis=0)
    middle, half = (low + high) / 2, 1.1 * (high - low) / 2
    return rng.uniform(middle - half, middle + half, (n, normal.shape[1]))


def without_dependency(normal: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    columns = [rng.choice(column, n) for column in normal.T]
    return np.stack(columns, axis=1) + 0.1 * normal.std(axis=0) * rng.normal(
        size=(n, normal.shape[1])
    )


def near_by(normal: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    mixture = fitted_mixture(normal)
    chosen = rng.choice(mixture.n_components, n, p=mixture.weights_)
    return np.stack(
        [
            rng.multivariate_normal(mixture.means_[one], 5 * mixture.covariances_[one])
            for one in chosen
        ]
    )


def in_a_group(normal: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    mixture = fitted_mixture(normal)
    one = rng.integers(mixture.n_components)
    signs = rng.choice([-1, 1], normal.shape[1])
    center = mixture.means_[one] + 6 * normal.std(axis=0) * signs / np.sqrt(normal.shape[1])
    return rng.multivariate_normal(center, 0.3 * mixture.covariances_[one], n)


def fitted_mixture(normal: np.ndarray) -> GaussianMixture:
    least = 1e-4 * normal.var()
    mixtures = [GaussianMixture(n, random_state=0, reg_covar=least).fit(normal) for n in (1, 2, 4)]
    return min(mixtures, key=lambda mixture: mixture.bic(normal))


KINDS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "global": everywhere,
    "dependency": without_dependency,
    "local": near_by,
    "clustered": in_a_group,
}


if __name__ == "__main__":
    main()
