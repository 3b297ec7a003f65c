"""Where planted rows of mixed tables end in the order of the anomaly detector, and of what it is made of.

    python benchmarks/anomaly_mixed.py --out benchmarks/results/anomaly_mixed.json

Tables: adult (4,000 rows drawn) and titanic of LATENS_DATA, the customer table of the tests, and a made one.
Rows are planted, four at a time: "huge", a number 50 times its 99 % quantile; "pair", two levels that no row
has together, though at least two would if columns were independent; "numbers", two correlated numbers at
opposite ends. "features as numbers" is the detector of plain numbers on the same features, levels as 0 and 1.
Figures are the share of the planted rows among the 20 most anomalous, and their median rank; and how many
times more often rows with two gaps and more are among the most anomalous hundredth than others.
Means over seeds.
"""

import argparse
import itertools
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from latens.applications import AnomalyDetector
from latens.models import Autoencoder
from latens.training import Trainer

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "data"))

from customer_table import HUGE_ORDER, ODD_PAIR, customer_table

PLANTED, LOOKED_AT, EXPECTED = 4, 20, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    found: dict[str, dict[str, list[list[float]]]] = {}
    for seed in range(1, asked.seeds + 1):
        for name, kind in itertools.product(TABLES, PLANTS):
            made = PLANTS[kind](TABLES[name](seed), np.random.default_rng(seed))
            if made is None:
                continue
            for score, unusual in scores(made[0], seed).items():
                case = found.setdefault(score, {}).setdefault(f"{name}, {kind}", [])
                case.append(judged(unusual, made[1], made[0]))
    means = {
        score: {
            case: np.nanmean(values, axis=0).round(2).tolist() for case, values in cases.items()
        }
        for score, cases in found.items()
    }
    asked.out.write_text(json.dumps(means, indent=1) + "\n")
    for score, cases in means.items():
        print(score, cases)


