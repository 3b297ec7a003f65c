import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import davies_bouldin_score as reference

from latens.exceptions import DataError
from latens.metrics import davies_bouldin_score


@given(st.integers(0, 10**6), st.integers(2, 6), st.sampled_from([1e-150, 1.0, 1e150]))
def test_the_score_is_that_of_scikit_learn(seed, k, scale):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(k + 2, 60))
    Z, labels = rng.normal(size=(n, 3)) + 5, rng.permutation(np.arange(n) % k)
    assert davies_bouldin_score(scale * Z, labels) == pytest.approx(reference(Z, labels))


def test_clusters_with_the_same_mean_are_not_apart_at_all():
    assert davies_bouldin_score([[-1.0], [1.0], [-2.0], [2.0]], [0, 0, 1, 1]) == math.inf
    assert davies_bouldin_score([[2.0], [2.0], [2.0]], [0, 0, 1]) == math.inf


def test_single_points_do_not_overlap():
    assert davies_bouldin_score([[0.0], [1.0], [5.0]], [0, 1, 2]) == 0


def test_one_cluster_cannot_be_scored():
    with pytest.raises(DataError, match="at least 2 different labels"):
        davies_bouldin_score([[0.0], [1.0]], [0, 0])
