"""All recommenders on splits of real events: mean and standard deviation of every metric.

    python benchmarks/recommendation_quality.py movielens-100k movielens-latest-small --out results.json

The sets are looked for in LATENS_DATA. Every result is written as it comes; what is in the file already
is not computed again.
"""

import argparse
import json
import os
from pathlib import Path

from latens.applications.recommend import Result, compare_recommenders, kinds
from latens.applications.recommend.held_out import METRICS
from latens.applications.recommend.recommendation_run import summarize
from latens.data.event_files import load_interactions
from latens.runs import software


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", help="folders in LATENS_DATA, or paths")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", nargs="+", default=list(kinds.KINDS))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    content = {"software": software(), "results": {}}
    if asked.out.exists():
        content = json.loads(asked.out.read_text(encoding="utf-8"))
    for name in asked.sets:
        done = content["results"].setdefault(name, [])
        interactions = load_interactions(found_set(name))
        for seed in range(asked.seeds):
            there = {result["model"] for result in done if result["seed"] == seed}
            models = {model: kinds.kind(model)() for model in asked.models if model not in there}
            for result in compare_recommenders(interactions.liked, models, seeds=(seed,)):
                done.append(result.model_dump())
                asked.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
                print(name, seed, result.model, result.test.get("ndcg@100"), flush=True)
    for name in asked.sets:
        print_table(name, [Result(**result) for result in content["results"][name]])


def print_table(name: str, results: list[Result]) -> None:
    """Print a table in Markdown."""
    order = {model: place for place, model in enumerate(kinds.KINDS)}
    rows = summarize(sorted(results, key=lambda result: (order[result.model], result.seed)))
    print(f"\n{name}\n\n| model | {' | '.join(METRICS)} |")
    print("|---" * (len(METRICS) + 1) + "|")
    for row in rows:
        cells = [f"{row.means[metric]:.4f} ({row.spreads[metric] or 0:.4f})" for metric in METRICS]
        print(f"| {row.model} | {' | '.join(cells)} |")


def found_set(name: str) -> Path:
    roots = [Path(root) for root in os.environ.get("LATENS_DATA", "").split(os.pathsep) if root]
    return next((root / name for root in roots if (root / name).exists()), Path(name))


if __name__ == "__main__":
    main()
