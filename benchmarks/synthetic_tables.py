"""Synthetic rows of the census table "adult" beside those of SDV: likeness, use, and what an attack finds.

python benchmarks/synthetic_tables.py FOLDER --data adult.csv --sdv ENVIRONMENT/bin/python --out results.jsonl

One half of the rows is learned from, the other is judged on. A line is written for each contender and seed as
soon as it is known, and those that are there are not made again. FOLDER keeps the halves and the new rows.
Peers need an environment of their own, with SDV: ``pip install -c constraints.txt sdv``; without ``--sdv``
only ours and the rows of peers that are in FOLDER are judged. CTGAN and TVAE take 5 to 20 minutes a seed.
"""

import argparse
import json
import subprocess
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from latens.applications import NewSamples, generate_samples
from latens.applications.generate.tables import GaussianCopula, as_mixed_tables
from latens.data import TableEncoder
from latens.metrics import (
    closest_records,
    column_shapes,
    detection_auc,
    membership_attack,
    pair_trends,
    utility,
)
from latens.models import VAE

PEERS = ("gaussian-copula", "tvae", "ctgan")
CONTENDERS = ("real", "latens", "copula", *PEERS)
TARGET = "Salary"
_PEERS_SCRIPT = Path(__file__).with_name("synthetic_tables_peers.py")


def main() -> None:
    asked = arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    known = asked.out.read_text().splitlines() if asked.out.is_file() else []
    done = {(line["contender"], line["seed"]) for line in map(json.loads, known)}
    for seed in range(asked.seeds):
        train, test = halves(asked.data, asked.folder, seed)
        for contender in asked.contenders:
            if (contender, seed) in done:
                continue
            made = rows_of(contender, seed, train, asked)
            if made is None:
                continue
            file, seconds = made
            line = {
                "contender": contender,
                "seed": seed,
                "seconds": seconds,
                **judged(*map(pd.read_csv, (train, test, file)), is_real=contender == "real"),
                **reported(asked.sdv, test, file),
            }
            with asked.out.open("a") as out:
                out.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sdv", type=Path)
    parser.add_argument("--out", type=Path, default=Path("synthetic_tables.jsonl"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    return parser.parse_args()


def halves(data: Path, folder: Path, seed: int) -> tuple[Path, Path]:
    """The two halves as files, one to learn from and one to judge on."""
    files = folder / f"train_{seed}.csv", folder / f"test_{seed}.csv"
    if not all(file.is_file() for file in files):
        table = pd.read_csv(data, skipinitialspace=True, na_values="?")
        order, half = np.random.default_rng(seed).permutation(len(table)), len(table) // 2
        table.iloc[order[:half]].to_csv(files[0], index=False)
        table.iloc[order[half : 2 * half]].to_csv(files[1], index=False)
    return files


def rows_of(
    contender: str, seed: int, train: Path, asked: argparse.Namespace
) -> tuple[Path, float | None] | None:
    """The file of new rows and how long they took; those of peers that are there already are kept."""
    if contender == "real":
        return train, None
    file: Path = asked.folder / f"{contender}_{seed}.csv"
    started = time.perf_counter()
    if contender in PEERS:
        if not file.is_file():
            if asked.sdv is None:
                return None
            peer(asked.sdv, contender, str(seed), str(train), str(file))
            return file, time.perf_counter() - started
        return file, None
    made_here(contender, pd.read_csv(train), seed).to_csv(file, index=False)
    return file, time.perf_counter() - started


def made_here(contender: str, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """As many new rows as there are, by a VAE at its defaults or by a Gaussian copula."""
    if contender == "latens":
        model = VAE(random_state=seed).fit(table)
        rows: pd.DataFrame = generate_samples(
            model, NewSamples(n=len(table)), random_state=seed
        ).rows()
        return rows
    encoder = TableEncoder().fit(table)
    copula = GaussianCopula(encoder).fit(encoder.features(table), seed)
    made: pd.DataFrame = encoder.rows(copula.sample(len(table), seed))
    return made


def peer(python: Path, *command: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, _PEERS_SCRIPT, *command], capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def reported(python: Path | None, test: Path, file: Path) -> dict[str, Any]:
    """What sdmetrics says itself, which cuts numbers of each table into bins of its own."""
    return {} if python is None else {"sdmetrics": peer(python, "report", str(test), str(file))}


def judged(
    train: pd.DataFrame, test: pd.DataFrame, rows: pd.DataFrame, *, is_real: bool
) -> dict[str, Any]:
    """Figures of new rows on the half that was not learned from."""
    encoder = TableEncoder().fit(train)
    (real, held_out, new), names = as_mixed_tables(encoder, [train, test, rows])
    shapes, trends = column_shapes(held_out, new), pair_trends(held_out, new)
    figures = {
        "column_shapes": float(shapes.mean()),
        "pair_trends": float(np.nanmean(trends)),
        "detection_auc": detection_auc(held_out, new),
        "utility_auc": utility(new, held_out, names.index(TARGET)),
        "shapes": dict(zip(names, shapes.round(4).tolist(), strict=True)),
    }
    if is_real:
        return figures
    return {
        **figures,
        "closest_records": asdict(closest_records(real, held_out, new)),
        "membership_attack": asdict(membership_attack(real, held_out, new)),
    }


if __name__ == "__main__":
    main()
