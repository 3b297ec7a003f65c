import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from latens.exceptions import DataError
from latens.metrics import dunn_index


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
