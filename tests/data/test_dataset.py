"""The answer of `load`."""

import dataclasses

import numpy as np
import pytest

from latens.data import Dataset

DATASET = Dataset(
    np.arange(12).reshape(4, 3),
    y=np.array([0, 1, 1, 0]),
    names=("a", "b"),
    name="four",
    item_names=("w", "x", "y", "z"),
    feature_names=("p", "q", "r"),
)


@pytest.mark.parametrize("rows", [[3, 1], np.array([3, 1]), slice(3, 0, -2)])
def test_rows_are_taken_with_all_that_belongs_to_them(rows: object) -> None:
    part = DATASET.take(rows)
    assert part.X.tolist() == [[9, 10, 11], [3, 4, 5]]
    assert part.y.tolist() == [0, 1]
    assert part.item_names == ("z", "x")
    assert part.feature_names == DATASET.feature_names
    assert (part.name, len(part)) == ("four", 2)


def test_a_mask_selects() -> None:
    assert DATASET.take(DATASET.y == 1).item_names == ("x", "y")


def test_a_slice_shares_memory() -> None:
    assert np.shares_memory(DATASET.take(slice(2)).X, DATASET.X)


def test_without_labels_there_are_none_to_take() -> None:
    assert Dataset(np.eye(3)).take([0]).y is None


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DATASET.name = "five"
