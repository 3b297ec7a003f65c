"""The loss of images against the metric of the same name, and against its formula for one window."""

import numpy as np
import pytest
import torch

from latens.metrics import ssim_samples
from latens.networks import Code, Output
from latens.objectives import structural_dissimilarity


def output(x_hat):
    return Output(Code(x_hat, x_hat), x_hat, x_hat)


@pytest.mark.parametrize(
    ("channels", "height", "width"),
    [(1, 1, 1), (1, 2, 5), (1, 3, 3), (2, 5, 9), (1, 6, 7), (3, 7, 7), (1, 8, 12), (1, 20, 9)],
)
def test_it_is_one_minus_the_metric(rng, channels, height, width):
    x, x_hat = rng.random((2, 5, channels, height, width))
    ours = structural_dissimilarity(output(torch.from_numpy(x_hat)), torch.from_numpy(x)).numpy()
    last = (0, 2, 3, 1) if channels > 1 else None
    images = [np.transpose(one, last) if last else one[:, 0] for one in (x, x_hat)]
    np.testing.assert_allclose(ours, 1 - ssim_samples(*images, data_range=1.0), atol=1e-9)


@pytest.mark.parametrize("side", [1, 2, 3, 5, 6, 7])
def test_one_window_has_the_formula_of_wang_and_others(rng, side):
    """With variances of a sample, as scikit-image has them; the largest odd window that fits."""
    x, y = rng.random((2, side, side))
    window = side - 1 + side % 2
    values = []
    for i in range(side - window + 1):
        for j in range(side - window + 1):
            a, b = (one[i : i + window, j : j + window].ravel() for one in (x, y))
            covariance = np.cov(a, b) if window > 1 else np.zeros((2, 2))
            up = (2 * a.mean() * b.mean() + 0.01**2) * (2 * covariance[0, 1] + 0.03**2)
            down = a.mean() ** 2 + b.mean() ** 2 + 0.01**2
            values.append(up / (down * (np.trace(covariance) + 0.03**2)))
    x, y = (torch.from_numpy(one)[None, None] for one in (x, y))
    assert structural_dissimilarity(output(y), x).item() == pytest.approx(1 - np.mean(values))
    assert ssim_samples(x[:, 0].numpy(), y[:, 0].numpy(), data_range=1.0)[0] == pytest.approx(
        np.mean(values)
    )
