"""Divergences from the prior against torch's own."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from latens.networks import Code, Output
from latens.objectives import Batch, Step, gaussian_kl, gaussian_kl_per_dimension


def step(output, x):
    return Step(None, Batch(x, torch.arange(len(x))), x, output)


@pytest.fixture
def out():
    torch.manual_seed(0)
    posterior = Normal(torch.randn(6, 3), torch.rand(6, 3) + 0.3)
    return Output(Code(posterior.loc, posterior.loc, posterior), None, None)


@pytest.mark.parametrize("n_samples", [1, 6])
def test_the_divergence_is_that_of_torch_per_value_of_the_sample(out, n_samples):
    expected = kl_divergence(out.code.posterior, Normal(0.0, 1.0))
    torch.testing.assert_close(gaussian_kl_per_dimension(out), expected)
    found = gaussian_kl(step(out, torch.zeros(n_samples, 2, 5)))
    torch.testing.assert_close(found, expected.sum(1) / 10)


def test_free_bits_are_held_against_the_mean_of_the_batch_dimension_by_dimension(out):
    per_dimension = gaussian_kl_per_dimension(out).mean(0)
    free = float(per_dimension.sort().values[1])  # between the dimensions
    found = gaussian_kl(step(out, torch.zeros(6, 4)), free_bits=free)
    expected = per_dimension.clamp(min=free).sum() / 4
    torch.testing.assert_close(found, expected.expand(6))
    assert per_dimension.min() < free < per_dimension.max()
