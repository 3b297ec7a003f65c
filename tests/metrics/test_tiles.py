import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.metrics.tiles import View, exact_tile_of_distances, tile_of_distances


def _tile(A, B, place, distances=tile_of_distances):
    return distances(View.of_rows(A, place), View.of_columns(B, place))


@pytest.mark.parametrize("d", [1, 2, 10, 300])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-9])
def test_every_distance_has_five_digits_however_close_the_points_are(rng, d, spread):
    A = np.concatenate([rng.normal(size=(60, d)), 3 + spread * rng.normal(size=(60, d))])
    B = np.concatenate([A[100:], 3 + spread * rng.normal(size=(50, d))])
    tile = _tile(A, B, A.mean(axis=0))
    np.testing.assert_allclose(tile, cdist(A, B), rtol=5e-5, atol=1e-15)
    assert (tile[100:, :20].diagonal() == 0).all()
    exact = _tile(A, B, A.mean(axis=0), exact_tile_of_distances)
    np.testing.assert_allclose(exact, cdist(A, B), rtol=1e-7, atol=1e-15)


def test_a_few_close_pairs_are_repaired_one_by_one(rng):
    A, B = rng.normal(size=(200, 6)), rng.normal(size=(200, 6))
    B[7] = A[3] + 1e-8
    tile = _tile(A, B, np.zeros(6))
    assert tile[3, 7] == pytest.approx(1e-8 * np.sqrt(6), rel=1e-5)
    np.testing.assert_allclose(tile, cdist(A, B), rtol=5e-5)


def test_equal_points_are_at_no_distance():
    points = np.full((9, 3), 0.1)
    assert not _tile(points, points, points.mean(axis=0)).any()


def test_memory_is_used_again(rng):
    A, memory = rng.normal(size=(5, 2)), np.empty(256 * 256, np.float32)
    view = View.of_rows(A, np.zeros(2)), View.of_columns(A, np.zeros(2))
    tile = tile_of_distances(*view, memory)
    assert np.shares_memory(tile, memory)
    np.testing.assert_array_equal(tile, tile_of_distances(*view))
