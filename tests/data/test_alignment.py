"""New tables beside the one that was learnt from."""

import numpy as np
import pytest

from latens.data import Dataset
from latens.data.alignment import align_columns
from latens.exceptions import DataError

KNOWN = ("size", "colour=blue", "colour=red")


def table(*names: str) -> Dataset:
    return Dataset(np.arange(2 * len(names)).reshape(2, -1), name="new", feature_names=names)


def test_the_same_columns_are_left_as_they_are():
    data = table(*KNOWN)
    assert align_columns(data, KNOWN) is data


def test_another_order_is_put_right():
    aligned = align_columns(table("colour=red", "size", "colour=blue"), KNOWN)
    assert aligned.X.tolist() == [[1, 2, 0], [4, 5, 3]]
    assert aligned.feature_names == KNOWN


def test_a_new_category_is_none_of_the_known_ones_and_is_said():
    aligned = align_columns(table("size", "colour=purple"), KNOWN)
    assert aligned.X.tolist() == [[0, 0, 0], [2, 0, 0]]
    assert "'colour=purple'" in aligned.notes[-1]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("colour=red",), "lacks 'size'"),
        (("size",), "lacks 'colour=blue', 'colour=red'"),
        ((*KNOWN, "weight"), "has 'weight', which was not learnt from"),
    ],
)
def test_columns_that_do_not_fit_are_named(names, words):
    with pytest.raises(DataError, match=words):
        align_columns(table(*names), KNOWN)
