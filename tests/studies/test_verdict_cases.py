"""Thirty sets of data, and what a verdict on a code of them may say."""

import numpy as np
import pytest
from sklearn import datasets

from latens.studies import check_study
from latens.studies.preview import brief_verdict

pytestmark = pytest.mark.slow

NOTHING, PCA, RAW = {"nothing"}, {"pca enough"}, {"raw enough"}
FEW, SHORT = {"too few"}, {"not trained"}
GAIN = {"better", "mixed"}
NO_GAIN = {"pca enough", "nothing", "too few", "not trained"}
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 1_000)


def low_rank(rank, noise=0.1, n=1_000):
    rng = np.random.default_rng(rank)
    X = rng.normal(size=(n, rank)) @ rng.normal(size=(rank, 20))
    return X + noise * rng.normal(size=X.shape)


def embedded(points):
    rng = np.random.default_rng(1)
    axes = np.linalg.qr(rng.normal(size=(20, points.shape[1])))[0]
    return points @ axes.T + 0.05 * rng.normal(size=(len(points), 20))


def sphere(n=1_500):
    points = np.random.default_rng(2).normal(size=(n, 3))
    return embedded(points / np.linalg.norm(points, axis=1, keepdims=True))


def rolled(n=1_500):
    return datasets.make_swiss_roll(n, noise=0.3, random_state=0)[0]


def bunch(load, rows=None):
    data = load()
    return data.data[:rows], data.target[:rows]


def sorted_rows(data):
    X, y = data
    order = np.argsort(y, kind="stable")
    return X[order], y[order]


def images(n=1_200):
    return datasets.load_digits().images[:n].astype(np.uint8)


CASES = {
    "normal noise": (lambda: RNG.normal(size=(1_000, 20)), {}, NOTHING),
    "uniform noise": (lambda: RNG.random((1_000, 20)), {}, NOTHING),
    "noise with heavy tails": (lambda: RNG.laplace(size=(1_000, 20)), {}, NOTHING | NO_GAIN),
    "noise with labels": (lambda: (RNG.normal(size=(1_000, 20)), LABELS), {}, NOTHING),
    "images of noise": (lambda: RNG.integers(0, 256, (600, 8, 8), dtype=np.uint8), {}, NOTHING),
    "shuffled columns": (lambda: RNG.permuted(bunch(datasets.load_wine)[0], axis=0), {}, NOTHING),
    "shuffled pixels": (lambda: RNG.permuted(images(), axis=0), {}, NOTHING),
    "low rank": (lambda: low_rank(3), {"latent_dim": 3}, PCA),
    "low rank, code too small": (lambda: low_rank(6), {"latent_dim": 3}, PCA),
    "low rank, little noise": (lambda: low_rank(3, noise=0.01), {"latent_dim": 3}, PCA),
    "low rank, with labels": (lambda: (low_rank(3), LABELS), {"latent_dim": 3}, PCA),
    "correlated cloud": (lambda: np.cumsum(RNG.normal(size=(1_000, 15)), axis=1), {}, PCA),
    "swiss roll": (rolled, {}, GAIN),
    "sphere": (sphere, {}, GAIN),
    "s curve": (lambda: datasets.make_s_curve(1_500, noise=0.05, random_state=0)[0], {}, GAIN),
    "blobs": (lambda: datasets.make_blobs(1_000, 10, centers=6, random_state=0), {}, GAIN | PCA),
    "two blobs": (lambda: datasets.make_blobs(800, 5, centers=2, random_state=0), {}, GAIN | PCA),
    "copies of random rows": (lambda: np.tile(RNG.normal(size=(100, 20)), (10, 1)), {}, FEW),
    "copies of digits": (lambda: np.tile(images(150), (8, 1, 1)), {}, FEW),
    "every row twice": (lambda: np.repeat(sphere(600), 2, axis=0), {}, FEW),
    "100 rows of noise": (lambda: RNG.normal(size=(100, 20)), {}, FEW),
    "60 rows of a sphere": (lambda: sphere(60), {}, FEW),
    "iris": (lambda: bunch(datasets.load_iris), {}, GAIN | NO_GAIN),
    "40 digits": (lambda: images(40), {}, FEW),
    "two epochs on digits": (images, {"trainer": {"max_epochs": 2}}, SHORT),
    "two epochs on a sphere": (sphere, {"trainer": {"max_epochs": 2}}, SHORT),
    "one epoch on wine": (lambda: bunch(datasets.load_wine), {"trainer": {"max_epochs": 1}}, SHORT),
    "digits": (lambda: bunch(datasets.load_digits), {"latent_dim": 10}, GAIN),
    "sorted digits": (
        lambda: sorted_rows(bunch(datasets.load_digits)),
        {"latent_dim": 10},
        GAIN,
    ),
    "breast cancer": (
        lambda: bunch(datasets.load_breast_cancer),
        {"latent_dim": 5},
        GAIN | NO_GAIN,
    ),
}


def verdict_on(made, model, tmp_path):
    """What a study says, without its pictures."""
    if isinstance(made, tuple):
        source = tmp_path / "data.npz"
        np.savez(source, X=made[0], y=made[1])
    else:
        source = tmp_path / "data.npy"
        np.save(source, made)
    settings = {"latent_dim": 2, "trainer": {"preset": "fast"}, **model}
    study = check_study({"data": {"source": str(source)}, "models": [settings]}, "It")
    return brief_verdict(study)


def test_there_are_thirty():
    assert len(CASES) == 30


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_on(name, tmp_path):
    make, model, expected = CASES[name]
    verdict = verdict_on(make(), model, tmp_path)
    assert verdict.outcome in expected, verdict.sentence
