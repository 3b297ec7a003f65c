import numpy as np
import pytest

from latens.studies.copies import is_copy


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_rows_that_are_there_are_found_and_no_others(dtype, rng):
    train = rng.integers(0, 200, (300, 2, 3)).astype(dtype)
    test = rng.integers(0, 200, (50, 2, 3)).astype(dtype)
    test[::5] = train[10:20]
    expected = [(train == row).all(axis=(1, 2)).any() for row in test]
    assert is_copy(train, test).tolist() == expected
    assert 10 <= sum(expected) < 50


def test_a_negative_zero_is_a_zero():
    assert is_copy(np.array([[0.0, 1.0]]), np.array([[-0.0, 1.0]])).all()
