import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.pairwise.tiles import View, _too_close, exact_tile_of_distances, tile_of_distances


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


def test_the_operands_of_two_views_make_squared_distances(rng):
    A, B, place = rng.normal(size=(5, 3)), rng.normal(size=(7, 3)), np.array([1.0, -2.0, 0.5])
    rows, columns = View.of_rows(A, place), View.of_columns(B, place)
    np.testing.assert_allclose(rows.operand @ columns.operand, cdist(A, B) ** 2, rtol=1e-5)
    np.testing.assert_allclose(rows.exact, A - place)
    np.testing.assert_allclose(columns.exact, B - place)
    assert rows.farthest == pytest.approx(np.square(A - place).sum(1).max())
    assert columns.farthest == pytest.approx(np.square(B - place).sum(1).max())


@pytest.mark.parametrize("n_close", [1, 200, 1000])
def test_ordinary_pairs_are_left_to_single_precision_and_close_ones_are_not(rng, n_close):
    """Where few are close they are done alone; where many are, the whole tile is done again."""
    A = rng.normal(size=(200, 40))
    B = rng.normal(size=(200, 40))
    B[:100] = A[:100] + 1e-6 * rng.normal(size=(100, 40))
    if n_close > 100:
        B[:] = B[: n_close // 10].repeat(200 // (n_close // 10), 0)[:200]
    exact = cdist(A, B)
    tile = _tile(A, B, np.zeros(40))
    np.testing.assert_allclose(tile, exact, rtol=5e-5)
    rows, columns = View.of_rows(A, np.zeros(40)), View.of_columns(B, np.zeros(40))
    limit = _too_close(rows, columns)
    # Pairs beyond the limit are right in a product of single precision, by far most of them are.
    product = rows.operand @ columns.operand
    far = product >= limit
    assert far.mean() > 0.5
    np.testing.assert_allclose(np.sqrt(product[far]), exact[far], rtol=5e-5)
    assert limit < 0.05 * np.median(exact**2)


def test_a_close_pair_in_a_tile_of_a_few_is_no_reason_to_do_the_others_again(rng):
    A, B = rng.normal(size=(64, 4)), rng.normal(size=(64, 4))
    B[5] = A[9] + 1e-9
    tile = _tile(A, B, np.zeros(4))
    single = np.sqrt(View.of_rows(A, np.zeros(4)).operand @ View.of_columns(B, np.zeros(4)).operand)
    others = np.ones(tile.shape, bool)
    others[9, 5] = False
    assert np.isnan(single[9, 5]) or abs(single[9, 5] - 2e-9) > 1e-9
    assert (tile[others] == single[others]).mean() > 0.99
