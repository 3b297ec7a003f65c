"""Test errors with few labels, ours beside support vector machines, and probes on another data set.

    python benchmarks/few_labels_quality.py --data mnist --labels 100 --seeds 10 --out few_labels.json

Every draw takes as many labels of each class; all other training images have none. Errors are of the
official test images. The autoencoder is trained once for each data set, as it knows no labels. Results are
written as they come, and a second call goes on with what is missing. `--rows` takes fewer training images.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from latens.applications import FewLabelClassifier
from latens.data import Dataset, load
from latens.models import Autoencoder
from latens.training import Trainer

FLOORS = ("SVM on raw values", "SVM on PCA-50")
METHODS = {"probe": "probe", "propagation": "propagation", "consistency": "auto"}


def main() -> None:
    arguments = parse()
    results = Results(Path(arguments.out))
    for name in arguments.data:
        bench = Bench(name, arguments.rows)
        for seed in range(arguments.seeds):
            for count in arguments.labels:
                for row in arguments.methods:
                    key = f"{name}, {count} labels, {row}"
                    results.add(key, seed, lambda b=bench, c=count, r=row, s=seed: b.error(r, c, s))
    if arguments.transfer:
        for key, learnt, probed in transfers(arguments.data):
            for seed in range(arguments.seeds):
                job = lambda a=learnt, b=probed, s=seed: transfer(a, b, arguments.rows, s)  # noqa: E731
                results.add_all(key, seed, job)
    results.show()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["mnist", "fashion-mnist"])
    parser.add_argument("--labels", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--methods", nargs="+", default=[*FLOORS, *METHODS])
    parser.add_argument("--seeds", type=int, default=10, help="draws of labels")
    parser.add_argument("--rows", type=int, default=None, help="training images [default: all]")
    parser.add_argument("--transfer", action="store_true", help="probe each encoder on other data")
    parser.add_argument("--out", default="few_labels.json")
    return parser.parse_args()


class Bench:
    """One data set and the autoencoder of its training images."""

    def __init__(self, name: str, rows: int | None) -> None:
        self.train, self.test = load(name, "train").take(slice(rows)), load(name, "test")
        self.model: Autoencoder | None = None

    def error(self, row: str, count: int, seed: int) -> dict[str, float]:
        """The test error of one row of the table, in per cent, and the seconds it took here."""
        y = drawn_labels(self.train, count, seed)
        started = time.process_time()
        classifier = self._floor(row) if row in FLOORS else self._ours(row, seed)
        started = time.process_time() if row in METHODS else started
        known = y >= 0
        if row in FLOORS:
            classifier.fit(flat(self.train.X[known]), y[known])
            predicted = classifier.predict(flat(self.test.X))
        else:
            predicted = classifier.fit(self.train.X, y).predict(self.test.X)
        seconds = time.process_time() - started
        return {"error": 100 * float(np.mean(predicted != self.test.y)), "cpu_seconds": seconds}

    def _floor(self, row: str) -> Any:
        machine = SVC(C=10, gamma="scale")
        if row == "SVM on raw values":
            return machine
        # PCA needs no labels, so it may see all training images; a part of them is enough.
        some = flat(self.train.X[:10_000])
        return make_pipeline(FrozenEstimator(PCA(50, random_state=0).fit(some)), machine)

    def _ours(self, row: str, seed: int) -> FewLabelClassifier:
        if self.model is None:
            self.model = autoencoder(0).fit(self.train.X)
        trainer = Trainer(callbacks=())
        return FewLabelClassifier(
            self.model, method=METHODS[row], trainer=trainer, random_state=seed
        )


def autoencoder(seed: int) -> Autoencoder:
    return Autoencoder(16, trainer=Trainer(preset="fast", callbacks=()), random_state=seed)


def drawn_labels(data: Dataset, count: int, seed: int) -> np.ndarray:
    """As many labels of each class, and -1 elsewhere."""
    rng = np.random.default_rng(seed)
    y = np.full(len(data), -1)
    for code in range(len(data.names)):
        rows = np.flatnonzero(data.y == code)
        y[rng.choice(rows, count // len(data.names), replace=False)] = code
    return y


def transfers(names: list[str]) -> Iterator[tuple[str, str, str]]:
    """Every data set's encoder on every other one."""
    for learnt in names:
        for probed in names:
            if learnt != probed:
                yield f"{learnt} to {probed}", learnt, probed


def transfer(learnt: str, probed: str, rows: int | None, seed: int) -> dict[str, dict[str, float]]:
    """Errors of linear probes with 1,000 labels: foreign codes, own codes, PCA of the same size, raw."""
    there = load(learnt, "train").take(slice(rows))
    here, test = load(probed, "train").take(slice(rows)), load(probed, "test")
    y = drawn_labels(here, 1000, seed)
    known = y >= 0
    foreign, own = autoencoder(seed).fit(there.X), autoencoder(seed).fit(here.X)
    pca = PCA(16, random_state=0).fit(flat(here.X[:10_000]))
    codes: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "codes of the other data": foreign.transform,
        "codes of the same data": own.transform,
        "PCA-16 of the same data": lambda X: pca.transform(flat(X)),
        "raw values": flat,
    }
    return {
        name: {"error": 100 * probe_error(encode, here.X[known], y[known], test)}
        for name, encode in codes.items()
    }


def probe_error(encode: Callable, X: np.ndarray, y: np.ndarray, test: Dataset) -> float:
    from latens.metrics import linear_probe_accuracy

    return 1 - linear_probe_accuracy(encode(X), y, encode(test.X), test.y)


def flat(X: np.ndarray) -> np.ndarray:
    return X.reshape(len(X), -1) / 255.0


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

    def add_all(
        self, key: str, seed: int, measure: Callable[[], dict[str, dict[str, float]]]
    ) -> None:
        """Measure several rows at once, unless they are there."""
        if not any(
            row.startswith(f"{key}, ") and str(seed) in done for row, done in self.rows.items()
        ):
            for name, values in measure().items():
                self._keep(f"{key}, {name}", seed, values)

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
