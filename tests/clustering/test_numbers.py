import numpy as np
import pytest

from latens.clustering.numbers import checked_numbers
from latens.exceptions import ParameterError


def test_numbers_of_any_integer_type_come_back_as_int_in_their_order():
    found = checked_numbers("f", np.array([5, 2]), 2, 5)
    assert found == (5, 2)
    assert all(type(k) is int for k in found)


@pytest.mark.parametrize("ks", [[], 3, [1], [6], [2.0], [True], ["2"]])
def test_what_is_no_possible_number_is_refused(ks):
    with pytest.raises(ParameterError, match="'ks' parameter of f must"):
        checked_numbers("f", ks, 2, 5)
