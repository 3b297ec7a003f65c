import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.metrics import calinski_harabasz_score as reference

from latens.exceptions import DataError
from latens.metrics import calinski_harabasz_score


@given(st.integers(0, 10**6), st.integers(2, 6), st.sampled_from([1e-150, 1.0, 1e150]))
def test_the_score_is_that_of_scikit_learn(seed, k, scale):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(k + 2, 60))
    Z, labels = rng.normal(size=(n, 3)) + 5, rng.permutation(np.arange(n) % k)
    assert calinski_harabasz_score(scale * Z, labels) == pytest.approx(reference(Z, labels))


def test_labels_may_be_integers_and_names(digits):
    data = load_digits()
    names = np.array(list("abcdefghij"))[data.target]
    expected = reference(data.data, data.target)
    assert calinski_harabasz_score(data.data.astype(np.uint8), names) == pytest.approx(expected)


def test_clusters_of_one_place_each_are_infinitely_good_and_equal_points_are_not():
    assert calinski_harabasz_score([[0.0], [0.0], [1.0]], [0, 0, 1]) == math.inf
    assert calinski_harabasz_score([[2.0], [2.0], [2.0]], [0, 0, 1]) == 0


def test_random_labels_score_about_one(rng):
    scores = [
        calinski_harabasz_score(rng.normal(size=(500, 4)), rng.integers(0, 5, 500))
        for _ in range(30)
    ]
    assert np.mean(scores) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_one_cluster_or_only_single_points_cannot_be_scored(labels):
    with pytest.raises(DataError, match="from 2 to n_samples - 1 different labels"):
        calinski_harabasz_score([[0.0], [1.0], [2.0]], labels)
