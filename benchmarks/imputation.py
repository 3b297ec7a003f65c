"""Gaps filled by latens beside mean, neighbors and IterativeImputer, on cells that are known.

    python benchmarks/imputation.py --packages FOLDER --out imputation.jsonl
    python benchmarks/imputation.py --out imputation.jsonl --table

Breast cancer, wine and diabetes are scikit-learn's. Penguins and cars come in wheels of which only a file is
read: ``pip install --no-deps --target FOLDER palmerpenguins vega_datasets``. Of each, 30 % of the cells are
removed: at random (mcar), or by the rank of another column that stays whole (mar). Each line of the output is
one way on one table: its figures on the removed cells, and `seen_error`, its error on cells of the rest that
were hidden in turn, by which `recommended` is chosen. A line that is there is not computed again.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn import datasets

from latens.applications.impute.comparison import cells_to_hide, score
from latens.applications.impute.ways import BASELINES, NETWORK, by_network, filled_features
from latens.data import TableEncoder

_SHARE = 0.3
_PATTERNS = ("mcar", "mar")
_DRIVERS = 3  # of so many columns one stays whole


def tables(packages: Path | None) -> dict[str, pd.DataFrame]:
    """Return the tables by name."""
    found = {
        "breast cancer": datasets.load_breast_cancer(as_frame=True).data,
        "wine": datasets.load_wine(as_frame=True).data,
        "diabetes": datasets.load_diabetes(as_frame=True, scaled=False).data,
    }
    if packages is not None:
        found["penguins"] = pd.read_csv(_one(packages, "palmerpenguins/data/penguins.csv"))
        cars = pd.read_json(_one(packages, "vega_datasets/_data/cars.json"))
        found["cars"] = cars.drop(columns=["Name"])
    return found


def _one(packages: Path, name: str) -> Path:
    return packages / name


def removed(frame: pd.DataFrame, pattern: str, seed: int) -> np.ndarray:
    """Draw the cells that are removed, of those that are there."""
    rng = np.random.default_rng(seed)
    there = frame.notna().to_numpy()
    if pattern == "mcar":
        return there & (rng.random(frame.shape) < _SHARE)
    whole = [
        place
        for place, name in enumerate(frame)
        if frame[name].dtype.kind in "iuf"
        and frame[name].nunique() > 2
        and there[:, place].mean() > 0.9
    ]
    drivers = rng.permutation(whole)[: max(1, frame.shape[1] // _DRIVERS)]
    chances = np.zeros(frame.shape)
    for place in range(frame.shape[1]):
        if place in drivers:
            continue
        rank = frame.iloc[:, rng.choice(drivers)].rank(pct=True).fillna(0.5).to_numpy() - 0.5
        chance = 1 / (1 + np.exp(-6 * rank * rng.choice([-1, 1])))
        chances[:, place] = np.minimum(0.95, chance * _SHARE / chance.mean())
    return there & (rng.random(frame.shape) < chances)


def measured(
    way: str, frame: pd.DataFrame, hidden: np.ndarray, seed: int
) -> dict[str, float | None]:
    """Return how well a way fills hidden cells."""
    seen = frame.mask(hidden)
    encoder = TableEncoder(mark_gaps="always").fit(seen)
    start = time.perf_counter()
    features = (
        by_network(encoder, seen, seed=seed, device="cpu")
        if way == NETWORK
        else filled_features(way, encoder, seen, seed=seed)
    )
    seconds = time.perf_counter() - start
    (found,) = score(encoder, frame, hidden, {way: features})
    return {
        "rmse": found.rmse,
        "accuracy": found.accuracy,
        "error": found.error,
        "seconds": seconds,
    }


def line(way: str, frame: pd.DataFrame, pattern: str, seed: int) -> dict[str, object]:
    """Return one line of the output."""
    gone = removed(frame, pattern, seed)
    figures: dict[str, object] = dict(measured(way, frame, gone, seed))
    rest = frame.mask(gone)
    hidden = cells_to_hide(TableEncoder(mark_gaps="always").fit(rest), rest, seed + 1000)
    return figures | {"seen_error": measured(way, rest, hidden, seed)["error"]}


def main() -> None:
    """Measure what is not yet in the output, or print its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--out", type=Path, default=Path("imputation.jsonl"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    if arguments.table:
        print_table(arguments.out)
        return
    torch.set_num_threads(1)
    lines = [json.loads(one) for one in arguments.out.open()] if arguments.out.exists() else []
    done = {(one["table"], one["pattern"], one["seed"], one["way"]) for one in lines}
    for seed in range(arguments.seeds):
        for name, frame in tables(arguments.packages).items():
            for pattern in _PATTERNS:
                for way in (NETWORK, *BASELINES):
                    if (name, pattern, seed, way) in done:
                        continue
                    key = {"table": name, "pattern": pattern, "seed": seed, "way": way}
                    with arguments.out.open("a") as out:
                        out.write(json.dumps(key | line(way, frame, pattern, seed)) + "\n")


def print_table(path: Path) -> None:
    """Print means over seeds, ranks, and how far the recommended way is from the best."""
    lines = pd.read_json(path, lines=True)
    print(lines.groupby(["table", "pattern"], sort=False)["seed"].nunique().to_string())
    for figure in ("rmse", "accuracy", "error", "seconds"):
        means = lines.groupby(["table", "pattern", "way"], sort=False)[figure].mean().unstack()
        print(f"\n{figure}\n{means.round(3).to_string()}")
    errors = lines.pivot_table(index=["table", "pattern", "seed"], columns="way", values="error")
    chosen = lines.pivot_table(
        index=["table", "pattern", "seed"], columns="way", values="seen_error"
    )
    recommended = pd.Series(
        [errors.loc[row, way] for row, way in chosen.idxmin(axis=1).items()], errors.index
    )
    by_set = errors.groupby(["table", "pattern"], sort=False).mean()
    print(f"\nmean rank of error\n{by_set.rank(axis=1).mean().round(2).to_string()}")
    ranks = [
        lines.groupby(["table", "pattern", "way"])[figure]
        .mean()
        .unstack()
        .rank(axis=1, ascending=up)
        for figure, up in (("rmse", True), ("accuracy", False))
    ]
    print(f"\nmean rank of rmse and accuracy\n{pd.concat(ranks).mean().round(2).to_string()}")
    both = pd.DataFrame(
        {
            "network / best": by_set[NETWORK] / by_set.min(axis=1),
            "recommended / best": recommended.groupby(["table", "pattern"]).mean()
            / by_set.min(axis=1),
        }
    )
    print(f"\n{both.round(3).to_string()}")


if __name__ == "__main__":
    main()
