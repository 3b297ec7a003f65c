import numpy as np
import pytest
import torch
from torch.distributions import Normal

from latens.models import VAE, BetaTCVAE
from latens.networks import Code, Output
from latens.objectives import Batch, Step, total_correlation


def draws(covariance, spread, n=2000):
    """Codes whose means have a covariance, with posteriors of one spread and a draw from each."""
    rng = np.random.default_rng(0)
    means = rng.multivariate_normal(np.zeros(len(covariance)), covariance, n)
    posterior = Normal(torch.tensor(means), torch.tensor(spread, dtype=torch.float64))
    torch.manual_seed(0)
    posterior = Normal(posterior.loc, posterior.scale.expand_as(posterior.loc))
    return Output(Code(posterior.sample(), posterior.loc, posterior), None, None)


def step(output, n_values=1):
    x = torch.zeros(1, n_values)
    return Step(None, Batch(x, torch.arange(1)), x, output)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_the_estimate_is_the_closed_form_for_gaussian_codes(correlation):
    covariance = np.array([[1, correlation], [correlation, 1]])
    spread = 0.5
    whole = covariance + spread**2 * np.eye(2)
    correlations = whole / np.sqrt(np.outer(whole.diagonal(), whole.diagonal()))
    expected = -0.5 * np.log(np.linalg.det(correlations))
    estimate = total_correlation(step(draws(covariance, spread), 4)).mean().item() * 4
    assert estimate == pytest.approx(expected, abs=0.03)


def test_one_number_has_nothing_to_correlate_with():
    estimate = total_correlation(step(draws(np.eye(1), 0.1)))
    torch.testing.assert_close(estimate, torch.zeros_like(estimate))


def test_a_weight_of_zero_is_the_vae(images, brief):
    images = images[:300]
    expected = VAE(5, **brief).fit(images)
    model = BetaTCVAE(5, weight=0.0, **brief).fit(images)
    np.testing.assert_array_equal(model.transform(images), expected.transform(images))
    np.testing.assert_array_equal(
        model.sample(3, random_state=0), expected.sample(3, random_state=0)
    )


def test_the_term_says_that_it_needs_the_whole_batch():
    terms = BetaTCVAE()._objective().terms
    assert terms["total correlation"].couples_samples
    assert not terms["kl"].couples_samples


def test_a_larger_weight_gives_numbers_that_tell_less_about_each_other(images, settings):
    def correlation(weight):
        model = BetaTCVAE(5, weight=weight, **settings).fit(images[:600])
        torch.manual_seed(0)
        with torch.no_grad():
            output = model.network_(model.scaled_samples(images).rows(0, 1000))
            return float(total_correlation(step(output)).mean())

    assert correlation(20.0) < correlation(0.0) - 0.3
