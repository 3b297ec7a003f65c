"""Rows go through block by block, and come out in their order."""

import sys

import numpy as np
import pytest
import torch

from latens.data.scaling import UNSCALED
from latens.training import DeviceSamples
from latens.training.inference import map_rows


@pytest.mark.parametrize("n_samples", [1, 16, 17, 95, 96])
@pytest.mark.parametrize("width", [3, 5])
def test_blocks_cover_every_row_once_and_are_as_large_as_their_values_allow(
    monkeypatch, n_samples, width
):
    monkeypatch.setattr(sys.modules[map_rows.__module__], "_TABLE_VALUES", 32 * width)
    monkeypatch.setattr(sys.modules[map_rows.__module__], "_IMAGE_VALUES", 1)
    X = np.arange(n_samples * width, dtype=np.float32).reshape(n_samples, width)
    samples = DeviceSamples(X, UNSCALED, torch.device("cpu"), torch.float32)
    sizes = []

    def double(x):
        sizes.append(len(x))
        return 2 * x

    np.testing.assert_array_equal(map_rows(double, samples, (width,)), 2 * X)
    assert set(sizes[:-1]) <= {32}
    assert sum(sizes) == n_samples


def test_images_go_through_in_smaller_blocks_but_never_one_by_one(monkeypatch):
    monkeypatch.setattr(sys.modules[map_rows.__module__], "_IMAGE_VALUES", 4 * 20)
    X = np.zeros((70, 2, 2), dtype=np.float32)
    samples = DeviceSamples(X, UNSCALED, torch.device("cpu"), torch.float32)
    sizes = []

    def size(x):
        sizes.append(len(x))
        return x.flatten(1).sum(1)

    assert map_rows(size, samples, (1, 2, 2)).shape == (70,)
    assert sizes == [20, 20, 20, 10]
    monkeypatch.setattr(sys.modules[map_rows.__module__], "_IMAGE_VALUES", 1)
    sizes.clear()
    map_rows(size, samples, (1, 2, 2))
    assert sizes == [16, 16, 16, 16, 6]


@pytest.mark.parametrize(
    ("shape", "rows"),
    [((8,), 2**19), ((1024,), 4096), ((32, 32), 512), ((3, 32, 32), 170), ((1, 8, 8), 8192)],
)
def test_blocks_hold_four_million_values_of_tables_and_half_a_million_of_images(shape, rows):
    n = rows + 5
    width = int(np.prod(shape))
    X = np.zeros((n, width) if len(shape) == 1 else (n, *shape[1:], shape[0]), dtype=np.uint8)
    if len(shape) > 1 and shape[0] == 1:
        X = X[..., 0]
    samples = DeviceSamples(X, UNSCALED, torch.device("cpu"), torch.float32)
    sizes = []

    def count(x):
        sizes.append(len(x))
        return x[:, :1].flatten(1)[:, :1]

    assert map_rows(count, samples, shape).shape == (n, 1)
    assert sizes == [rows, 5]
