import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.pairwise.distances import squared_distances, squared_norms


@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 1), (30, 50, 4), (200, 3, 300)])
def test_a_squared_distance_is_the_sum_of_squared_differences(rng, n, m, d):
    A, B = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    np.testing.assert_allclose(squared_distances(A, B), cdist(A, B, "sqeuclidean"), rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_are_exactly_zero_apart_whether_few_or_many(dtype, rng):
    A = rng.normal(size=(60, 7)).astype(dtype)
    assert not np.diag(squared_distances(A, A)).any()
    repeated = np.repeat(A[:2], 30, axis=0)
    squared = squared_distances(repeated, repeated)
    assert not squared[:30, :30].any()
    assert (squared[:30, 30:] > 1).all()


def test_close_pairs_far_from_the_origin_keep_their_digits(rng):
    # In a group of spread 1 at distance 1e7, a plain product of matrices leaves one or two digits.
    groups = np.array([[-1e7, 0.0], [1e7, 0.0]]).repeat([20, 3], axis=0)
    A = groups + rng.normal(size=groups.shape)
    np.testing.assert_allclose(squared_distances(A, A), cdist(A, A, "sqeuclidean"), rtol=1e-6)


def test_known_norms_change_nothing(rng):
    A, B = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    assert np.array_equal(squared_distances(A, B, squared_norms(A)), squared_distances(A, B))
