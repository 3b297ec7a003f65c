"""What the defaults of MultVAE for few users were chosen by, and what came of it.

    python benchmarks/mult_vae_defaults.py

Candidates on MovieLens-100k alone, on three splits that no other table uses. The choice beside the defaults
before it, MultDAE and EDLAE on MovieLens latest-small, which chose nothing. Seconds are of the processor,
of fit and scoring, on one thread (`OMP_NUM_THREADS=1`). Every result is written as it comes; what is in the
file already is not computed again.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from recommendation_quality import found_set

from latens.applications import EDLAE, MultDAE, MultVAE
from latens.applications.recommend import compare_recommenders
from latens.data.event_files import load_interactions
from latens.runs import software
from latens.training import Trainer

HERE = Path(__file__).parent
BEFORE = MultVAE(100, hidden=(200,), beta=None)
CANDIDATES = {
    "200 units, 100 dimensions, best of several betas (before)": BEFORE,
    "200 units, 100 dimensions": MultVAE(100, hidden=(200,)),
    "600 units, 200 dimensions, as published": MultVAE(200, hidden=(600,)),
    "100 dimensions": MultVAE(100, hidden=()),
    "200 dimensions": MultVAE(200, hidden=()),
    "400 dimensions": MultVAE(400, hidden=()),
    "200 dimensions, beta 1": MultVAE(200, hidden=(), beta=1.0),
    "200 dimensions, weight decay 0.5": MultVAE(200, hidden=(), trainer=Trainer(weight_decay=0.5)),
    "MultDAE": MultDAE(),
}
REPORTED = {
    "MultVAE, before": BEFORE,
    "MultVAE": MultVAE(),
    "MultDAE": MultDAE(),
    "EDLAE": EDLAE(),
}
RUNS = {
    "movielens-100k": ((10, 11, 12), CANDIDATES),
    "movielens-latest-small": ((0, 1, 2), REPORTED),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=HERE / "results" / "mult_vae_defaults.json")
    asked = parser.parse_args()
    content: dict[str, Any] = {"software": software(), "results": {}}
    if asked.out.exists():
        content = json.loads(asked.out.read_text(encoding="utf-8"))
    for name, (seeds, models) in RUNS.items():
        done = content["results"].setdefault(name, [])
        liked = load_interactions(found_set(name)).liked
        for seed in seeds:
            there = {result["model"] for result in done if result["seed"] == seed}
            left = {model: models[model] for model in models if model not in there}
            began = time.process_time()
            for result in compare_recommenders(liked, left, seeds=(seed,)):
                spent = time.process_time() - began
                done.append(asdict(result) | {"processor_seconds": round(spent, 2)})
                asked.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
                print(name, seed, result.model, result.test["ndcg@100"], spent, flush=True)
                began = time.process_time()
        print_table(name, models, done)


def print_table(name: str, models: Mapping[str, Any], done: list[dict[str, Any]]) -> None:
    print(f"\n| {name} | NDCG@100, test users | validation users | seconds |\n|---|---|---|---|")
    for model in models:
        results = [result for result in done if result["model"] == model]
        test = [result["test"]["ndcg@100"] for result in results]
        validation = mean(result["validation_ndcg"] for result in results)
        seconds = mean(result["processor_seconds"] for result in results)
        spread = f"{mean(test):.4f} ({stdev(test):.4f})"
        print(f"| {model} | {spread} | {validation:.4f} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
