import numpy as np
import pytest

from latens.pairwise.centering import Centering, centered


@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-15, 1.0, 1e15, 1e308])
def test_centered_data_is_near_one_and_around_zero(size):
    moved = centered(np.array([[-0.5, 0.0], [0.5, 1.0], [1.0, 0.25]]) * size)
    assert np.isfinite(moved).all()
    if size > 5e-324:
        assert 0.25 <= np.abs(moved).max() <= 8
        assert np.abs(moved.mean(axis=0)).max() < 1e-14


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_move_to_exactly_zero(dtype, rng):
    row = rng.normal(size=(1, 20)).astype(dtype)
    assert not centered(np.repeat(row, 1001, axis=0)).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_undo_returns_data_where_it_came_from(dtype, rng):
    X = (1e10 + 1e9 * rng.normal(size=(50, 3))).astype(dtype)
    centering = Centering.of(X)
    moved = centering.apply(X)
    assert moved.dtype == centering.undo(moved).dtype == dtype
    np.testing.assert_allclose(centering.undo(moved), X, rtol=4 * np.finfo(dtype).eps)
    in_place = X.copy()
    centering.apply_in_place(in_place)
    assert np.array_equal(in_place, moved)


def test_float32_at_the_ends_of_its_range_stays_finite():
    X = np.array([[3e38], [-3e38], [1e-38]], dtype=np.float32)
    assert np.isfinite(centered(X)).all()


@pytest.mark.parametrize(("dtype", "smallest"), [(np.float32, 1e-45), (np.float64, 5e-324)])
def test_the_smallest_numbers_have_a_finite_scale(dtype, smallest):
    X = np.array([[0.0], [smallest]], dtype=dtype)
    centering = Centering.of(X)
    assert np.isfinite(dtype(centering.scale))
    assert (
        dtype(1 / centering.scale) >= np.finfo(dtype).tiny
    )  # no subnormal, whose digits are fewer
    assert np.isfinite(centering.apply(X)).all()
    np.testing.assert_array_equal(centering.undo(centering.apply(X)), X)


@pytest.mark.parametrize("largest", [0.5, 0.75, 1.0, 3.0, 1e10])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_magnitude_comes_to_between_a_half_and_one(largest, sign):
    X = sign * np.array([[largest], [largest / 4]])
    scale = Centering.of(X).scale
    assert 0.5 <= largest * scale < 1
    assert np.log2(scale) == round(np.log2(scale))
