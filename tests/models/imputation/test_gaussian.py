"""What a Gaussian says of gaps, against closed forms."""

import numpy as np
import pytest
import torch

from latens.models.imputation.gaussian import (
    conditional_covariances,
    conditional_means,
    fit_gaussian,
)


@pytest.fixture
def gaussian():
    """A mean and a covariance of five features."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(5, 5))
    return torch.tensor(rng.normal(size=5)), torch.tensor(root @ root.T + 0.3 * np.eye(5))


def test_gaps_get_the_conditional_mean_and_covariance_of_the_textbook(gaussian):
    mean, covariance = gaussian
    rng = np.random.default_rng(1)
    x, seen = torch.tensor(rng.normal(size=(20, 5))), torch.tensor(rng.random((20, 5)) < 0.6)
    seen[0], seen[1] = True, False
    filled = conditional_means(mean, covariance, torch.where(seen, x, 99.0), seen)
    left = conditional_covariances(covariance, seen)
    for row in range(20):
        there, gone = np.flatnonzero(seen[row]), np.flatnonzero(~seen[row])
        S = covariance.numpy()
        slope = S[np.ix_(gone, there)] @ np.linalg.inv(S[np.ix_(there, there)])
        expected = mean.numpy()[gone] + slope @ (x[row].numpy() - mean.numpy())[there]
        np.testing.assert_allclose(filled[row, gone], expected)
        np.testing.assert_array_equal(filled[row, there], x[row, there])
        rest = S[np.ix_(gone, gone)] - slope @ S[np.ix_(there, gone)]
        np.testing.assert_allclose(left[row][np.ix_(gone, gone)], rest, atol=1e-12)
        assert not left[row][there].any()


def test_without_gaps_the_fit_is_the_covariance_of_the_rows_shrunk_to_their_variances(gaussian):
    mean, covariance = gaussian
    x = mean + torch.randn(50, 5, generator=torch.manual_seed(0)).double() @ covariance
    found, spread = fit_gaussian(x, torch.ones(50, 5, dtype=torch.bool), shrinkage=10.0)
    torch.testing.assert_close(found, x.mean(0))
    rows = torch.cov(x.T, correction=0)
    torch.testing.assert_close(spread, (50 * rows + 10 * rows.diag().diag()) / 60)


def test_gaps_at_random_leave_the_covariance_as_it_is(gaussian):
    mean, covariance = gaussian
    factor = torch.linalg.cholesky(covariance)
    generator = torch.manual_seed(0)
    x = mean + torch.randn(4000, 5, generator=generator).double() @ factor.T
    seen = torch.rand(4000, 5, generator=generator) > 0.3
    found, spread = fit_gaussian(torch.where(seen, x, 1e6), seen, shrinkage=1.0)
    deviation = covariance.diag().sqrt()
    assert ((found - mean).abs() < 0.1 * deviation).all()
    assert ((spread - covariance).abs() < 0.1 * deviation[:, None] * deviation).all()
