"""What a denoiser is compared with: linear ways that need no network, for noise of any kind."""

import numpy as np
import pytest

from latens.applications.denoise import comparison as module
from latens.applications.denoise.comparison import decibels, linear_ways
from latens.metrics import psnr_samples


@pytest.fixture
def parts(rng):
    """Samples of three numbers, spread over 40 values, and some of them with values set to 0."""
    directions = rng.normal(size=(3, 40))
    train, clean = (rng.normal(size=(n, 3)) @ directions for n in (600, 100))

    def spoil(x: np.ndarray) -> np.ndarray:
        return x * (rng.random(x.shape) > 0.4)

    return train, clean, spoil(clean), spoil


def test_decibels_are_those_of_the_metrics(parts):
    _, clean, noisy, _ = parts
    np.testing.assert_allclose(decibels(clean, noisy, 2.0), psnr_samples(clean, noisy, 2.0))
    assert np.isfinite(decibels(clean, clean, 1.0)).all()


def test_linear_ways_remove_noise_that_no_wiener_filter_is_for(parts):
    train, clean, noisy, spoil = parts
    found = linear_ways(train, noisy, spoil, 3)
    scores = {name: decibels(clean, x, 1.0).mean() for name, x in found.items()}
    nothing = decibels(clean, noisy, 1.0).mean()
    assert list(scores) == ["PCA of 3 dimensions", "linear regression"]
    assert scores["linear regression"] > scores["PCA of 3 dimensions"] > nothing + 1


def test_images_keep_their_shape_and_wide_ones_have_no_regression(parts, monkeypatch):
    train, _, noisy, spoil = parts
    monkeypatch.setattr(module, "_MOST_VALUES", 39)
    found = linear_ways(train.reshape(-1, 8, 5), noisy.reshape(-1, 8, 5), spoil, 50)
    assert {name: x.shape for name, x in found.items()} == {"PCA of 40 dimensions": (100, 8, 5)}
