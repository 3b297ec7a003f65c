import numpy as np
import pytest
from skimage.metrics import structural_similarity

from latens.exceptions import DataError, ParameterError
from latens.metrics import ssim, ssim_samples


@pytest.mark.parametrize("shape", [(28, 28), (7, 7), (32, 20), (32, 32, 3), (9, 8, 1)])
def test_ssim_is_that_of_scikit_image(rng, shape):
    X = rng.random((4, *shape))
    X_hat = X + 0.2 * rng.normal(size=X.shape)
    axis = -1 if len(shape) == 3 else None
    expected = [
        structural_similarity(x, y, data_range=1, channel_axis=axis)
        for x, y in zip(X, X_hat, strict=True)
    ]
    np.testing.assert_allclose(ssim_samples(X, X_hat, 1), expected, rtol=1e-9)
    assert ssim(X, X_hat, 1) == pytest.approx(np.mean(expected))


def test_bytes_are_compared_like_floats(rng):
    X = rng.integers(0, 256, (3, 16, 16), dtype=np.uint8)
    X_hat = X[::-1]
    expected = [structural_similarity(x, y) for x, y in zip(X, X_hat, strict=True)]
    np.testing.assert_allclose(ssim_samples(X, X_hat, 255), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ssim_samples(X / 255, X_hat / 255, 1), expected, atol=1e-9)


@pytest.mark.parametrize(("shape", "window"), [((6, 9), 5), ((5, 5), 5), ((4, 28), 3), ((3, 3), 3)])
def test_small_images_take_the_largest_odd_window_that_fits(rng, shape, window):
    X, X_hat = rng.random((2, *shape)), rng.random((2, *shape))
    expected = [
        structural_similarity(x, y, data_range=1, win_size=window)
        for x, y in zip(X, X_hat, strict=True)
    ]
    np.testing.assert_allclose(ssim_samples(X, X_hat, 1), expected)


def test_images_one_pixel_high_compare_brightness():
    assert ssim(np.ones((1, 1, 5)), np.ones((1, 1, 5)), 1) == 1
    assert ssim(np.ones((1, 1, 5)), np.zeros((1, 1, 5)), 1) < 0.01


def test_ssim_is_one_for_equal_images_and_falls_with_noise(rng):
    X = rng.random((3, 16, 16))
    noise = rng.normal(size=X.shape)
    scores = [ssim(X, X + size * noise, 1) for size in (0, 0.05, 0.2, 1)]
    assert scores[0] == pytest.approx(1)
    assert scores == sorted(scores, reverse=True)
    assert ssim(X, 1 - X, 1) < 0


def test_blocks_change_nothing(rng):
    # 16 arrays of 32 x 32 floats a sample: 900 samples are cut into several blocks.
    X = rng.random((900, 32, 32))
    X_hat = X + 0.1
    np.testing.assert_allclose(ssim_samples(X, X_hat, 1)[-1], ssim(X[-1:], X_hat[-1:], 1))


def test_rows_are_no_images():
    with pytest.raises(DataError, match="reshape the rows to images"):
        ssim(np.zeros((5, 784)), np.zeros((5, 784)), 1)
    with pytest.raises(DataError, match="same shape"):
        ssim(np.zeros((5, 8, 8)), np.zeros((5, 8, 9)), 1)
    X_hat = np.zeros((5, 8, 8))
    X_hat[4, 3, 3] = np.nan
    with pytest.raises(DataError, match="Sample 4 has NaN"):
        ssim(np.zeros((5, 8, 8)), X_hat, 1)


def test_a_range_is_needed():
    with pytest.raises(ParameterError, match="'data_range' parameter of ssim"):
        ssim(np.zeros((1, 8, 8)), np.zeros((1, 8, 8)), 0)
