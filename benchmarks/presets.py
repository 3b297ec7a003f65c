"""Whether longer presets are better: python benchmarks/presets.py [--presets fast balanced best]

Every set of `preset_data.py` is learned with its default network and 10 numbers (tables: a third of their
columns, 2 to 10), each preset and three seeds; a fifth of the samples, another one for each seed, neither
trains nor chooses an epoch. Written are that part's error in scaled units, the accuracy of a linear probe on
its codes where there are labels, and how well the codes keep 5 nearest neighbors (trustworthiness). The rule
that ends trainings was chosen on other sets: digits of scikit-learn and of MNIST at 16x16 pixels, WDBC, wine,
Waveform and yeast, noise and a made one. A results file that has some of the trainings is added to.
"""

import argparse
import json
from pathlib import Path
from statistics import mean, stdev

import numpy as np
from preset_data import SETS, Absent, parts

from latens import metrics
from latens.models import Autoencoder
from latens.training import Trainer

HERE = Path(__file__).parent
SEEDS = 3
PRESETS = ("fast", "balanced", "best")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--presets", nargs="*", default=["fast", "balanced"], choices=PRESETS)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "presets.json")
    asked = parser.parse_args()
    found = json.loads(asked.out.read_text()) if asked.out.exists() else []
    done = {(one["set"], one["preset"], one["seed"]) for one in found}
    for name in asked.sets:
        for seed in range(SEEDS):
            for preset in asked.presets:
                if (name, preset, seed) in done:
                    continue
                try:
                    found.append(one(name, preset, seed))
                except Absent as reason:
                    print(f"{name} is left out: {reason}.")
                    continue
                print(found[-1], flush=True)
                asked.out.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found))


def one(name: str, preset: str, seed: int) -> dict[str, object]:
    """One training, and what its codes are worth on samples that had no part in it."""
    X, held_out, y = parts(name, seed)
    numbers = 10 if X.ndim > 2 else int(np.clip(X.shape[1] // 3, 2, 10))
    trainer = Trainer(preset=preset, callbacks=())
    model = Autoencoder(numbers, trainer=trainer, random_state=seed).fit(X[~held_out])
    test, codes = X[held_out], model.transform(X[held_out])
    few = np.random.default_rng(0).permutation(len(test))[:2_000]
    raw = model.scaling_.apply(test[few].reshape(len(few), -1))
    record: dict[str, object] = {
        "set": name,
        "samples": len(X),
        "numbers": numbers,
        "preset": preset,
        "seed": seed,
        "error": -float(model.score(test)),
        "neighbors": float(metrics.trustworthiness(raw, codes[few])),
        "epochs": len(model.history_.epochs),
        "best epoch": model.history_.best.number,
        "seconds": round(model.history_.epochs[-1].seconds, 1),
    }
    if y is not None:
        known = model.transform(X[~held_out][:20_000]), y[~held_out][:20_000]
        record["probe"] = float(metrics.linear_probe_accuracy(*known, codes, y[held_out]))
    return record


def table(found: list[dict[str, object]]) -> str:
    """Means over the seeds, with the standard deviation of the difference in dB from `fast`."""
    lines = [
        "| set | samples | error, fast | balanced, dB better | best, dB better | probe | neighbors |",
        "|---" * 7 + "|",
    ]
    for name in dict.fromkeys(one["set"] for one in found):
        of = {
            preset: {
                one["seed"]: one for one in found if (one["set"], one["preset"]) == (name, preset)
            }
            for preset in PRESETS
        }
        fast = list(of["fast"].values())
        if not fast:
            continue
        cells = [gain(of["fast"], of[preset]) for preset in PRESETS[1:]]
        for key in ("probe", "neighbors"):
            averages = [average(list(of[preset].values()), key) for preset in PRESETS if of[preset]]
            cells.append(" / ".join(filter(None, averages)))
        lines.append(
            f"| {name} | {fast[0]['samples']:,} | {mean(one['error'] for one in fast):.4g} | "
            + " | ".join(cells)
            + " |"
        )
    return "\n".join(lines)


def gain(fast: dict[int, dict], longer: dict[int, dict]) -> str:
    """By how many decibels the error is smaller, seed by seed."""
    gains = [
        10 * np.log10(fast[seed]["error"] / longer[seed]["error"])
        for seed in fast.keys() & longer.keys()
    ]
    if not gains:
        return ""
    return f"{mean(gains):+.2f} +- {stdev(gains):.2f}" if len(gains) > 1 else f"{gains[0]:+.2f}"


def average(found: list[dict], key: str) -> str:
    return f"{mean(one[key] for one in found):.3f}" if all(key in one for one in found) else ""


if __name__ == "__main__":
    main()
