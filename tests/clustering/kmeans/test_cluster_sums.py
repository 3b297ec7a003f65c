"""Sums of clusters that follow their points, against sums made anew."""

import numpy as np
import pytest
import torch

from latens.clustering.kmeans.centered_data import CenteredData
from latens.clustering.kmeans.cluster_sums import ClusterSums


def plain(X, weights, labels, k):
    """From the definition."""
    totals = np.stack([(X[labels == c] * weights[labels == c, None]).sum(0) for c in range(k)])
    sums = np.array([weights[labels == c].sum() for c in range(k)])
    counts = np.array([((labels == c) & (weights > 0)).sum() for c in range(k)])
    return totals, sums, counts


def check(sums, X, weights, labels, k):
    totals, mass, counts = plain(X, weights, labels, k)
    np.testing.assert_allclose(sums.totals, totals, atol=1e-10)
    np.testing.assert_allclose(sums.weights, mass, atol=1e-12)
    np.testing.assert_array_equal(sums.counts, counts)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("piece", [1, 40, 2**17])
def test_points_that_move_take_their_weight_along(rng, monkeypatch, weighted, piece):
    monkeypatch.setitem(ClusterSums.move.__globals__["_PIECE"], "cpu", piece)
    n, k = 60, 4
    X = rng.normal(size=(n, 3))
    weights = rng.random(n) * (rng.random(n) < 0.8) if weighted else np.ones(n)
    given = torch.from_numpy(weights) if weighted else None
    x = torch.from_numpy(X)
    sums = ClusterSums.empty(k, CenteredData(x))
    old, new = rng.integers(0, k, (2, n))
    sums.move(x, given, None, torch.from_numpy(old))
    check(sums, X, weights, old, k)
    assert sums.n_moved == n
    some = np.sort(rng.choice(n, 23, replace=False))
    labels = old.copy()
    labels[some] = new[some]
    sums.move(
        x[some],
        None if given is None else given[some],
        torch.from_numpy(old[some]),
        torch.from_numpy(new[some]),
    )
    check(sums, X, weights, labels, k)
    assert sums.n_moved == n + 23


def test_parts_add_up_and_an_empty_cluster_has_no_rest_of_rounding(rng):
    X = rng.normal(size=(30, 2)) * 1e6 + 0.1
    labels = np.arange(30) % 3
    x = torch.from_numpy(X)
    whole, parts = ClusterSums.empty(3, CenteredData(x)), []
    for rows in (slice(0, 11), slice(11, 30)):
        part = ClusterSums.empty(3, CenteredData(x))
        part.move(x[rows], None, None, torch.from_numpy(labels[rows]))
        parts.append(part)
    assert whole.add(parts) == 30
    check(whole, X, np.ones(30), labels, 3)
    away = ClusterSums.empty(3, CenteredData(x))
    mine = labels == 2
    away.move(x[mine], None, torch.from_numpy(labels[mine]), torch.zeros(10, dtype=torch.int64))
    assert whole.add([away]) == 10
    assert (whole.totals[2] == 0).all()
    assert whole.weights[2] == 0
    check(whole, X, np.ones(30), np.where(mine, 0, labels), 3)
