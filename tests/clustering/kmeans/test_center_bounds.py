import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from latens.clustering.kmeans.assignment import AssignmentTargets
from latens.clustering.kmeans.center_bounds import N_DIRECTIONS, Projection


@pytest.fixture
def X(rng):
    """Points near a subspace of 60 dimensions, which the projection cannot hold whole."""
    return rng.normal(size=(1000, 60)) @ rng.normal(size=(60, 200)) + rng.normal(size=(1000, 200))


def test_bounds_hold(X, sample_of, pool, rng):
    sample = sample_of(X)
    projection = Projection.of(sample, pool)
    centers, labels = X[rng.integers(0, 1000, (9, 20))].mean(axis=1), rng.integers(0, 9, 1000)
    projected = projection.of_centers(AssignmentTargets.of(torch.from_numpy(centers)))
    upper, lower = projected.distances(
        projection.rows, sample.norms, torch.from_numpy(labels), torch.empty(9 * 1000).double()
    )
    distances = cdist(X, centers)
    own = distances[np.arange(1000), labels].copy()
    distances[np.arange(1000), labels] = np.inf
    assert (upper.numpy() >= own - 1e-9).all()
    assert (lower.numpy() <= distances.min(axis=1) + 1e-9).all()
    assert (upper.numpy() < 1.5 * own).all()  # and they are worth something


def test_bounds_are_the_distances_of_points_whose_rests_point_with_or_against_that_of_the_center():
    """One direction of two: what is left over has a length there, and no sign."""
    projection = Projection(
        torch.tensor([[1.0], [0.0]]).double(), torch.tensor([[3.0, 2.0], [3.0, 2.0]]).double()
    )
    X, centers = np.array([[3.0, 2.0], [3.0, -2.0]]), np.array([[1.0, 0.5], [-9.0, 1.5]])
    projected = projection.of_centers(AssignmentTargets.of(torch.from_numpy(centers)))
    for own in (0, 1):
        upper, lower = projected.distances(
            projection.rows,
            torch.full((2,), 13.0).double(),
            torch.full((2,), own),
            torch.empty(4).double(),
        )
        alike, against = cdist(X, centers)
        np.testing.assert_allclose(upper, against[own])
        np.testing.assert_allclose(lower, alike[1 - own])


def test_directions_are_orthogonal_and_lengths_add_up(X, sample_of, pool):
    sample = sample_of(X)
    projection = Projection.of(sample, pool)
    identity = projection.directions.T @ projection.directions
    np.testing.assert_allclose(identity, np.eye(N_DIRECTIONS), atol=1e-12)
    np.testing.assert_allclose(projection.rows.square().sum(1), sample.norms)
    rest = float(projection.rows[:, -1].square().sum() / sample.norms.sum())
    best = np.linalg.svd(X, compute_uv=False) ** 2
    assert rest < 1.25 * best[N_DIRECTIONS:].sum() / best.sum()


def test_where_few_directions_hold_little_there_is_none(sample_of, pool, rng):
    assert Projection.of(sample_of(rng.normal(size=(2000, 200))), pool) is None
    assert Projection.of(sample_of(rng.normal(size=(2000, 64))), pool) is None
    assert Projection.of(sample_of(np.zeros((2000, 200))), pool) is None
