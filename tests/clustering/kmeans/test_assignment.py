import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from latens.clustering.kmeans.assignment import (
    AssignmentTargets,
    assign,
    nearest,
    nearest_at,
    own_and_others,
    squared_errors,
)
from latens.clustering.kmeans.centered_data import CenteredData
from latens.pairwise import ThreadPool


def _assign(X, centers, pool):
    return assign(CenteredData(torch.from_numpy(X)), torch.from_numpy(centers), pool).numpy()


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 50))
def test_the_least_score_is_found_and_of_equal_ones_the_first(seed, k, n):
    scores = np.random.default_rng(seed).integers(0, 4, (k, n)).astype(float)  # many are equal
    memory, columns = torch.empty(k * n, dtype=torch.float64), torch.arange(0, n, 2)
    found = nearest(torch.from_numpy(scores), memory)
    assert np.array_equal(found.numpy(), scores.argmin(axis=0))
    some = nearest_at(torch.from_numpy(scores), columns, memory)
    assert np.array_equal(some.numpy(), scores.argmin(axis=0)[::2])


def test_a_few_columns_are_searched_like_many(rng):
    scores = torch.from_numpy(rng.normal(size=(7, 1000)))
    at = torch.tensor([3, 500, 999])
    found = nearest_at(scores, at, torch.empty(7000, dtype=torch.float64))
    assert np.array_equal(found.numpy(), scores.numpy().argmin(axis=0)[at])


def test_the_own_score_is_kept_from_the_others(rng):
    scores, labels = rng.normal(size=(6, 100)), rng.integers(0, 6, 100)
    own, others = own_and_others(torch.from_numpy(scores.copy()), torch.from_numpy(labels))
    assert np.array_equal(own.numpy(), scores[labels, np.arange(100)])
    scores[labels, np.arange(100)] = np.inf
    assert np.array_equal(others.numpy(), scores.min(axis=0))


@pytest.mark.parametrize("shape", [(50_000, 3), (3000, 100), (1, 1)])
@pytest.mark.parametrize("k", [1, 2, 300])
def test_points_go_to_the_nearest_center(shape, k, pool, rng):
    X, centers = rng.normal(size=shape), rng.normal(size=(k, shape[1]))
    expected = cdist(X, centers).argmin(axis=1)
    assert np.array_equal(_assign(X, centers, pool), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_of_equal_centers_the_first_takes_all_points(rng, dtype):
    # In a product of matrices equal rows may differ by rounding; where depends on the sizes.
    for n_features in (1, 3, 20, 101, 784):
        for n_copies in (2, 5, 9, 13, 33, 100):
            X = rng.normal(size=(100, n_features)).astype(dtype)
            center = rng.normal(size=(1, n_features)).astype(dtype)
            assert not _assign(X, np.repeat(center, n_copies, axis=0), ThreadPool("cpu")).any()


def test_zeros_of_both_signs_are_equal():
    targets = AssignmentTargets.of(torch.tensor([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0]]))
    assert targets.penalties.ravel().tolist() == [1.0, np.inf, 1.0]
    assert targets.has_copies


def test_some_targets_end_with_one_infinitely_far(rng):
    centers = torch.from_numpy(rng.normal(size=(5, 3)))
    some = AssignmentTargets.of(centers).some(torch.tensor([4, 1]))
    scores = some.scores(torch.from_numpy(rng.normal(size=(10, 3))), torch.empty(30).double())
    assert torch.isinf(scores[2]).all()
    assert torch.equal(some.centers[:2], centers[[4, 1]])


def test_errors_of_tight_clusters_keep_their_digits(pool, rng):
    labels, centers = np.repeat([0, 1], 50), np.array([[-1e6], [1e6]])
    X = centers[labels] + rng.normal(size=(100, 1))
    points = CenteredData(torch.from_numpy(X))
    errors = squared_errors(points, torch.from_numpy(centers), torch.from_numpy(labels), pool)
    np.testing.assert_allclose(errors.numpy(), np.square(X - centers[labels])[:, 0], rtol=1e-12)


def test_centers_are_copies_where_all_their_numbers_are_equal_however_small_these_are():
    different = torch.tensor([[1e-20, 0.0], [-1e-20, 0.0], [0.0, 1e-20]]).double()
    assert not AssignmentTargets.of(different).has_copies
    equal = torch.tensor([[0.0, 1e-20], [-0.0, 1e-20]]).double()
    assert AssignmentTargets.of(equal).has_copies
    assert AssignmentTargets.of(equal).penalties.isinf().ravel().tolist() == [False, True]
