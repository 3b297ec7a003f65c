"""What ten rounds of naming samples are worth: accuracy against the number of names, by what is named next.

    python benchmarks/label_rounds.py --seeds 10 --out benchmarks/results/label_rounds.json

Each round names ten samples as a person would, by the true label, learns from all names so far on codes
that stay, and scores on samples that are never named. The first ten are the same for every rule of a seed:
those in the middle of ten clusters of the codes, which need no label. Of Fashion-MNIST 8,000 images can be
named and 2,000 are scored. With `--thin 0.7` every class has 0.7 times as many images as the one before, as
no class of real data knows how large it should be.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from latens.applications import Probe, Propagation
from latens.applications.classify.rounds import margins, next_to_name
from latens.data import Dataset, load
from latens.models import Autoencoder
from latens.training import Trainer

RULES = ("random", "uncertain", "diverse")
METHODS = ("propagation", "probe")
CODE_SIZE = 16


def main() -> None:
    arguments = parse()
    train, test = load(arguments.data, "train"), load(arguments.data, "test")
    started = time.perf_counter()
    trainer = Trainer(preset="fast", callbacks=())
    model = Autoencoder(CODE_SIZE, trainer=trainer, random_state=0).fit(train.X)
    print(f"trained in {time.perf_counter() - started:.0f} s", flush=True)
    results = {"data": arguments.data, "per_round": arguments.per_round, "rounds": arguments.rounds}
    results |= {"seeds": arguments.seeds, "accuracy": {}, "seconds_per_round": {}}
    for thin in (None, arguments.thin):
        pool, scored = thinned(train, thin), thinned(test, thin)
        codes = Codes(model.transform(pool.X), pool.y, model.transform(scored.X), scored.y)
        for method in METHODS:
            for rule in RULES:
                started = time.perf_counter()
                curves = [
                    curve(codes, method, rule, seed, arguments) for seed in range(arguments.seeds)
                ]
                key = f"{'equal classes' if thin is None else 'unequal classes'}, {method}, {rule}"
                results["accuracy"][key] = curves
                seconds = time.perf_counter() - started
                results["seconds_per_round"][key] = seconds / arguments.rounds / len(curves)
                shown = " ".join(f"{100 * one:5.1f}" for one in np.mean(curves, axis=0))
                print(f"{key:42} {shown}", flush=True)
    Path(arguments.out).write_text(json.dumps(results, indent=1) + "\n")


class Codes:
    """Codes of samples that may be named, with the true labels, and of those that are scored."""

    def __init__(
        self, Z: np.ndarray, y: np.ndarray, Z_test: np.ndarray, y_test: np.ndarray
    ) -> None:
        self.Z, self.y, self.Z_test, self.y_test = Z, y, Z_test, y_test

    def learn(self, method: str, named: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The classes, and their probabilities for the samples to name and for those to score."""
        classes, y = np.unique(self.y[named], return_inverse=True)
        if method == "probe":
            classifier = Probe().classifier().fit(self.Z[named], y)
            return classes, *map(classifier.predict_proba, (self.Z, self.Z_test))
        partly = np.full(len(self.Z), -1)
        partly[named] = y
        spread = Propagation().spread(self.Z, partly, len(classes), device=torch.device("cpu"))
        return classes, spread.everywhere, spread.at(self.Z_test)


def curve(
    codes: Codes, method: str, rule: str, seed: int, arguments: argparse.Namespace
) -> list[float]:
    """The accuracy after every round."""
    margin, is_named, accuracies = None, np.zeros(len(codes.Z), dtype=bool), []
    for number in range(arguments.rounds):
        chosen = next_to_name(
            margin,
            codes.Z.__getitem__,
            arguments.per_round,
            is_named=is_named,
            rule=rule if number else "diverse",
            random_state=1_000 * seed + number,
        )
        is_named[chosen] = True
        classes, shares, scored = codes.learn(method, np.flatnonzero(is_named))
        accuracies.append(float((classes[scored.argmax(axis=1)] == codes.y_test).mean()))
        margin = margins(shares)
    return accuracies


def thinned(data: Dataset, factor: float | None) -> Dataset:
    """The data with fewer images of each class than of the one before, in a mixed order of classes."""
    if factor is None:
        return data
    rng = np.random.default_rng(0)
    keep = factor ** rng.permutation(len(data.names))[data.y]
    return data.take(np.flatnonzero(rng.random(len(data)) < keep))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default="fashion-mnist-10k", help="with labels and a test part")
    parser.add_argument("--seeds", type=int, default=10, help="draws of each curve")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--per-round", type=int, default=10, help="samples named in each round")
    parser.add_argument("--thin", type=float, default=0.7, help="sizes of unequal classes")
    parser.add_argument("--out", default="label_rounds.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
