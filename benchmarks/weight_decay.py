"""Whether trainings should decay their weights by default: python benchmarks/weight_decay.py

Every set of data is trained for three lengths with several weight decays (decoupled, AdamW), everything
else by default. What decides is the held-out loss of the best epoch, the one that the network keeps; the
error of rows that neither trained nor chose an epoch is written beside it. Images come in small parts, so
that the epochs of "fast", "balanced" and "best" on 60,000 of them take minutes. A results file that has
some of the trainings already is added to.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from anomaly_tables import read_table

from latens.data import load
from latens.models import Autoencoder
from latens.training import Trainer

HERE = Path(__file__).parent
DECAYS = (0.0, 0.1, 0.5)
SEEDS = 2
# What the presets make of 60,000 samples.
IMAGE_EPOCHS = {"fast": 3, "balanced": 11, "best": 55}


@dataclass(frozen=True)
class Data:
    """One set of data and the size of its code; `rows` of it to learn from, where not all."""

    name: str
    latent_dim: int
    rows: int | None = None
    is_table: bool = False


DATA = (
    Data("43_WDBC", 5, is_table=True),
    Data("28_pendigits", 4, is_table=True),
    Data("22_magic.gamma", 4, is_table=True),
    Data("mnist", 6, rows=8_000),
    Data("fashion-mnist", 10, rows=8_000),
    Data("cifar-10", 32, rows=1_500),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", nargs="*", default=[data.name for data in DATA])
    parser.add_argument("--presets", nargs="*", default=list(IMAGE_EPOCHS))
    parser.add_argument("--decays", nargs="*", type=float, default=DECAYS)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "weight_decay.json")
    asked = parser.parse_args()
    found = json.loads(asked.out.read_text()) if asked.out.exists() else []
    done = {(one["name"], one["preset"], one["decay"], one["seed"]) for one in found}
    for data in (data for data in DATA if data.name in asked.data):
        train, test = parts(data)
        for preset in asked.presets:
            for seed in range(SEEDS if data.is_table else 1):
                for decay in asked.decays:
                    if (data.name, preset, decay, seed) not in done:
                        found.append(one(data, train, test, preset, decay, seed))
                        asked.out.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found))


def parts(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows to be scored only."""
    if not data.is_table:
        train, test = (load(data.name, split=split).X for split in ("train", "test"))
        return train[: data.rows], test[:5_000]
    X, _ = read_table(data.name)
    X = X[np.random.default_rng(0).permutation(len(X))]
    fifth = len(X) // 5
    return X[fifth:], X[:fifth]


def one(
    data: Data, train: np.ndarray, test: np.ndarray, preset: str, decay: float, seed: int
) -> dict[str, object]:
    """One training, and what it reached."""
    epochs = None if data.is_table else IMAGE_EPOCHS[preset]
    trainer = Trainer(epochs, preset=preset, weight_decay=decay, callbacks=())
    model = Autoencoder(data.latent_dim, trainer=trainer, random_state=seed).fit(train)
    best = model.history_.best
    record = asdict(data) | {
        "preset": preset,
        "decay": decay,
        "seed": seed,
        "held_out": best.validation_loss,
        "test": -float(model.score(test)),
        "best_epoch": best.number,
        "epochs": len(model.history_.epochs),
        "seconds": model.history_.epochs[-1].seconds,
    }
    print(record, flush=True)
    return record


def table(found: list[dict[str, object]]) -> str:
    """Held-out loss and, in parentheses, the error of the scored rows, by data and length."""
    decays = sorted({one["decay"] for one in found})
    lines = ["| data, numbers | length | " + " | ".join(map(str, decays)) + " |"]
    lines.append("|---" * (2 + len(decays)) + "|")
    for name, latent_dim, preset in dict.fromkeys(
        (one["name"], one["latent_dim"], one["preset"]) for one in found
    ):
        alike = [o for o in found if (o["name"], o["preset"]) == (name, preset)]
        cells = " | ".join(cell([o for o in alike if o["decay"] == decay]) for decay in decays)
        lines.append(f"| {name}, {latent_dim} | {preset} | {cells} |")
    return "\n".join(lines)


def cell(found: list[dict[str, object]]) -> str:
    """The means over the seeds, where there is one."""
    if not found:
        return ""
    return "{:.4g} ({:.4g})".format(*(mean(o[key] for o in found) for key in ("held_out", "test")))


if __name__ == "__main__":
    main()
