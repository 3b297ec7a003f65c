import math
import tracemalloc

import numpy as np
import pytest
from sklearn import metrics as reference

from latens.exceptions import DataError, ParameterError
from latens.metrics import (
    binary_cross_entropy,
    binary_cross_entropy_samples,
    mean_absolute_error,
    mean_absolute_error_samples,
    mean_squared_error,
    mean_squared_error_samples,
    psnr,
    psnr_samples,
)

PAIRS = [
    (mean_squared_error, mean_squared_error_samples),
    (mean_absolute_error, mean_absolute_error_samples),
    (binary_cross_entropy, binary_cross_entropy_samples),
]


@pytest.fixture(params=[(7, 5), (7, 4, 3), (7, 4, 3, 2)], ids=["rows", "gray", "color"])
def images(request, rng):
    X = rng.random(request.param)
    return X, np.clip(X + 0.1 * rng.normal(size=X.shape), 0, 1)


def test_errors_are_those_of_scikit_learn(images):
    X, X_hat = images
    rows, rows_hat = X.reshape(7, -1), X_hat.reshape(7, -1)
    assert mean_squared_error(X, X_hat) == pytest.approx(
        reference.mean_squared_error(rows, rows_hat)
    )
    assert mean_absolute_error(X, X_hat) == pytest.approx(
        reference.mean_absolute_error(rows, rows_hat)
    )


@pytest.mark.parametrize(("score", "samples"), PAIRS)
def test_the_score_is_the_mean_over_samples_compared_one_by_one(score, samples, images):
    X, X_hat = images
    one_by_one = [score(X[[i]], X_hat[[i]]) for i in range(len(X))]
    np.testing.assert_allclose(samples(X, X_hat), one_by_one)
    assert score(X, X_hat) == pytest.approx(np.mean(one_by_one))


def test_cross_entropy_is_least_at_the_original_and_finite_at_the_worst(rng):
    X = rng.random((3, 8))
    best = binary_cross_entropy(X, X)
    assert best == pytest.approx(-(X * np.log(X) + (1 - X) * np.log(1 - X)).mean())
    assert best < binary_cross_entropy(X, np.clip(X + 0.01, 0, 1))
    assert binary_cross_entropy([[0.0, 1.0]], [[1.0, 0.0]]) == pytest.approx(-math.log(1e-7))
    assert binary_cross_entropy([[0, 1]], [[0, 1]]) == pytest.approx(0, abs=2e-7)


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_cross_entropy_refuses_values_that_are_no_probabilities(bad):
    with pytest.raises(DataError, match=r"X_hat must lie in \[0, 1\]"):
        binary_cross_entropy([[0.5]], [[bad]])
    with pytest.raises(DataError, match=r"X must lie in \[0, 1\]"):
        binary_cross_entropy([[bad]], [[0.5]])


def test_psnr_is_the_mean_of_each_images_ratio():
    X = np.zeros((2, 4))
    X_hat = np.stack([np.full(4, 0.1), np.full(4, 0.01)])  # 20 dB and 40 dB
    assert psnr(X, X_hat, 1) == pytest.approx(30)
    assert psnr(X, X_hat, 1) > 10 * math.log10(1 / mean_squared_error(X, X_hat))


def test_psnr_does_not_depend_on_the_unit(images):
    X, X_hat = images
    np.testing.assert_allclose(psnr_samples(255 * X, 255 * X_hat, 255), psnr_samples(X, X_hat, 1))


def test_psnr_is_that_of_scikit_image(images):
    from skimage.metrics import peak_signal_noise_ratio

    X, X_hat = images
    expected = [peak_signal_noise_ratio(x, y, data_range=1) for x, y in zip(X, X_hat, strict=True)]
    np.testing.assert_allclose(psnr_samples(X, X_hat, 1), expected)


def test_an_equal_image_has_an_infinite_ratio():
    X = np.ones((2, 3))
    assert psnr_samples(X, X * [[1], [0.5]], 1).tolist() == [math.inf, pytest.approx(6.0206)]
    assert psnr(X, X, 1) == math.inf


@pytest.mark.parametrize("data_range", [0, -1, math.nan, math.inf, "1", None, True])
def test_psnr_refuses_a_range_that_is_none(data_range):
    with pytest.raises(ParameterError, match=r"'data_range' parameter of psnr .* \(0, inf\)"):
        psnr([[0.0]], [[1.0]], data_range)


def test_bytes_do_not_wrap_around():
    X, X_hat = np.array([[0]], dtype=np.uint8), np.array([[255]], dtype=np.uint8)
    assert mean_squared_error(X, X_hat) == 255**2
    assert mean_absolute_error(X, X_hat) == 255


@pytest.mark.parametrize("score", [mean_squared_error, mean_absolute_error])
def test_bad_numbers_and_shapes_are_refused(score):
    with pytest.raises(DataError, match=r"same shape. Got \(2, 3\) and \(3, 2\)"):
        score(np.zeros((2, 3)), np.zeros((3, 2)))
    for bad in (np.nan, np.inf):
        with pytest.raises(DataError, match="Sample 1 has NaN"):
            score([[0.0], [bad]], [[0.0], [0.0]])
    with pytest.raises(DataError, match="at least one number"):
        score(np.zeros((0, 3)), np.zeros((0, 3)))


def test_blocks_keep_memory_far_under_the_data(tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, np.full((40_000, 28, 28), 200, dtype=np.uint8))
    X = np.load(path, mmap_mode="r")
    tracemalloc.start()
    error = mean_squared_error(X, X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error == 0
    assert peak < 64 * 2**20  # the images take 251 MB as float64
