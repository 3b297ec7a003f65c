import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from latens.exceptions import DataError, ParameterError
from latens.metrics import dunn_index, generalized_dunn_index

OPTIONS = [(s, d) for s in ("average", "centroids") for d in ("average", "centroid")]


def _by_definition(Z, labels, separation, diameter):
    groups = [Z[labels == k] for k in np.unique(labels)]
    apart = {
        "average": lambda a, b: cdist(a, b).mean(),
        "centroids": lambda a, b: np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)),
    }[separation]
    wide = {
        "average": lambda a: cdist(a, a).sum() / max(len(a) * (len(a) - 1), 1),
        "centroid": lambda a: 2 * np.linalg.norm(a - a.mean(axis=0), axis=1).mean(),
    }[diameter]
    return min(apart(a, b) for a, b in combinations(groups, 2)) / max(map(wide, groups))


@pytest.mark.parametrize(("separation", "diameter"), OPTIONS)
@given(st.integers(0, 10**6), st.sampled_from([1e-150, 1.0, 1e150]), st.integers(-99, 99))
def test_the_index_is_the_definition(separation, diameter, seed, scale, shift):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(4, 50)), int(rng.integers(2, 4))
    Z, labels = rng.normal(size=(n, 2)), rng.permutation(np.arange(n) % k)
    found = generalized_dunn_index(
        scale * (Z + shift), labels, separation=separation, diameter=diameter
    )
    assert found == pytest.approx(_by_definition(Z, labels, separation, diameter), rel=1e-8)


@pytest.mark.parametrize(("separation", "diameter"), OPTIONS)
def test_one_outlier_hardly_moves_it(rng, separation, diameter):
    labels = np.repeat([0, 1], 200)
    Z = rng.normal(size=(400, 2)) + 20 * labels[:, None]
    moved = Z.copy()
    moved[0] = 10
    options = {"separation": separation, "diameter": diameter}
    before, after = (generalized_dunn_index(one, labels, **options) for one in (Z, moved))
    assert after == pytest.approx(before, rel=0.1)
    assert dunn_index(moved, labels) < 0.8 * dunn_index(Z, labels)


def test_the_limits():
    assert generalized_dunn_index([[0.0], [0.0], [1.0]], ["a", "a", "b"]) == math.inf
    assert generalized_dunn_index([[1.0], [1.0]], [0, 1]) == 0


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(ParameterError, match="'separation' parameter of generalized_dunn_index"):
        generalized_dunn_index([[0.0], [1.0]], [0, 1], separation="nearest")
    with pytest.raises(ParameterError, match="'diameter' parameter of generalized_dunn_index"):
        generalized_dunn_index([[0.0], [1.0]], [0, 1], diameter=3)
    with pytest.raises(DataError, match="at least 2 different labels"):
        generalized_dunn_index([[0.0], [1.0]], [0, 0])
