import numpy as np
import pytest
import torch

from latens.clustering.kmeans.centered_data import CenteredData, norms_of
from latens.pairwise import Centering

CPU = torch.device("cpu")


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_bytes_are_centered_when_they_are_taken(rng, dtype):
    X = rng.integers(-100 if dtype == np.int8 else 0, 127, (50, 7)).astype(dtype)
    mean = X.mean(axis=0).astype(np.float32)
    points = CenteredData.of(X, CPU, Centering(mean, 1.0))
    assert points.rows.numpy().base is X or np.shares_memory(points.rows.numpy(), X)
    assert points.dtype == torch.float32
    expected = X.astype(np.float32) - mean
    assert np.array_equal(points.take(slice(3, 9)).numpy(), expected[3:9])
    assert np.array_equal(points.take(torch.tensor([4, 40])).numpy(), expected[[4, 40]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_moved_as_their_centering_moves_them(rng, dtype):
    X = (1e6 + rng.normal(size=(50, 3))).astype(dtype)
    kept, centering = X.copy(), Centering.of(X)
    points = CenteredData.of(X, CPU, centering)
    assert np.array_equal(points.take(slice(0, 50)).numpy(), centering.apply(X))
    assert np.array_equal(X, kept)


def test_points_that_are_given_no_scale_have_their_own():
    rows, shift = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([1.0, 1.0])
    assert CenteredData(rows, shift).take(slice(0, 2)).tolist() == [[0.0, 1.0], [2.0, 4.0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.uint8])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_points_are_scaled_and_then_shifted(dtype, scale):
    rows, shift = torch.tensor([[1, 2], [3, 5]], dtype=dtype), torch.tensor([1.0, 3.0])
    shift = shift.to(dtype if dtype.is_floating_point else torch.float32)
    expected = (rows * scale - shift).tolist()
    for taken in (slice(0, 2), torch.tensor([0, 1])):
        assert CenteredData(rows, shift, scale).take(taken).tolist() == expected
    assert rows.tolist() == [[1, 2], [3, 5]]


def test_an_array_that_must_not_be_written_is_read_without_a_warning(rng):
    X = rng.normal(size=(5, 2))
    X.flags.writeable = False
    assert np.array_equal(CenteredData.of(X, CPU).take(slice(0, 5)).numpy(), X)


def test_a_sample_knows_lengths_and_spread(sample_of, rng):
    X, weights = rng.normal(size=(3000, 400)), rng.random(3000)
    sample = sample_of(X, weights)
    np.testing.assert_allclose(sample.norms.numpy(), np.square(X).sum(axis=1))
    mean = np.average(X, axis=0, weights=weights)
    assert sample.spread == pytest.approx(weights @ np.square(X - mean).sum(axis=1))
    assert not sample.is_even
    assert sample_of(X).is_even
    assert sample_of(X).counted(slice(0, 9)) is None
    assert np.array_equal(sample.counted(slice(0, 9)).numpy(), weights[:9])


def test_the_spread_is_small_where_points_are_close_and_nothing_where_they_are_equal(sample_of):
    assert sample_of(np.array([[0.1], [-0.1]])).spread == pytest.approx(0.02)
    for value in (0.1, 0.3, 0.7):
        assert 0 <= sample_of(np.full((999, 3), value)).spread < 1e-9


def test_keys_tell_points_apart_whatever_their_order(sample_of, rng):
    X, order = rng.integers(0, 3, (2000, 5)).astype(float), rng.permutation(2000)
    keys, moved = sample_of(X).keys.numpy(), sample_of(X[order]).keys.numpy()
    assert np.array_equal(keys[order], moved)
    assert len(np.unique(keys)) == len(np.unique(X, axis=0))


def test_equal_rows_have_equal_norms_wherever_they_lie(rng):
    for n_features in (1, 3, 10, 17, 784):
        rows = torch.from_numpy(rng.normal(size=(1, n_features)).astype(np.float32))
        assert len(norms_of(rows.repeat(100, 1)).unique()) == 1
