"""Data that hold nothing are told from data that do, whatever they are made of."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs, make_s_curve, make_swiss_roll

from latens.runs import Structure
from latens.studies.structure import find_structure, is_gaussian, is_independent


def noise(kind, seed, n=250, d=12):
    rng = np.random.default_rng(seed)
    return {
        "normal": lambda: rng.normal(size=(n, d)),
        "uniform": lambda: rng.random((n, d)),
        "heavy tails": lambda: rng.standard_t(2, size=(n, d)),
        "bits": lambda: rng.integers(0, 2, (n, d)),
        "bytes": lambda: rng.integers(0, 256, (n, 3 * d)),
        "of very different sizes": lambda: rng.normal(size=(n, d)) * 10.0 ** np.arange(d),
        "huge": lambda: rng.normal(size=(n, d)) * 1e290,
        "shuffled digits": lambda: rng.permuted(load_digits().data[:n], axis=0),
    }[kind]()


KINDS = (
    *("normal", "uniform", "heavy tails", "bits", "bytes", "of very different sizes", "huge"),
    "shuffled digits",
)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_of_every_kind_has_unrelated_columns(kind):
    found = [find_structure(noise(kind, seed), seed) for seed in range(3)]
    assert all(is_independent(one) for one in found)


def test_one_draw_in_a_hundred_at_most_is_taken_for_structure():
    found = [find_structure(noise("normal", seed, n=150, d=8), seed) for seed in range(50)]
    assert sum(not is_independent(one) for one in found) <= 1
    assert sum(not is_gaussian(one) for one in found) <= 1


@pytest.mark.parametrize("rank", [1, 3, 20])
def test_a_gaussian_cloud_is_related_and_no_more(rank):
    rng = np.random.default_rng(rank)
    X = rng.normal(size=(500, rank)) @ rng.normal(size=(rank, 20))
    found = find_structure(X + 0.1 * rng.normal(size=X.shape), 0)
    assert is_gaussian(found)
    assert not is_independent(found)


@pytest.mark.parametrize(
    "make",
    [
        lambda: make_swiss_roll(300, noise=0.5, random_state=0)[0],
        lambda: make_s_curve(300, noise=0.1, random_state=0)[0],
        lambda: make_blobs(300, 8, centers=4, random_state=0)[0],
        lambda: load_digits().data[:400],
    ],
    ids=["swiss roll", "s curve", "blobs", "digits"],
)
def test_curves_clusters_and_images_are_more(make):
    found = find_structure(make(), 0)
    assert not is_independent(found)
    assert not is_gaussian(found)


@pytest.mark.parametrize(
    "rows", [np.ones((200, 5)), np.arange(200.0)[:, None], np.random.default_rng(0).random((20, 5))]
)
def test_too_little_to_ask_gives_no_answer(rows):
    assert find_structure(rows, 0) == Structure()
    assert not is_independent(Structure())
    assert not is_gaussian(Structure())


def test_copies_are_looked_at_once():
    rows = noise("normal", 0, n=100)
    assert is_independent(find_structure(np.repeat(rows, 10, axis=0), 0))
