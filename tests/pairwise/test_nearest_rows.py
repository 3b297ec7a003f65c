import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from latens.pairwise import NearestRows, nearest_rows, nearest_rows_on_device, row_blocks
from latens.pairwise.running_top_k import RunningTopK, growing_blocks, k_nearest


def reference(queries, points, k, *, without_self=False):
    distances = cdist(queries, points)
    if without_self:
        distances[np.arange(len(queries)), np.arange(len(queries))] = np.inf
    return np.sort(distances, axis=1)[:, :k]


@pytest.mark.parametrize(
    ("n", "d", "k"), [(1, 1, 1), (50, 3, 5), (700, 2, 3), (3000, 20, 10), (5000, 7, 5000)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nearest_rows_are_those_of_brute_force(rng, n, d, k, dtype):
    points = rng.normal(size=(n, d)).astype(dtype)
    queries = rng.normal(size=(40, d)).astype(dtype)
    distances, rows = nearest_rows(queries, points, k)
    np.testing.assert_allclose(distances, reference(queries, points, k), rtol=1e-12)
    measured = np.linalg.norm(queries[:, None].astype(float) - points[rows], axis=2)
    np.testing.assert_allclose(measured, distances, rtol=1e-12)


def test_points_are_not_their_own_neighbors_when_told_so(rng):
    points = rng.normal(size=(900, 4))
    distances, rows = nearest_rows(points, points, 6, np.arange(900))
    assert not (rows == np.arange(900)[:, None]).any()
    np.testing.assert_allclose(distances, reference(points, points, 6, without_self=True))
    few = points[:4]
    distances, rows = nearest_rows(few, few, 3, np.arange(4))
    assert sorted(rows[0]) == [1, 2, 3]


def test_what_single_precision_cannot_tell_apart_is_told_apart(rng):
    """Steps of 1e-9 around one place, far from some other points that make the norms large."""
    close = 1 + 1e-9 * rng.permutation(2000)[:, None]
    points = np.concatenate([close, 1e3 * rng.normal(size=(2000, 1))])
    distances, rows = nearest_rows(np.array([[1.0]]), points, 20)
    np.testing.assert_array_equal(points[rows[0], 0], np.sort(close[:, 0])[:20])
    assert distances[0, 0] == 0


@pytest.mark.parametrize(("scale", "shift"), [(1e200, 0), (1e-200, 0), (1, 1e9)])
def test_units_and_origin_change_nothing(rng, scale, shift):
    points, queries = rng.integers(0, 1000, (500, 3)) * 1.0, rng.integers(0, 1000, (20, 3)) * 1.0
    expected, _ = nearest_rows(queries, points, 5)
    distances, _ = nearest_rows(scale * queries + shift, scale * points + shift, 5)
    np.testing.assert_allclose(distances, scale * expected)


def test_many_equal_points_are_no_trouble(rng):
    points = np.repeat(rng.normal(size=(5, 3)), 300, axis=0)
    distances, rows = nearest_rows(points, points, 7)
    assert (distances == 0).all()
    assert all(len(set(row)) == 7 for row in rows.tolist())


def test_the_running_top_k_does_not_depend_on_the_blocks(rng):
    distances = rng.integers(0, 30, (12, 1000)).astype(np.uint8)
    nearest = RunningTopK(12, 9, np.uint8)
    for part in growing_blocks(1000, 9, limit=512):
        nearest.offer(part.start, distances[:, part])
    expected = np.argsort(distances, axis=1, kind="stable")[:, :9]
    np.testing.assert_array_equal(nearest.rows, expected)
    np.testing.assert_array_equal(
        nearest.distances, np.take_along_axis(distances, expected, axis=1)
    )


@pytest.mark.parametrize("k", [1, 2, 7, 40])
def test_k_nearest_of_any_blocks_are_those_of_a_sort_and_never_the_query_itself(rng, k):
    own = rng.permutation(50)
    for n in (max(50, k + 2), 200, 1000):
        distances = rng.random((50, n))
        expected = distances.copy()
        expected[np.arange(50), own] = np.inf
        blocks = row_blocks(n, 1, int(rng.integers(1, n + 1)))
        found = k_nearest(lambda part, all=distances: all[:, part].copy(), blocks, 50, k, own=own)
        np.testing.assert_array_equal(found.rows, np.argsort(expected, axis=1)[:, :k])


def test_nearest_rows_on_a_device_are_those_of_scikit_learn(rng):
    points, queries = rng.normal(size=(200, 5)) + 1000, rng.normal(size=(30, 5)) + 1000
    squared, rows = nearest_rows_on_device(queries, points, 7, torch.device("cpu"))
    reference, its_rows = NearestNeighbors(n_neighbors=7).fit(points).kneighbors(queries)
    np.testing.assert_array_equal(rows, its_rows)
    np.testing.assert_allclose(np.sqrt(squared), reference, rtol=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pairs_within_a_distance_are_all_found_once(rng, dtype):
    points = rng.normal(size=(1300, 3)).astype(dtype)
    points[700] = points[3]
    distances = cdist(points, points)
    for limit in (0.0, float(np.sort(distances[np.triu_indices(1300, 1)])[500:502].mean())):
        found = [
            pair
            for block in NearestRows(points).pairs_within(limit)
            for pair in zip(*block, strict=True)
        ]
        expected = np.argwhere(np.triu(distances <= limit, 1))
        assert sorted(found) == [tuple(pair) for pair in expected]
        assert found


def test_pairs_within_a_large_distance_are_found_too():
    """The points lie a whole number apart, so that at 40 each has 40 behind it but for the last."""
    found = list(NearestRows(np.arange(100.0)[:, None]).pairs_within(40.0))
    assert sum(len(first) for first, _ in found) == 60 * 40 + sum(range(40))


def test_all_pairs_of_many_dimensions_are_within_what_is_far_beyond_their_size(rng):
    points = rng.normal(size=(60, 300))
    limit = float(cdist(points, points).max()) * (1 + 1e-12)
    found = list(NearestRows(points).pairs_within(limit))
    assert sum(len(first) for first, _ in found) == 60 * 59 // 2


@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_ordinary_points_need_no_second_look(rng, monkeypatch, shift):
    """Single precision says which rows may be near, with a bound that is neither loose nor wrong."""
    points = rng.normal(size=(3000, 12)) + shift
    search = NearestRows(points)
    _, rows, is_sure = search._screened(points[:200], None, 5)
    assert is_sure.mean() > 0.99
    expected = np.argsort(cdist(points[:200], points), axis=1)[:, :5]
    np.testing.assert_array_equal(rows, expected)
    product, bound = search._product(points[:200])
    exact = cdist(points[:200], points, "sqeuclidean") * search.centering.scale**2
    error = np.abs(product(slice(0, 3000)) - exact)
    assert (error <= bound[:, None]).all()
    assert (bound < 1e-4 * exact.max()).all()


def test_rows_that_are_looked_at_again_are_those_of_their_queries(rng):
    """Among 1,100 ordinary queries some lie where only double precision tells points apart."""
    close = 1 + 1e-9 * rng.permutation(300)[:, None]
    points = np.concatenate([close, 100 * rng.normal(size=(3000, 1))])
    queries = 100 * rng.normal(size=(1100, 1))
    queries[::7] = 1 + 1e-9 * rng.integers(0, 300, (len(queries[::7]), 1)) + 3e-10
    search = NearestRows(points)
    assert 0.5 < search._screened(queries, None, 3)[2].mean() < 1
    distances, rows = nearest_rows(queries, points, 3)
    exact = cdist(queries, points)
    np.testing.assert_array_equal(rows, np.argsort(exact, axis=1, kind="stable")[:, :3])
    np.testing.assert_allclose(distances, np.sort(exact, axis=1)[:, :3], rtol=1e-6, atol=1e-15)


def test_pairs_within_a_distance_are_found_in_whatever_tiles_they_lie(rng, monkeypatch):
    module = NearestRows.pairs_within.__globals__
    monkeypatch.setitem(module, "_QUERIES", 30)
    monkeypatch.setitem(module, "_CANDIDATES", 17)
    points = rng.normal(size=(200, 2))
    distances = cdist(points, points)
    expected = {(i, j) for i, j in np.argwhere(distances <= 0.4) if i < j}
    parts = list(NearestRows(points).pairs_within(0.4))
    found = [pair for first, second in parts for pair in zip(first, second, strict=True)]
    assert len(found) == len(expected)
    assert set(found) == expected
