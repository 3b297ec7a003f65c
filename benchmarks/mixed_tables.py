"""Rows of mixed columns from codes of 4 and 8 numbers, beside PCA: mixed_tables.py OUT.jsonl [--tables ...]

Each line is one table, size and seed, written when it ends; what OUT holds already is not done again. PCA
works on standardized numbers and levels scaled as in factor analysis of mixed data, with gaps at the mean,
with and without the features that mark gaps. Both are scored by the columns of held-out rows.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "data"))

from mixed_tables_data import TABLES, Absent

from latens.data import Scaling, TableEncoder
from latens.metrics import category_accuracy, number_r2
from latens.models import Autoencoder

SIZES, SEEDS = (4, 8), (0, 1, 2)


def measured(table: pd.DataFrame, size: int, seed: int) -> dict[str, Any]:
    """R² of numbers and accuracy of categories, held out, of the model and of PCA."""
    order = np.random.default_rng(seed).permutation(len(table))
    n_test = len(table) // 5
    encoder = TableEncoder()
    X = encoder.learn(table, "The table")
    train, test = X[order[n_test:]], X[order[:n_test]]
    fitted = encoder.rescaled(train)
    started = time.perf_counter()
    model = Autoencoder(size, random_state=seed).fit(train, encoder=encoder)
    seconds = time.perf_counter() - started
    rebuilt = {"autoencoder": model.reconstruct(test)}
    marks = [block.gap for block in encoder.blocks_ if block.gap is not None]
    for name, dropped in (("PCA", marks), ("PCA with marks of gaps", [])):
        kept = np.setdiff1d(np.arange(X.shape[1]), dropped)
        rebuilt[name] = by_pca(fitted, train, test, kept, size)
    scores = {
        name: {
            "number_r2": number_r2(test, one, encoder.blocks_),
            "category_accuracy": category_accuracy(test, one, encoder.blocks_),
        }
        for name, one in rebuilt.items()
    }
    return {"seconds": round(seconds, 1), "epochs": model.n_epochs_, **scores}


def by_pca(
    encoder: TableEncoder, train: np.ndarray, test: np.ndarray, kept: np.ndarray, size: int
) -> np.ndarray:
    """Held-out rows from their principal components, in the user's units."""
    scaling = standardized(encoder.scaling_, train)
    scaled = [scaling.apply(part) for part in (train, test)]
    pca = PCA(min(size, len(kept)), random_state=0).fit(scaled[0][:, kept])
    rebuilt = np.zeros_like(scaled[1])
    rebuilt[:, kept] = pca.inverse_transform(pca.transform(scaled[1][:, kept]))
    return scaling.undo(rebuilt)


def standardized(scaling: Scaling, train: np.ndarray) -> Scaling:
    """The scaling with all numbers standardized, also those whose tails it compresses."""
    if scaling.tail is None:
        return scaling
    offset, scale = scaling.offset.copy(), scaling.scale.copy()
    tails = np.isfinite(scaling.tail)
    offset[tails], scale[tails] = train[:, tails].mean(axis=0), train[:, tails].std(axis=0)
    return Scaling(offset, scale, bounded=False)


def main() -> None:
    """Measure what is not in the file yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--tables", nargs="*", default=list(TABLES))
    asked = parser.parse_args()
    lines = asked.out.read_text().splitlines() if asked.out.exists() else []
    done = {(one["table"], one["size"], one["seed"]) for one in map(json.loads, lines)}
    for name in asked.tables:
        try:
            table = TABLES[name]()
        except Absent as reason:
            print(f"{name}: {reason}")
            continue
        for size in SIZES:
            for seed in SEEDS:
                if (name, size, seed) in done:
                    continue
                line = {"table": name, "size": size, "seed": seed, **measured(table, size, seed)}
                with asked.out.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
