import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from latens.data import fit_scaling


@given(arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6)))
def test_undo_takes_apply_back(X):
    scaling = fit_scaling(X)
    np.testing.assert_allclose(scaling.undo(scaling.apply(X)), X, rtol=1e-9, atol=1e-6)


def test_times_come_back_from_float32_to_the_second(rng):
    X = np.c_[1.6e9 + 1000 * rng.normal(size=50), rng.normal(size=50)]
    scaling = fit_scaling(X)
    again = scaling.undo(scaling.apply(X).astype(np.float32))
    np.testing.assert_allclose(again[:, 0], X[:, 0], rtol=0, atol=1e-3)
    near = fit_scaling(X - X.mean(axis=0))
    assert near.undo(np.zeros((1, 2), dtype=np.float32)).dtype == np.float32


def test_a_table_is_standardised_column_by_column():
    X = np.random.default_rng(0).normal([0, 100, -5], [1, 20, 0.1], (500, 3))
    scaled = fit_scaling(X).apply(X)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    assert not fit_scaling(X).bounded


def test_blocks_do_not_change_the_statistics(monkeypatch):
    X = np.random.default_rng(0).normal(1e6, 1, (1000, 3))
    monkeypatch.setattr("latens.data.scaling._BLOCK_BYTES", 8 * 3 * 7)
    scaling = fit_scaling(X)
    np.testing.assert_allclose(scaling.offset, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(scaling.scale, X.std(axis=0), rtol=1e-6)


@pytest.mark.parametrize(
    ("X", "low", "high"),
    [
        (np.array([[0, 255]], dtype=np.uint8), 0, 255),
        (np.array([[3, 200]], dtype=np.uint8), 0, 255),
        (np.array([[0, 16]], dtype=np.uint8), 0, 16),
        (np.array([[0.0, 0.97]]), 0, 1),
        (np.array([[0.0, 0.01]]), 0, 0.01),
        (np.array([[[-1.0, 1.0]]]), -1, 1),
        (np.array([[[0.0, 255.0]]]), 0, 255),
        (np.zeros((3, 2)), 0, 1),
    ],
)
def test_the_range_is_the_usual_one_if_half_filled_else_the_observed(X, low, high):
    scaling = fit_scaling(X)
    assert scaling.bounded
    assert float(scaling.offset) == low
    assert float(scaling.scale) == high - low


def test_constant_columns_become_zero_and_come_back():
    X = np.column_stack([np.full(5, 1e9 + 0.1), np.arange(5.0)])
    scaling = fit_scaling(X)
    np.testing.assert_allclose(scaling.apply(X)[:, 0], 0, atol=1e-6)
    np.testing.assert_allclose(scaling.undo(scaling.apply(X)), X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [7.3, -1e9 - 0.1, 1e-300, 123456789.123])
def test_a_constant_column_is_not_scaled_however_many_rows_there_are(dtype, value):
    X = np.full((300_000, 2), value, dtype=dtype)
    X[:, 1] = np.random.default_rng(0).normal(size=len(X))
    scaling = fit_scaling(X)
    assert scaling.scale[0] == 1
    assert scaling.offset[0] == X[0, 0]
    # A query that differs a little is a little away.
    query = X[:1] + dtype([1e-5, 0])
    assert abs(scaling.apply(query)[0, 0]) <= abs(query[0, 0] - X[0, 0])


def test_a_column_that_varies_by_rounding_alone_is_constant():
    X = np.c_[np.where(np.arange(1000) % 2, 0.1 + 0.2, 0.3) * 1e6, np.arange(1000)]
    assert len(np.unique(X[:, 0])) == 2
    assert fit_scaling(X).scale[0] == 1
