"""Estimates of the noise, held against the noise that was added."""

import tracemalloc

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from latens.applications import estimate_noise
from latens.applications.denoise.noise_level import every_window
from latens.exceptions import DataError


@pytest.mark.parametrize("level", [2.0, 10.0, 40.0])
def test_smooth_images(rng, level):
    y, x = np.mgrid[:90, :120] / 20
    image = 128 + 100 * np.sin(x) * np.cos(y)
    found = estimate_noise([image + rng.normal(scale=level, size=image.shape)])
    assert found == pytest.approx([level], rel=0.06)


def test_small_images_are_right_on_average(digits, rng):
    X = np.kron(digits[:100] / 16.0, np.ones((1, 4, 4)))
    found = estimate_noise(X + rng.normal(scale=0.5, size=X.shape))
    assert found.shape == (100,)
    assert found.mean() == pytest.approx(0.5, rel=0.05)


def test_a_table(rng):
    X = rng.normal(size=(3_000, 2)) @ rng.normal(size=(2, 12))
    assert estimate_noise(X + rng.normal(scale=0.3, size=X.shape)) == pytest.approx(0.3, rel=0.05)


def test_colors_are_averaged(rng):
    noise = rng.normal(size=(1, 80, 80, 3)) * [0.1, 0.2, 0.3]
    assert estimate_noise(noise)[0] == pytest.approx(np.sqrt(0.14 / 3), rel=0.05)


def test_no_noise_at_all():
    assert estimate_noise(np.full((2, 30, 30), 9, dtype=np.uint8)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("X", [np.zeros((1, 3, 3)), np.zeros((59, 5)), np.zeros((99, 1))])
def test_too_small_to_tell(X):
    with pytest.raises(DataError, match="noise level instead"):
        estimate_noise(X)


def test_only_the_windows_in_use_are_copied(rng):
    windows = sliding_window_view(rng.random((20, 31)), (4, 4))
    for step in (1, 7):
        np.testing.assert_array_equal(every_window(windows, step), windows.reshape(-1, 16)[::step])
    tracemalloc.start()
    every_window(sliding_window_view(np.zeros((500, 500)), (7, 7)), 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6
