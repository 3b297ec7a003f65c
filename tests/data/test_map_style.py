"""Datasets that give their samples one by one."""

from collections import UserList

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset

from latens.data import as_array
from latens.exceptions import DataError

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


class Pairs(Dataset):
    """Never raises an IndexError, as many do not; asked beyond its end it would be asked for ever."""

    def __init__(self, make=lambda row, number: (torch.tensor(row), number)) -> None:
        self.make = make
        self.asked: list[int] = []

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, number: int):
        self.asked.append(number)
        return self.make(X[number % len(X)], number)


@pytest.mark.parametrize(
    "make",
    [
        lambda row, number: (torch.tensor(row), number),
        lambda row, number: [row, "a label"],
        lambda row, number: torch.tensor(row, requires_grad=True),
        lambda row, number: row,
        lambda row, number: row.tolist(),
    ],
)
def test_each_sample_is_asked_for_once(make) -> None:
    dataset = Pairs(make)
    np.testing.assert_allclose(as_array(dataset), X)
    assert dataset.asked == list(range(6))


def test_tensor_datasets_and_subsets() -> None:
    dataset = TensorDataset(torch.tensor(X), torch.arange(6))
    np.testing.assert_array_equal(as_array(dataset), X)
    np.testing.assert_array_equal(as_array(TensorDataset(torch.tensor(X))), X)
    np.testing.assert_array_equal(as_array(Subset(dataset, [3, 1])), X[[3, 1]])


def test_what_only_acts_like_a_dataset_is_asked_by_its_length() -> None:
    class Rows:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, number: int) -> np.ndarray:
            return X[number % 6]

    np.testing.assert_array_equal(as_array(Rows()), X[:3])


def test_lists_by_another_name_are_lists() -> None:
    np.testing.assert_array_equal(as_array(UserList([[1, 2], [3, 4]])), [[1, 2], [3, 4]])


def test_types_that_grow_are_kept() -> None:
    made = as_array(Pairs(lambda row, number: np.float64(row) if number else row.astype(np.int64)))
    np.testing.assert_allclose(made[1:], X[1:])


class Endless(IterableDataset):
    def __iter__(self):
        while True:
            yield X[0]


class Unfinished(Dataset):
    def __getitem__(self, number: int):
        return X[0]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (DataLoader(Pairs(), 2), r"hands out batches.*X\.dataset"),
        (Endless(), "without a length"),
        (Unfinished(), "without a length"),
        (Subset(Pairs(), []), "with no samples"),
        (
            Pairs(lambda row, number: row[: 2 + number % 2]),
            r"differ in shape: \(2,\) for number 0 and \(3,\)",
        ),
        (Pairs(lambda row, number: {"image": row}), r"dictionaries \('image'\)"),
        (Pairs(lambda row, number: ("text", number)), "no array of numbers"),
    ],
)
def test_others_are_refused_with_the_way_out(dataset, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_array(dataset)
