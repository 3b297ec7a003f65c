"""Weights in fewer bits are nearly the weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latens.explorer.weights import GROUP, pack, unpack

finite = st.floats(-1e6, 1e6, width=32)
weights = arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=4), elements=finite)


@given(weights)
def test_int8_is_off_by_half_a_step_of_its_group_at_most(weight):
    rounded = unpack(pack(weight, "int8"))
    assert rounded.shape == weight.shape
    flat, error = weight.ravel(), np.abs(rounded - weight).ravel()
    for start in range(0, flat.size, GROUP):
        step = np.abs(flat[start : start + GROUP]).max() / 127
        assert error[start : start + GROUP].max() <= 0.501 * step + 1e-30


@given(weights)
def test_float16_keeps_three_digits(weight):
    rounded = unpack(pack(weight, "float16"))
    within = np.abs(weight) <= 65504
    np.testing.assert_allclose(rounded[within], weight[within], rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(("precision", "bytes_each"), [("int8", 1), ("float16", 2)])
def test_the_bytes_are_as_few_as_the_name_says(precision, bytes_each):
    assert pack(np.ones((10, 300)), precision).numbers.nbytes == 3000 * bytes_each


def test_a_group_of_zeros_stays_zero():
    weight = np.zeros((3, 50), dtype=np.float32)
    np.testing.assert_array_equal(unpack(pack(weight, "int8")), weight)
