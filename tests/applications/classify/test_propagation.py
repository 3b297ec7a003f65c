"""Propagation against closed forms and scikit-learn."""

import numpy as np
import pytest
import torch

from latens.applications.classify.graph import neighbor_graph
from latens.applications.classify.propagation import Propagation, _propagate

CPU = torch.device("cpu")


@pytest.fixture
def codes(rng):
    return rng.normal(size=(200, 5)) + 1000


def test_the_graph_is_symmetric_and_joins_nobody_to_themselves(codes):
    graph, reach = neighbor_graph(codes, 6, CPU)
    dense = graph.toarray()
    assert np.array_equal(dense, dense.T)
    assert not dense.diagonal().any()
    assert dense.min() >= 0
    assert dense.max() <= 1
    assert ((dense > 0).sum(axis=1) >= 6).all()
    assert (reach > 0).all()


def test_the_graph_grows_with_edges_and_not_with_pairs(codes):
    graph, _ = neighbor_graph(codes, 6, CPU)
    assert graph.nnz <= 2 * 6 * len(codes)


def test_equal_points_make_a_graph_of_finite_weights():
    graph, _ = neighbor_graph(np.zeros((20, 3)), 5, CPU)
    assert np.isfinite(graph.data).all()
    assert graph.data.max() == 1


def test_shares_solve_the_dense_system(codes):
    graph, _ = neighbor_graph(codes, 6, CPU)
    y = np.full(200, -1)
    y[:6] = [0, 0, 1, 1, 2, 2]
    degree = graph.sum(axis=1)
    system = np.eye(200) - 0.9 * graph.toarray() / np.sqrt(np.outer(degree, degree))
    mass = np.linalg.solve(system, (y[:, None] == np.arange(3)).astype(float))
    mass /= mass.sum(axis=0)  # equal shares among the labels
    expected = mass / mass.sum(axis=1, keepdims=True)
    shares = _propagate(graph, y, 3, 0.9)
    np.testing.assert_allclose(shares[6:], expected[6:], atol=1e-3)
    assert np.array_equal(shares[:6].argmax(axis=1), y[:6])


def test_a_part_without_labels_gets_the_shares_of_the_labels(rng):
    X = np.concatenate([np.arange(12.0), 1e6 + np.arange(12.0)])[:, None]
    X += 0.01 * rng.normal(size=X.shape)
    y = np.full(24, -1)
    y[[0, 1, 2, 11]] = [0, 0, 0, 1]
    spread = Propagation(2).spread(X, y, 2)
    np.testing.assert_allclose(spread.everywhere[12:], [[0.75, 0.25]] * 12)


def test_labels_follow_two_moons_where_straight_lines_cannot():
    from sklearn.datasets import make_moons

    X, truth = make_moons(400, noise=0.05, random_state=0)
    y = np.full(400, -1)
    for code in (0, 1):
        y[np.flatnonzero(truth == code)[0]] = code
    spread = Propagation().spread(X, y, 2)
    assert (spread.everywhere.argmax(axis=1) == truth).mean() > 0.98


def test_samples_beyond_the_graph_get_classes_too():
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 150)
    X = 8.0 * truth[:, None] + rng.normal(size=(300, 2))
    y = np.where(np.arange(300) % 150 < 2, truth, -1)
    spread = Propagation(max_samples=60).spread(X, y, 2)
    assert len(spread.Z) == 60
    assert (spread.everywhere.argmax(axis=1) == truth).mean() > 0.98


def test_new_samples_at_known_places_get_what_is_there(codes):
    y = np.full(200, -1)
    y[:4] = [0, 0, 1, 1]
    spread = Propagation(1).spread(codes, y, 2)
    np.testing.assert_allclose(spread.at(codes), spread.everywhere)
