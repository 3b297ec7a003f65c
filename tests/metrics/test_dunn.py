import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from latens.exceptions import DataError, ParameterError
from latens.metrics import dunn_index, generalized_dunn_index

OPTIONS = [(s, d) for s in ("average", "centroids") for d in ("average", "centroid")]


@st.composite
def labeled_points(draw):
    n, d = draw(st.integers(2, 25)), draw(st.integers(1, 3))
    Z = draw(arrays(np.float64, (n, d), elements=st.integers(-9, 9).map(float)))
    labels = draw(arrays(np.int64, n, elements=st.integers(0, 3)))
    assume(len(set(labels)) >= 2)
    return Z, labels


def _by_definition(Z, labels):
    distances, same = cdist(Z, Z), labels[:, None] == labels
    gap, width = distances[~same].min(), distances[same].max()
    if gap == 0:
        return 0.0
    return gap / width if width > 0 else math.inf


@given(labeled_points())
def test_the_index_is_the_definition(case):
    assert dunn_index(*case) == pytest.approx(_by_definition(*case), rel=1e-9)


@given(
    labeled_points(),
    st.sampled_from([1e-200, 1e-15, 1.0, 1e15, 1e200]),
    st.integers(-1000, 1000),
    st.integers(0, 100),
)
def test_scale_shift_order_and_names_mean_nothing(case, scale, shift, seed):
    Z, labels = case
    order = np.random.default_rng(seed).permutation(len(Z))
    moved = dunn_index((Z[order] + shift) * scale, -labels[order])
    assert moved == pytest.approx(dunn_index(Z, labels), rel=1e-9)


@pytest.mark.parametrize("n_clusters", [2, 7, 500])
def test_the_index_is_the_definition_across_tiles(rng, n_clusters):
    Z, labels = rng.normal(size=(2500, 3)), rng.integers(0, n_clusters, 2500)
    Z[:, 0] += 0.01 * labels
    assert dunn_index(Z, labels) == pytest.approx(_by_definition(Z, labels), rel=1e-6)


def test_tight_clusters_far_apart_keep_their_digits(rng):
    labels = np.repeat([0, 1, 2], 10)
    Z = np.array([[0.0, 0], [1e9, 0], [1e9, 50]])[labels] + rng.normal(size=(30, 2))
    assert dunn_index(Z, labels) == pytest.approx(_by_definition(Z, labels), rel=1e-7)


def test_touching_clusters_score_zero_even_without_width():
    assert dunn_index([[1.0], [1.0], [1.0]], [0, 1, 1]) == 0
    assert dunn_index([[0.0], [1.0], [1.0]], [0, 0, 1]) == 0


def test_clusters_of_one_place_each_are_infinitely_good():
    assert dunn_index([[0.0], [0.0], [1.0]], ["a", "a", "b"]) == math.inf


def test_one_cluster_cannot_be_scored():
    with pytest.raises(DataError, match="at least 2 different labels"):
        dunn_index([[0.0], [1.0]], [0, 0])


def _generalized_by_definition(Z, labels, separation, diameter):
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
def test_the_generalized_index_is_the_definition(separation, diameter, seed, scale, shift):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(4, 50)), int(rng.integers(2, 4))
    Z, labels = rng.normal(size=(n, 2)), rng.permutation(np.arange(n) % k)
    found = generalized_dunn_index(
        scale * (Z + shift), labels, separation=separation, diameter=diameter
    )
    assert found == pytest.approx(
        _generalized_by_definition(Z, labels, separation, diameter), rel=1e-8
    )


@pytest.mark.parametrize(("separation", "diameter"), OPTIONS)
def test_one_outlier_hardly_moves_the_generalized_index(rng, separation, diameter):
    labels = np.repeat([0, 1], 200)
    Z = rng.normal(size=(400, 2)) + 20 * labels[:, None]
    moved = Z.copy()
    moved[0] = 10
    options = {"separation": separation, "diameter": diameter}
    before, after = (generalized_dunn_index(one, labels, **options) for one in (Z, moved))
    assert after == pytest.approx(before, rel=0.1)
    assert dunn_index(moved, labels) < 0.8 * dunn_index(Z, labels)


def test_the_generalized_index_at_its_limits():
    assert generalized_dunn_index([[0.0], [0.0], [1.0]], ["a", "a", "b"]) == math.inf
    assert generalized_dunn_index([[1.0], [1.0]], [0, 1]) == 0


def test_what_the_generalized_index_cannot_score_is_refused():
    with pytest.raises(ParameterError, match="'separation' parameter of generalized_dunn_index"):
        generalized_dunn_index([[0.0], [1.0]], [0, 1], separation="nearest")
    with pytest.raises(ParameterError, match="'diameter' parameter of generalized_dunn_index"):
        generalized_dunn_index([[0.0], [1.0]], [0, 1], diameter=3)
    with pytest.raises(DataError, match="at least 2 different labels"):
        generalized_dunn_index([[0.0], [1.0]], [0, 0])
