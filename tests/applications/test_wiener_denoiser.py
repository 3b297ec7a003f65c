"""The linear denoiser: the closed form, and windows."""

import numpy as np
import pandas as pd
import pytest

from latens.applications import WienerDenoiser
from latens.exceptions import DataError


def test_it_is_the_conditional_mean_of_a_gaussian(rng):
    factor = rng.normal(size=(4, 4))
    X = rng.normal(size=(50_000, 4)) @ factor + 3
    Y = X[:5] + 0.7
    mean, covariance = X.mean(0), np.cov(X, rowvar=False)
    gain = covariance @ np.linalg.inv(covariance + 0.7**2 * np.eye(4))
    expected = mean + (Y - mean) @ gain.T
    np.testing.assert_allclose(WienerDenoiser(0.7).fit(X).transform(Y), expected, atol=1e-8)


def test_noisy_samples_teach_the_same_filter_as_clean_ones(rng):
    X = rng.normal(size=(50_000, 2)) @ rng.normal(size=(2, 5))
    Y = X + rng.normal(scale=0.5, size=X.shape)
    clean = WienerDenoiser(0.5).fit(X).transform(Y)
    np.testing.assert_allclose(WienerDenoiser(0.5).fit_noisy(Y).transform(Y), clean, atol=0.1)


@pytest.mark.parametrize("shape", [(8, 8), (9, 100), (70, 41)])
def test_windows_leave_alone_what_has_no_noise(rng, shape):
    images = [rng.random((60, 60)) for _ in range(3)]
    image = rng.random(shape)
    cleaned = WienerDenoiser(1e-6).fit(images).transform(image)
    np.testing.assert_allclose(cleaned, image, atol=1e-6)


def test_windows_of_color(rng):
    images = [rng.random((50, 50, 3))]
    assert WienerDenoiser(0.1).fit(images).transform(images)[0].shape == (50, 50, 3)


def test_what_does_not_fit(rng):
    small = WienerDenoiser(0.1).fit(rng.random((40, 8, 8)))
    with pytest.raises(DataError, match="cannot filter"):
        small.transform(rng.random((2, 9, 9)))
    large = WienerDenoiser(0.1).fit([rng.random((50, 50))])
    with pytest.raises(DataError, match="in windows of 8 pixels"):
        large.transform([rng.random((5, 50))])
    with pytest.raises(DataError, match="No image has the 8 x 8 pixels"):
        WienerDenoiser(0.1).fit([rng.random((5, 50))])


def test_constant_samples():
    X = np.full((30, 4, 4), 7.0)
    np.testing.assert_allclose(WienerDenoiser(1.0).fit(X).transform(X), X)


def test_tables_that_it_cannot_take(rng):
    with pytest.raises(DataError, match="up to 1,024 columns"):
        WienerDenoiser(0.1).fit(rng.random((30, 1_025)))
    table = pd.DataFrame(rng.random((30, 3)), columns=list("abc"))
    linear = WienerDenoiser(0.1).fit(table)
    assert (linear.n_features_in_, list(linear.feature_names_in_)) == (3, list("abc"))
    with pytest.raises(ValueError, match="feature names"):
        linear.transform(table[["b", "a", "c"]])
