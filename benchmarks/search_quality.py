"""How well codes and bits find images of the same class: python benchmarks/search_quality.py

Queries are the first 30 test images of each class, the database is the 60,000 training images, relevant
is what has the same label. Labels only score. Every row is written as soon as it is there, and rows that
a results file already has are not measured again.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev

import numpy as np
from sklearn.decomposition import PCA

from latens.applications import IterativeQuantization, SimilarityIndex
from latens.data import load
from latens.metrics import mean_average_precision, precision_at_k
from latens.models import Autoencoder, BinaryAutoencoder
from latens.training import Trainer

QUERIES_PER_CLASS = 30
HERE = Path(__file__).parent
Codes = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["mnist", "fashion-mnist"])
    parser.add_argument("--bits", nargs="+", type=int, default=[16, 32, 64])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--preset", default="fast", help="of the trainings")
    parser.add_argument("--database", type=int, help="only so many training images")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--out", type=Path, default=HERE / "results" / "search_quality.json")
    asked = parser.parse_args()
    rows = json.loads(asked.out.read_text()) if asked.out.exists() else []
    for name in asked.data:
        images = load(name, "train").X[: asked.database]
        for method in asked.methods:
            sizes = [64] if method in REAL else asked.bits
            for size in sizes:
                for seed in asked.seeds[:1] if method == "PCA" else asked.seeds:
                    key = {"data": name, "method": method, "numbers": size, "seed": seed}
                    key |= {"preset": asked.preset, "database": len(images)}
                    if not any(key.items() <= row.items() for row in rows):
                        rows.append(key | measure(name, images, method, size, seed, asked.preset))
                        print(json.dumps(rows[-1]), flush=True)
                        asked.out.write_text(json.dumps(rows, indent=1) + "\n")
    print(table(rows))


def measure(
    name: str, images: np.ndarray, method: str, size: int, seed: int, preset: str
) -> dict[str, float]:
    """Learn codes from the images, and score how they rank them for the queries."""
    start, cpu = time.perf_counter(), time.process_time()
    codes = METHODS[method](images, size, seed, preset)
    learning = time.perf_counter() - start, time.process_time() - cpu
    test = load(name, "test")
    rows = [np.flatnonzero(test.y == one)[:QUERIES_PER_CLASS] for one in np.unique(test.y)]
    queries = np.concatenate(rows)
    index = SimilarityIndex("euclidean" if method in REAL else "hamming")
    index.add(codes(images))
    found = index.search(codes(test.X[queries]), k=len(images)).ids
    relevance = load(name, "train").y[found] == test.y[queries][:, None]
    return {
        "mAP@all": mean_average_precision(relevance),
        "mAP@1000": mean_average_precision(relevance, 1000),
        "P@100": precision_at_k(relevance, 100),
        "seconds": round(learning[0], 1),
        "cpu_seconds": round(learning[1], 1),
    }


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1) / np.float32(255)


def by_pca(images: np.ndarray, size: int, seed: int, preset: str) -> Codes:
    pca = PCA(size, random_state=seed).fit(flat(images))
    return lambda X: pca.transform(flat(X))


def by_itq(images: np.ndarray, size: int, seed: int, preset: str) -> Codes:
    itq = IterativeQuantization(size, random_state=seed).fit(flat(images))
    return lambda X: itq.transform(flat(X))


def by_autoencoder(images: np.ndarray, size: int, seed: int, preset: str) -> Codes:
    trainer = Trainer(preset=preset, callbacks=())
    return Autoencoder(size, trainer=trainer, random_state=seed).fit(images).transform


def by_binary_autoencoder(images: np.ndarray, size: int, seed: int, preset: str) -> Codes:
    trainer = Trainer(preset=preset, callbacks=())
    return BinaryAutoencoder(size, trainer=trainer, random_state=seed).fit(images).transform


# What gives real numbers, compared by Euclidean distance; the others give bits.
REAL = ("PCA", "Autoencoder")
METHODS = {
    "BinaryAutoencoder": by_binary_autoencoder,
    "ITQ": by_itq,
    "PCA": by_pca,
    "Autoencoder": by_autoencoder,
}


def table(rows: list[dict]) -> str:
    """Return the means and standard deviations over the seeds, in Markdown."""
    lines = ["| data | method | numbers | seeds | mAP@all | mAP@1000 | P@100 |", "|---" * 7 + "|"]
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        group = row["data"], row["method"], row["numbers"], row["preset"], row["database"]
        groups.setdefault(group, []).append(row)
    for (data, method, numbers, *_), found in sorted(groups.items()):
        scores = [
            spread([row[score] for row in found]) for score in ("mAP@all", "mAP@1000", "P@100")
        ]
        unit = "floats" if method in REAL else "bits"
        cells = [data, method, f"{numbers} {unit}", str(len(found)), *scores]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(values: list[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.3f}"
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


if __name__ == "__main__":
    main()
