"""What samples are worth that a VAE and an autoencoder make, by prior and by mixture, beside PCA.

All models learn from the same training images and generate as many. These are compared with held-out images
in two sets of features: of a network trained on labels, and of one trained on clusters. Then synthetic
images join few labeled ones, to see what they add to a plain classifier.

    python benchmarks/generation_quality.py --data mnist --seeds 0 1 2 --out results.json
    python benchmarks/generation_quality.py --out results.json --table

A pair of data and seed that the file has is not run again.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from latens.applications.generate import (
    ClassMixtureSampler,
    Features,
    MixtureSampler,
    PcaModel,
    PriorSampler,
    VariationSampler,
    added_accuracy,
    augment,
    evaluate_samples,
    learnt_features,
)
from latens.data import Dataset, load
from latens.models import VAE, Autoencoder
from latens.training import Trainer

_NEW, _TEST = 2_000, 2_000
_PER_CLASS = (10, 100)


def generate(models: dict[str, Any], n: int, seed: int) -> dict[str, np.ndarray]:
    """Samples of every contender."""
    samplers = {
        "VAE, prior N(0, I)": PriorSampler().fit(models["vae"]),
        "VAE, mixture on codes": MixtureSampler(random_state=seed).fit(models["vae"]),
        "autoencoder, one Gaussian on codes": MixtureSampler(1).fit(models["ae"]),
        "autoencoder, mixture on codes": MixtureSampler(random_state=seed).fit(models["ae"]),
        "PCA, mixture on codes": MixtureSampler(random_state=seed).fit(models["pca"]),
    }
    return {name: one.sample(n, random_state=seed) for name, one in samplers.items()}


def augmentation(model: Any, train: Dataset, test: Dataset, seed: int) -> Iterator[dict[str, Any]]:
    """What 2,000 synthetic images add to few labeled ones; the model saw all images, no labels."""
    rng = np.random.default_rng(seed)
    shown = rng.choice(len(test), min(_TEST, len(test)), replace=False)
    for per_class in _PER_CLASS:
        rows = np.concatenate(
            [
                rng.choice(np.flatnonzero(train.y == one), per_class, replace=False)
                for one in np.unique(train.y)
            ]
        )
        X, y = train.X[rows], train.y[rows]
        samplers = {
            "class mixture": ClassMixtureSampler(random_state=seed).fit(model, X, y),
            "variation": VariationSampler().fit(model, X, y),
        }
        for name, sampler in samplers.items():
            new = augment(sampler, sampler.classes_, _NEW, random_state=seed)
            found = added_accuracy(X, y, *new, test.X[shown], test.y[shown])
            yield {"per_class": per_class, "sampler": name, **asdict(found)}


def run(data: str, seed: int, options: argparse.Namespace, features: list[Features]) -> Any:
    """All figures of one data set and seed."""
    train, test = _parts(data, options)
    trainer = Trainer(max_epochs=options.epochs, preset=options.preset, callbacks=())
    settings = {"latent_dim": options.latent_dim, "trainer": trainer, "random_state": seed}
    models = {
        "vae": VAE(**settings).fit(train.X),
        "ae": Autoencoder(**settings).fit(train.X),
        "pca": PcaModel(options.latent_dim).fit(train.X),
    }
    samples = generate(models, options.generated, seed)
    rows = []
    for one in features:
        found = evaluate_samples(train.X, test.X, samples, one, random_state=seed)
        facts = {"features": found.features, "n": found.n_samples, "n_train": found.n_train}
        for name, scores in {"held-out real images": found.held_out, **found.scores}.items():
            rows.append({**facts, "samples": name, **asdict(scores)})
    added = list(augmentation(models["ae"], train, test, seed))
    facts = {"data": data, "seed": seed, "latent_dim": options.latent_dim, "preset": options.preset}
    facts |= {"n_train": len(train), "max_epochs": options.epochs}
    return {**facts, "samples": rows, "augmentation": added}


def _parts(data: str, options: argparse.Namespace) -> tuple[Dataset, Dataset]:
    train, test = load(data, split="train"), load(data, split="test")
    return train.take(slice(options.images)), test


def _features(data: str, options: argparse.Namespace) -> list[Features]:
    train, _ = _parts(data, options)
    return [learnt_features(train.X, y, data=data) for y in (train.y, None)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["mnist", "fashion-mnist"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--out", type=Path, default=Path("generation_quality.json"))
    parser.add_argument("--latent-dim", type=int, default=16)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--generated", type=int, default=5_000)
    parser.add_argument("--images", type=int, help="learn from only so many")
    parser.add_argument("--table", action="store_true", help="print what the file holds")
    options = parser.parse_args()
    results = json.loads(options.out.read_text()) if options.out.exists() else []
    if options.table:
        print_tables(results)
        return
    done = {(one["data"], one["seed"]) for one in results}
    for data in options.data:
        missing = [seed for seed in options.seeds if (data, seed) not in done]
        features = _features(data, options) if missing else []
        for seed in missing:
            results.append(run(data, seed, options, features))
            options.out.write_text(json.dumps(results, indent=1) + "\n")


_COLUMNS = {
    "frechet_distance": "Fréchet distance",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
    "share_closer": "nearer than the nearest 1 %",
    "authenticity": "authentic",
}


def print_tables(results: list[dict[str, Any]]) -> None:
    """Mean and standard deviation over seeds, as Markdown."""
    groups: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    added: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for one in results:
        for row in one["samples"]:
            group = groups.setdefault((one["data"], row["features"]), {})
            group.setdefault(row["samples"], []).append(row)
        for row in one["augmentation"]:
            added.setdefault((one["data"], row["per_class"], row["sampler"]), []).append(row)
    for (data, features), group in groups.items():
        print(f"\n{data}: {features}\n")
        print("| samples |", " | ".join(_COLUMNS.values()), "|")
        print("|---" * (1 + len(_COLUMNS)) + "|")
        for name, rows in group.items():
            cells = [_spread([row[column] for row in rows]) for column in _COLUMNS]
            print(f"| {name} |", " | ".join(cells), "|")
    print("\n| data | labels per class | sampler | real alone | with synthetic | added |")
    print("|---" * 6 + "|")
    for (data, per_class, name), rows in added.items():
        real, both = ([row[key] for row in rows] for key in ("real", "augmented"))
        gain = [b - a for a, b in zip(real, both, strict=True)]
        cells = " | ".join(_spread(values, 100) for values in (real, both, gain))
        print(f"| {data} | {per_class} | {name} | {cells} |")


def _spread(values: list[float], unit: float = 1.0) -> str:
    numbers = unit * np.array(values)
    spread = f" ± {numbers.std(ddof=1):.2g}" if len(numbers) > 1 else ""
    return f"{numbers.mean():.3g}{spread}"


if __name__ == "__main__":
    main()
