"""Test errors with few labels, ours beside classifiers without codes, and probes on another data set.

    python benchmarks/few_labels_quality.py --data mnist --labels 100 --seeds 10 --out few_labels.json

Every draw takes as many labels of each class; all other training images have none. Errors are of the
official test images. The autoencoder is trained once for each data set, as it knows no labels. Results are
written as they come, and a second call goes on with what is missing. `--rows` takes fewer training images,
and `--models` names a folder that keeps the autoencoders between calls.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from latens import load_model
from latens.applications import FewLabelClassifier, draw_labels
from latens.applications.classify.baselines import ClassifierBaselines
from latens.data import Dataset, load
from latens.metrics import linear_probe_accuracy
from latens.models import Autoencoder
from latens.training import Trainer

FLOORS = ("SVM on raw values", "SVM on PCA-50")
PLAIN = ("propagation on raw values", "propagation on PCA-50")
METHODS = {"probe": "probe", "propagation": "propagation", "consistency": "auto"}
CODE_SIZE = 16
TRANSFERRED = 1_000  # labels of a transfer


def main() -> None:
    arguments = parse()
    results = Results(Path(arguments.out))
    models = None if arguments.models is None else Path(arguments.models)
    benches = {name: Bench(name, arguments.rows, models) for name in arguments.data}
    for seed in range(arguments.seeds):
        for name, bench in benches.items():
            for count in arguments.labels:
                for row in arguments.methods:
                    key = f"{name}, {count} labels, {row}"
                    results.add(key, seed, lambda b=bench, c=count, r=row, s=seed: b.error(r, c, s))
        for learned, probed in transfers(list(benches) if arguments.transfer else []):
            one, other = benches[learned], benches[probed]
            for row, measure in one.transfers_to(other, seed).items():
                results.add(f"{learned} to {probed}, {row}", seed, measure)
    results.show()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["mnist", "fashion-mnist"])
    parser.add_argument("--labels", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--methods", nargs="+", default=[*FLOORS, *PLAIN, *METHODS])
    parser.add_argument("--seeds", type=int, default=10, help="draws of labels")
    parser.add_argument("--rows", type=int, default=None, help="training images [default: all]")
    parser.add_argument("--transfer", action="store_true", help="probe each encoder on other data")
    parser.add_argument("--models", default=None, help="keeps autoencoders [default: nowhere]")
    parser.add_argument("--out", default="few_labels.json")
    return parser.parse_args()


class Bench:
    """One data set and the autoencoder of its training images."""

    def __init__(self, name: str, rows: int | None, models: Path | None) -> None:
        self.train, self.test = load(name, "train").take(slice(rows)), load(name, "test")
        self.floors = ClassifierBaselines(self.train.X, CODE_SIZE)
        self.plain = self.floors.propagations(self.test.X)
        self.model = autoencoder(self.train, models)

    def error(self, row: str, count: int, seed: int) -> dict[str, float]:
        """The test error of one row of the table, in per cent, and the seconds it took here."""
        y = self._drawn(count, seed)
        known = y >= 0
        started = time.process_time()
        if row in FLOORS:
            classifier = self.floors.make()[row].fit(self.train.X[known], y[known])
            predicted = classifier.predict(self.test.X)
        elif row in PLAIN:
            predicted = self.plain[row].predict(y, seed)
        else:
            classifier = FewLabelClassifier(
                self.model,
                method=METHODS[row],
                trainer=Trainer(callbacks=()),
                random_state=seed,
            ).fit(self.train.X, y)
            predicted = classifier.predict(self.test.X)
        wrong = predicted != self.test.y
        return {"error": 100 * float(wrong.mean()), "cpu_seconds": time.process_time() - started}

    def transfers_to(self, other: "Bench", seed: int) -> dict[str, Callable[[], dict[str, float]]]:
        """Linear probes on other data: of these codes, of its own, and of its PCA and raw values."""
        floors = other.floors.make()

        def probe(encode: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
            y = other._drawn(TRANSFERRED, seed)
            known, test = y >= 0, other.test
            right = linear_probe_accuracy(
                encode(other.train.X[known]), y[known], encode(test.X), test.y
            )
            return {"error": 100 * (1 - right)}

        return {
            "codes of the one": lambda: probe(self.model.transform),
            "codes of the other": lambda: probe(other.model.transform),
            f"PCA-{CODE_SIZE} of the other": lambda: probe(
                floors[f"linear probe of PCA-{CODE_SIZE}"][:2].transform
            ),
            "raw values of the other": lambda: probe(
                floors["linear probe of raw values"][0].transform
            ),
        }

    def _drawn(self, count: int, seed: int) -> np.ndarray:
        return draw_labels(self.train.y, count // len(self.train.names), seed)


def autoencoder(data: Dataset, models: Path | None) -> Autoencoder:
    """The autoencoder that `FewLabelClassifier` makes by itself, with the seed 0."""
    path = None if models is None else models / f"{data.name}-{len(data)}"
    if path is not None and path.exists():
        return load_model(path)
    trainer = Trainer(preset="fast", callbacks=())
    model = Autoencoder(CODE_SIZE, trainer=trainer, random_state=0).fit(data.X)
    if path is not None:
        model.save(path)
    return model


def transfers(names: list[str]) -> Iterator[tuple[str, str]]:
    """Every data set with every other one."""
    for learned in names:
        yield from ((learned, probed) for probed in names if learned != probed)


class Results:
    """Rows of draws in a JSON file, which is whole after every draw."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, dict[str, dict[str, float]]] = (
            json.loads(path.read_text()) if path.exists() else {}
        )

    def add(self, key: str, seed: int, measure: Callable[[], dict[str, float]]) -> None:
        """Measure one draw, unless it is there."""
        if str(seed) not in self.rows.get(key, {}):
            self._keep(key, seed, measure())

    def _keep(self, key: str, seed: int, values: dict[str, float]) -> None:
        self.rows.setdefault(key, {})[str(seed)] = values
        temporary = self.path.with_suffix(".partial")
        temporary.write_text(json.dumps(self.rows, indent=1))
        temporary.replace(self.path)
        print(f"{key}, draw {seed}: {values['error']:.2f} %", flush=True)

    def show(self) -> None:
        for key, draws in self.rows.items():
            errors = [values["error"] for values in draws.values()]
            spread = f" +- {stdev(errors):.2f}" if len(errors) > 1 else ""
            print(f"{key}: {mean(errors):.2f}{spread} %, {len(errors)} draws")


if __name__ == "__main__":
    main()