def scores(table: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """By their names, larger for more unusual rows."""
    detector = quick(seed).fit(table)
    parts = detector.parts(table)
    encoder = detector.table_encoder_
    assert encoder is not None
    features = encoder.features(table).astype(float)
    plain = quick(seed).fit(features)
    return {
        "AnomalyDetector": -detector.weigh(parts),
        **{name: parts[name] for name in ("neighbours", "axes", "pairs", "model")},
        "features as numbers": -plain.score_samples(features),
    }


def quick(seed: int) -> AnomalyDetector:
    """A detector whose network has no part in the score, but "model" is measured."""
    trainer = Trainer(preset="fast", max_epochs=20, callbacks=())
    return AnomalyDetector(Autoencoder(8, trainer=trainer), random_state=seed)


def judged(unusual: np.ndarray, planted: np.ndarray, table: pd.DataFrame) -> list[float]:
    rank = (-unusual).argsort(kind="stable").argsort()
    several = table.isna().sum(axis=1).to_numpy() >= 2
    top = (rank < 0.01 * len(table)) & ~np.isin(np.arange(len(table)), planted)
    excess = several[top].mean() / several.mean() if several.any() else np.nan
    return [float((rank[planted] < LOOKED_AT).mean()), float(np.median(rank[planted])), excess]


def adult(seed: int) -> pd.DataFrame:
    path = Path(os.environ["LATENS_DATA"]) / "tables" / "adult.csv"
    table = pd.read_csv(path, skipinitialspace=True, na_values="?")
    table.columns = table.columns.str.strip()
    return table.drop(columns="Salary").sample(4_000, random_state=seed).reset_index(drop=True)


def titanic(seed: int) -> pd.DataFrame:
    path = Path(os.environ["LATENS_DATA"]) / "tables" / "titanic.csv"
    # These are names and numbers of tickets; Cabin has nearly as many values as cells.
    return pd.read_csv(path).drop(columns=["Survived", "PassengerId", "Name", "Ticket", "Cabin"])


def customers(seed: int) -> pd.DataFrame:
    table = customer_table(seed=seed).drop(columns=["note"])
    wrong = table["customer_id"].isin([HUGE_ORDER, ODD_PAIR])
    return table[~wrong].drop(columns="customer_id").reset_index(drop=True)


def tools(seed: int, n: int = 1_500) -> pd.DataFrame:
    """Made: four kinds of tools, on which levels and numbers depend; two columns of noise; gaps."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n, p=[0.4, 0.3, 0.25, 0.05])

    def mostly(levels: str, share: float) -> np.ndarray:
        usual = kind % len(levels)
        drawn = np.where(rng.random(n) < share, usual, rng.integers(0, len(levels), n))
        return np.array(list(levels))[drawn]

    table = pd.DataFrame(
        {
            "kind": np.array(["saw", "drill", "lamp", "pump"])[kind],
            "shop": mostly("ABCDE", 0.8),
            "color": mostly("rgb", 0.3),
            "unit": np.array(["cm", "kg", "W", "kg"])[kind],
            "weight": np.exp(kind + rng.normal(0, 0.3, n)),
            "price": 10 * np.exp(0.7 * kind + rng.normal(0, 0.2, n)),
            "stock": rng.poisson(20, n).astype(float),
            "sold": np.datetime64("2020-01-01") + rng.integers(0, 1_500, n),
            "new": rng.random(n) < 0.2,
        }
    )
    for name in ("color", "weight", "stock"):
        table.loc[rng.random(n) < 0.1, name] = None
    return table


def plant_huge(table: pd.DataFrame, rng: np.random.Generator) -> Any:
    table, rows = with_rows(table, rng)
    for row in rows:
        name = rng.choice(numbers(table))
        table.loc[row, name] = 50 * table[name].quantile(0.99) + 50
    return table, rows


def plant_pair(table: pd.DataFrame, rng: np.random.Generator) -> Any:
    table, rows = with_rows(table, rng)
    never = []
    for one, other in itertools.combinations(levels(table), 2):
        both = pd.crosstab(table[one], table[other])
        expected = np.outer(both.sum(axis=1), both.sum(axis=0)) / both.to_numpy().sum()
        never += [
            (expected[i, j], one, both.index[i], other, both.columns[j])
            for i, j in np.argwhere((both.to_numpy() == 0) & (expected >= EXPECTED))
        ]
    never.sort(key=lambda pair: -pair[0])
    rows = rows[: len(never)]
    if not len(rows):
        return None
    chosen = rng.choice(min(len(never), 20), len(rows), replace=False)
    for at, row in zip(chosen, rows, strict=True):
        _, one, level, other, beside = never[at]
        alike = np.flatnonzero((table[one] == level).to_numpy())
        table.loc[row] = table.loc[rng.choice(np.setdiff1d(alike, rows))]
        table.loc[row, other] = beside
    return table, rows


def plant_numbers(table: pd.DataFrame, rng: np.random.Generator) -> Any:
    table, rows = with_rows(table, rng)
    names = numbers(table)
    related = table[names].corr(method="spearman").to_numpy() * (1 - np.eye(len(names)))
    one, other = np.unravel_index(np.abs(related).argmax(), related.shape)
    for row in rows:
        ends = [0.93, 0.07] if rng.random() < 0.5 else [0.07, 0.93]
        table.loc[row, names[one]] = table[names[one]].quantile(ends[0])
        table.loc[row, names[other]] = table[names[other]].quantile(
            ends[int(related[one, other] > 0)]
        )
    return table, rows


def with_rows(table: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """A copy with room for any number, and rows to plant in."""
    table = table.astype(dict.fromkeys(numbers(table), float))
    return table, rng.choice(len(table), PLANTED, replace=False)


def numbers(table: pd.DataFrame) -> list[str]:
    return [name for name in table if table[name].dtype.kind in "iuf"]


def levels(table: pd.DataFrame) -> list[str]:
    return [name for name in table if table[name].dtype.kind in "bOUT"]


TABLES = {"adult": adult, "titanic": titanic, "customers": customers, "tools": tools}
PLANTS = {"huge": plant_huge, "pair": plant_pair, "numbers": plant_numbers}

if __name__ == "__main__":
    main()
