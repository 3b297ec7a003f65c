"""Both searches find what a search of all distances finds, whatever the centers do."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from latens.clustering.kmeans.assignment import AssignmentTargets
from latens.clustering.kmeans.brute_force import BruteForce
from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.clustering.kmeans.hamerly import Hamerly, _count_movers, _Move
from latens.pairwise import ThreadPool


def _searches(sample, k, pool, projection=None):
    return BruteForce(sample, k, pool), Hamerly(sample, k, pool, projection)


def _check(search, centers, X, weights, before):
    """Hold labels, sums and the number of changes against their definitions."""
    n_moved = search.assign(torch.from_numpy(centers.copy()))
    labels, distances = search.labels.numpy(), cdist(X, centers)
    chosen = distances[np.arange(len(X)), labels]
    np.testing.assert_allclose(chosen, distances.min(axis=1), rtol=1e-7, atol=1e-7)
    ours = np.zeros((len(centers), X.shape[1]))
    np.add.at(ours, labels, weights[:, None] * X)
    np.testing.assert_allclose(search.sums.totals.numpy(), ours, atol=1e-9 * len(X))
    counts = np.bincount(labels, minlength=len(centers))
    counted = np.bincount(labels[weights > 0], minlength=len(centers))
    heavy = np.bincount(labels, weights, minlength=len(centers))
    np.testing.assert_allclose(search.sums.weights.numpy(), heavy, atol=1e-12 * len(X))
    assert np.array_equal(search.sums.counts.numpy(), counted)
    assert counts.sum() == len(X)
    assert n_moved == (len(X) if before is None else np.count_nonzero(before != labels))
    return labels.copy()


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 9), st.booleans())
def test_every_search_finds_the_nearest_centers(seed, k, d, is_weighted):
    rng, pool = np.random.default_rng(seed), ThreadPool("cpu")
    X, centers = rng.normal(size=(200, d)), rng.normal(size=(k, d))
    weights = rng.integers(0, 3, 200).astype(float) if is_weighted else np.ones(200)
    sample = Sample.of(CenteredData(torch.from_numpy(X)), weights, pool)
    before = [None, None]
    searches = _searches(sample, k, pool)
    for size in (1, 0.1, 0.01, 0, 1, 0.001):  # centers that move far, near, and not at all
        path = centers + size * rng.normal(size=(k, d)) * (rng.random((k, 1)) < 0.5)
        before = [
            _check(search, path, X, weights, old)
            for search, old in zip(searches, before, strict=True)
        ]


def test_some_centers_that_move_far_and_many_that_stay(sample_of, pool, rng):
    X = rng.normal(size=(20_000, 3))
    centers, weights = X[:200].copy(), np.ones(20_000)
    search, before = Hamerly(sample_of(X), 200, pool, None), None
    for _ in range(6):
        before = _check(search, centers, X, weights, before)
        centers[rng.integers(0, 200, 3)] = rng.normal(size=(3, 3))
        centers += 1e-4 * rng.normal(size=centers.shape)


@pytest.mark.parametrize("n_movers", [0, 5])
def test_a_screen_changes_nothing(sample_of, pool, rng, n_movers):
    X = rng.normal(size=(4000, 20)) @ rng.normal(size=(20, 200)) + rng.normal(size=(4000, 200))
    sample, weights = sample_of(X), np.ones(4000)
    projection = Projection.of(sample, pool)
    assert projection is not None
    search, before = Hamerly(sample, 30, pool, projection), None
    centers = X[rng.integers(0, 4000, (30, 50))].mean(axis=1)
    for _ in range(6):
        before = _check(search, centers, X, weights, before)
        centers[:n_movers] = X[rng.integers(0, 4000, (n_movers, 50))].mean(axis=1)
        centers += 0.01 * rng.normal(size=centers.shape)


def test_with_a_projection_the_first_assignment_counts_the_points_of_every_center(
    sample_of, pool, rng
):
    """Also those of which the projection knows at once that no other center is nearer."""
    X = rng.normal(size=(1000, 5)) @ rng.normal(size=(5, 200))
    X[500:] += 100
    X -= X.mean(axis=0)
    sample = sample_of(X)
    projection = Projection.of(sample, pool)
    assert projection is not None
    centers = np.stack([X[:500].mean(axis=0), X[500:].mean(axis=0)])
    _check(Hamerly(sample, 2, pool, projection), centers, X, np.ones(1000), None)


def test_centers_that_were_equal_may_part(sample_of, pool, rng):
    X, weights = rng.normal(size=(500, 2)), np.ones(500)
    centers = rng.normal(size=(40, 2))
    centers[20:] = centers[:20]
    search = Hamerly(sample_of(X), 40, pool, None)
    before = _check(search, centers, X, weights, None)
    assert before.max() < 20
    centers[20:] += 0.1
    _check(search, centers, X, weights, before)


def test_centers_that_stand_still_are_not_scored_again(sample_of, pool, rng):
    X = rng.normal(size=(50_000, 8))
    search = Hamerly(sample_of(X), 50, pool, None)
    centers = torch.from_numpy(X[:50].copy())
    for _ in range(3):
        search.assign(centers)
    search._sample.points.rows.fill_(np.nan)  # whoever reads the points now finds nothing
    assert search.assign(centers) == 0


@pytest.mark.parametrize("with_projection", [False, True])
def test_bounds_spare_most_of_the_work(rng, with_projection):
    """Groups that stand apart, and centers that come to rest: few points are looked at again in full."""
    n, d, k = 6000, 200, 30
    places = 2 * rng.normal(size=(k, 10))[rng.integers(0, k, n)] + rng.normal(size=(n, 10)) / 2
    X = places @ rng.normal(size=(10, d)) + 0.2 * rng.normal(size=(n, d))
    X -= X.mean(axis=0)
    pool = ThreadPool("cpu")
    sample = Sample.of(CenteredData(torch.from_numpy(X)), np.ones(n), pool)
    projection = Projection.of(sample, pool) if with_projection else None
    assert (projection is not None) == with_projection
    looked = []

    class Counted(Hamerly):
        def _settle(self, rows, *rest):
            looked[-1] += rows.stop - rows.start if isinstance(rows, slice) else len(rows)
            super()._settle(rows, *rest)

    search, centers, before = Counted(sample, k, pool, projection), X[:k].copy(), None
    plain = BruteForce(sample, k, pool)
    for _ in range(12):
        looked.append(0)
        before = _check(search, centers, X, np.ones(n), before)
        plain.assign(torch.from_numpy(centers.copy()))
        assert np.array_equal(before, plain.labels.numpy())
        filled = search.sums.weights.numpy() > 0
        centers[filled] = (search.sums.totals / search.sums.weights[:, None]).numpy()[filled]
    print(looked)
    assert looked[0] == n
    assert sum(looked[1:]) < 0.35 * 11 * n
    assert looked[-1] < 0.1 * n


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8, 60, 128, 1000])
@pytest.mark.parametrize("seed", range(6))
def test_so_many_centers_are_seen_to_apart_that_least_is_left_to_do(n, seed):
    """In shares of a full look: the movers, the points whose gap the next move closes, and one pass."""
    rng = np.random.default_rng(seed)
    falling = np.sort(rng.exponential(size=n) ** (1 + seed))[::-1].copy()
    gaps = rng.exponential(0.3 * (1 + seed), size=500) - 0.1
    costs = {0: (gaps < falling[0]).mean()}
    for p in range(1, 7):
        if n >= 2 ** (p + 1):
            count = n // 2**p
            costs[count] = count / n + (gaps < falling[count]).mean() + 0.1
    found = _count_movers(torch.from_numpy(falling), torch.from_numpy(gaps))
    least = min(costs.values())
    if least >= 0.6:
        assert found is None
    else:
        assert costs[found] == pytest.approx(least, abs=1e-6)


def test_a_few_far_movers_are_seen_to_apart_and_many_are_a_full_look():
    gaps = torch.linspace(0.5, 1.5, 100)
    still, far = torch.full((64,), 1e-3), torch.full((64,), 9.0)
    assert _count_movers(still, gaps) == 0
    assert _count_movers(torch.cat([far[:1], still[:63]]), gaps) == 2  # no fewer are tried
    assert _count_movers(torch.cat([far[:8], still[:56]]), gaps) == 8
    assert _count_movers(far, gaps) is None


def test_bounds_move_as_far_as_centers_do(rng):
    """The own center may have come as far as it moved, the others as far as the farthest of them."""
    before = rng.normal(size=(5, 3))
    moves = np.array([0.1, 0.02, 0.05, 0.0, 0.01])
    now = before + moves[:, None] * np.array([1.0, 0, 0])
    ways = [AssignmentTargets.of(torch.from_numpy(one)) for one in (before, now)]
    gaps = torch.full((10,), 5.0, dtype=torch.float64)
    move = _Move.between(*ways, gaps, None)
    np.testing.assert_allclose(move.of_own, moves, atol=1e-12)
    np.testing.assert_allclose(move.of_others, [0.05, 0.1, 0.1, 0.1, 0.1], atol=1e-12)
    assert move.movers is None
    alone = [AssignmentTargets.of(torch.from_numpy(one[:1])) for one in (before, now)]
    assert _Move.between(*alone, gaps, None).of_others.tolist() == [0.0]
