import numpy as np
import pytest

from latens.clustering.check_ks import automatic_ks, check_ks, ks_around
from latens.exceptions import ParameterError


def test_numbers_of_any_integer_type_come_back_as_int_in_their_order():
    found = check_ks("f", np.array([5, 2]), 2, 5)
    assert found == (5, 2)
    assert all(type(k) is int for k in found)


@pytest.mark.parametrize("ks", [[], 3, [1], [6], [2.0], [True], ["2"]])
def test_what_is_no_possible_number_is_refused(ks):
    with pytest.raises(ParameterError, match="'ks' parameter of f must"):
        check_ks("f", ks, 2, 5)


@pytest.mark.parametrize("most", [1, 2, 5, 8, 9, 15, 16, 17, 40, 1000, 10**6])
def test_numbers_to_try_are_few_and_from_two_to_the_most(most):
    found = automatic_ks(most)
    assert found[0] == 2
    assert found[-1] == max(2, most)
    assert list(found) == sorted(set(found))
    assert len(found) <= 15
    assert found[: min(most, 8) - 1] == tuple(range(2, min(most, 8) + 1)) or most == 1
    if most <= 16:
        assert found == tuple(range(2, max(2, most) + 1))
    else:
        # From 8 on in about equal ratios: rounding to whole numbers aside.
        ratios = np.diff(np.log(found[6:]))
        np.testing.assert_allclose(ratios, ratios.mean(), atol=0.5 / 8 + 0.05)


@pytest.mark.parametrize(
    ("ks", "position", "expected"),
    [
        ((2, 3, 4), 1, ()),
        ((2, 5, 9), 0, (3, 4)),
        ((2, 5, 9), 1, (3, 4, 6, 7, 8)),
        ((2, 5, 9), 2, (6, 7, 8)),
        ((7,), 0, ()),
    ],
)
def test_numbers_around_one_are_those_between_its_neighbors(ks, position, expected):
    assert ks_around(ks, position) == expected


def test_of_many_numbers_around_fifteen_are_spread_evenly():
    found = ks_around((10, 200, 1000), 1)
    assert len(found) == 15
    assert (found[0], found[-1]) == (11, 999)
    assert np.ptp(np.diff(found)) <= 2
