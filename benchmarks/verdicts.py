"""Whether verdicts hold: python benchmarks/verdicts.py noise | manifolds | images

Noise has nothing to find, so that *better* is wrong there. Curved manifolds and images hold what PCA of the
same size cannot see, so that *better*, or *mixed* with "better than PCA" in its headline, is right. Every
run draws its own data; a results file that has some of the runs already is added to.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import make_s_curve, make_swiss_roll

from latens.studies import check_study
from latens.studies.preview import brief_verdict

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("which", choices=("noise", "manifolds", "images"))
    parser.add_argument("--presets", nargs="*", default=("fast", "balanced"))
    parser.add_argument("--draws", type=int)
    asked = parser.parse_args()
    out = HERE / "results" / f"verdicts_{asked.which}.json"
    found = json.loads(out.read_text()) if out.exists() else []
    done = {(one["data"], one["preset"], one["latent_dim"], one["seed"]) for one in found}
    for preset in asked.presets:
        for name, X, latent_dim, seed in _sets(asked.which, asked.draws):
            if (name, preset, latent_dim, seed) in done:
                continue
            started = time.perf_counter()
            facts = {"data": name, "preset": preset, "latent_dim": latent_dim, "seed": seed}
            verdict = _verdict(X, preset, latent_dim, seed)
            found.append(facts | verdict | {"seconds": round(time.perf_counter() - started, 1)})
            print(*facts.values(), verdict.outcome, verdict.head, flush=True)
            out.write_text(json.dumps(found, indent=1) + "\n")
    for preset in asked.presets:
        print(preset, Counter(one["outcome"] for one in found if one["preset"] == preset))


def _sets(which: str, draws: int | None) -> Iterator[tuple[str, Any, int, int]]:
    if which == "noise":
        for seed in range(draws or 50):
            rng = np.random.default_rng(seed)
            n = (1_000, 2_000, 3_000, 4_000, 5_000)[seed % 5]
            yield f"noise-{n}", rng.normal(size=(n, 20)), (2, 4, 8)[seed % 3], seed
    elif which == "manifolds":
        for seed in range(draws or 10):
            for name, make, latent_dim in MANIFOLDS:
                yield name, make(np.random.default_rng(seed)), latent_dim, seed
    else:
        for name in ("mnist", "fashion-mnist"):
            yield name, name, 10, 0


def _swiss_roll(rng: np.random.Generator) -> np.ndarray:
    return make_swiss_roll(2_000, noise=0.5, random_state=rng.integers(2**31))[0]


def _s_curve(rng: np.random.Generator) -> np.ndarray:
    return make_s_curve(2_000, noise=0.05, random_state=rng.integers(2**31))[0]


def _sphere(rng: np.random.Generator) -> np.ndarray:
    """The surface of a ball in 20 dimensions' noise, for 2 numbers."""
    points = rng.normal(size=(2_000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return _embedded(points, rng)


def _torus(rng: np.random.Generator) -> np.ndarray:
    angles = rng.uniform(0, 2 * np.pi, (2_000, 2))
    return _embedded(np.hstack([np.cos(angles), np.sin(angles)]), rng)


def _waves(rng: np.random.Generator) -> np.ndarray:
    """Bumps on a line at 20 places, of a place and a width of their own."""
    place, width = rng.uniform(0, 1, (2_000, 1)), rng.uniform(0.05, 0.2, (2_000, 1))
    bumps = np.exp(-np.square((np.linspace(0, 1, 20) - place) / width))
    return bumps + rng.normal(scale=0.05, size=bumps.shape)


def _embedded(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Points in a random subspace of 20 dimensions, with noise in all of these."""
    axes = np.linalg.qr(rng.normal(size=(20, points.shape[1])))[0]
    return points @ axes.T + rng.normal(scale=0.05, size=(len(points), 20))


MANIFOLDS = (
    ("swiss-roll", _swiss_roll, 2),
    ("s-curve", _s_curve, 2),
    ("sphere", _sphere, 2),
    ("torus", _torus, 2),
    ("waves", _waves, 2),
)


def _verdict(X: Any, preset: str, latent_dim: int, seed: int) -> dict[str, Any]:
    """What `latens run` would say, without its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        source = X
        if not isinstance(X, str):
            source = f"{folder}/data.npy"
            np.save(source, X)
        model = {"latent_dim": latent_dim, "trainer": {"preset": preset}}
        study = check_study({"data": {"source": source}, "models": [model], "seed": seed}, "It")
        return brief_verdict(study)


if __name__ == "__main__":
    main()
