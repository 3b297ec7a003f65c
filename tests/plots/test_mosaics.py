import numpy as np
import pytest

from latens.plots.mosaics import shrunk


def test_small_images_stay_as_they_are() -> None:
    images = np.zeros((2, 96, 40), np.uint8)
    assert shrunk(images) is images


@pytest.mark.parametrize("shape", [(100, 40), (300, 500), (4, 400), (97, 97, 3)])
def test_large_images_are_means_of_blocks(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    images = rng.uniform(size=(2, *shape)) + np.array([0, 5]).reshape(2, *[1] * len(shape))
    smaller = shrunk(images)
    assert max(smaller.shape[1:3]) <= 96
    assert smaller.shape[3:] == images.shape[3:]
    step = -(-max(shape[:2]) // 96)
    block = images[:, : min(step, shape[0]), : min(step, shape[1])]
    np.testing.assert_allclose(smaller[:, 0, 0], block.mean(axis=(1, 2)))
