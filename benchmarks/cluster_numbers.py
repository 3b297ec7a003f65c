"""How often the number of clusters is right, and whether it comes back from other seeds of a training.

    python benchmarks/cluster_numbers.py --draws 20 --seeds 10

Noise and a single normal cloud have no clear number; groups that stand apart have theirs; the codes of one
data set should have the same number whatever the seed of the training, or none. The thresholds were set on
other sets, before this was run; that criteria have to agree was added after a first run, in which the codes
of digits had none seven times, and 8, 9 and 10. Groups lie at random places whose distances are at least
`SEPARATION` times the mean of the two spreads; their sizes differ by up to 4, their spreads by up to 2. The
number of rows is drawn, too. Results are written as they come, a second call goes on with what is missing.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from latens.clustering import choose_k
from latens.data import load
from latens.models import Autoencoder
from latens.training import Trainer

HERE = Path(__file__).parent
GROUPS = (2, 3, 5, 8, 12, 16, 20)
SEPARATION = 7
ROWS = 4_000  # of Fashion-MNIST, for training and for the codes
Rng = np.random.Generator
Matrix = np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=10, help="trainings of each data set")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "cluster_numbers.json")
    asked = parser.parse_args()
    results = Results(asked.out)
    for k in GROUPS:
        for draw in range(asked.draws):
            results.add(f"{k} groups", draw, lambda d=draw, k=k: number(groups(k, d), d))
    for name, samples in SAMPLES.items():
        for seed in range(asked.seeds):
            results.add(
                f"codes of {name}", seed, lambda s=seed, x=samples: number(codes(x(), s), s)
            )
    for name, cloud in CLOUDS.items():
        for draw in range(asked.draws):
            results.add(name, draw, lambda d=draw, c=cloud: number(cloud_of(c, d), d))
    print(results.table())


class Results:
    """The number found in every draw, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found = json.loads(path.read_text()) if path.exists() else {}

    def add(self, name: str, draw: int, find: Callable[[], int | None]) -> None:
        """Find a number that is not in the file yet."""
        row = self.found.setdefault(name, {})
        if str(draw) not in row:
            row[str(draw)] = find()
            self.path.write_text(json.dumps(self.found) + "\n")

    def table(self) -> str:
        """Return how often each number was found."""
        lines = ["| data | found |", "|---|---|"]
        for name, row in self.found.items():
            counts = Counter("none" if one is None else str(one) for one in row.values())
            found = ", ".join(f"{times} x {one}" for one, times in counts.most_common())
            lines.append(f"| {name} | {found} |")
        return "\n".join(lines)


def number(Z: Matrix, seed: int) -> int | None:
    return choose_k(Z, random_state=seed).best


CLOUDS: dict[str, Callable[[Rng, int, int], Matrix]] = {
    "even noise": lambda rng, n, dims: rng.random((n, dims)),
    "heavy-tailed noise (t, 3 degrees)": lambda rng, n, dims: rng.standard_t(3, size=(n, dims)),
    "one round Gaussian": lambda rng, n, dims: rng.normal(size=(n, dims)),
    "one correlated Gaussian": lambda rng, n, dims: (
        rng.normal(size=(n, dims)) @ rng.normal(size=(dims, dims))
    ),
}


def cloud_of(cloud: Callable[[Rng, int, int], Matrix], draw: int) -> Matrix:
    """Draw a cloud of 300 to 1,500 rows in 2 to 50 dimensions."""
    rng = np.random.default_rng([2027, draw])
    n, dims = rng.integers(300, 1_500), rng.choice([2, 3, 5, 10, 20, 50])
    return cloud(rng, int(n), int(dims))


def groups(k: int, draw: int) -> Matrix:
    """Draw k round groups of unlike sizes and spreads in 2 to 20 dimensions."""
    rng = np.random.default_rng([2028, k, draw])
    dims = int(rng.choice([2, 3, 5, 10, 20]))
    n = int(rng.integers(max(200, 2 * (k + 2) ** 2), 2_000))
    spreads = rng.uniform(1, 2, size=k)
    side, centers = SEPARATION * 1.5 * k ** (1 / dims), np.empty((0, dims))
    while len(centers) < k:
        one = rng.uniform(0, side, size=dims)
        least = SEPARATION * (spreads[: len(centers)] + spreads[len(centers)]) / 2
        if (np.linalg.norm(centers - one, axis=1) >= least).all():
            centers = np.vstack([centers, one])
        side *= 1.001  # so that there is room in the end
    shares = rng.uniform(1, 4, size=k)
    of = rng.choice(k, size=n, p=shares / shares.sum())
    return centers[of] + spreads[of, None] * rng.normal(size=(n, dims))


SAMPLES: dict[str, Callable[[], Matrix]] = {
    "digits": lambda: load_digits().images.astype(np.float32),
    "Fashion-MNIST": lambda: load("fashion-mnist", "train").X[:ROWS],
}


def codes(samples: Matrix, seed: int) -> Matrix:
    """Return ten numbers of each sample, by a network trained from this seed."""
    trainer = Trainer(preset="fast", callbacks=())
    return Autoencoder(10, trainer=trainer, random_state=seed).fit_transform(samples)


if __name__ == "__main__":
    main()
