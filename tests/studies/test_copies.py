import numpy as np
import pytest

from latens.studies.copies import copies_of


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_rows_that_are_there_are_found_and_no_others(dtype, rng):
    train = rng.integers(0, 200, (300, 2, 3)).astype(dtype)
    test = rng.integers(0, 200, (50, 2, 3)).astype(dtype)
    test[::5] = train[10:20]
    train[200:210] = train[10:20]  # of equal rows the first one is the original
    equal = np.array([(train == row).all(axis=(1, 2)) for row in test])
    expected = np.where(equal.any(axis=1), equal.argmax(axis=1), -1)
    assert copies_of(train, test).tolist() == expected.tolist()
    assert 10 <= (expected >= 0).sum() < 50


def test_a_negative_zero_is_a_zero():
    assert copies_of(np.array([[0.0, 1.0]]), np.array([[-0.0, 1.0]])).tolist() == [0]
