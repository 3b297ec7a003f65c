"""The loss of a network that is to find the noise."""

import pytest
import torch

from latens.networks import Network, Parts
from latens.networks.bottlenecks.identity import IdentityBottleneck
from latens.objectives import Batch
from latens.objectives.corruption import add_gaussian_noise
from latens.objectives.noise_prediction import NoisePrediction, beside_level


class Says(torch.nn.Module):
    """Gives nothing but zeros, and keeps what it saw."""

    def forward(self, x):
        self.seen = x
        return torch.zeros_like(x[:, :1])


def losses(levels, tells_level=True):
    body = Says()
    network = Network(Parts(body, torch.nn.Identity(), 1), IdentityBottleneck(), bounded=False)
    objective = NoisePrediction(add_gaussian_noise, levels, tells_level=tells_level, turns=False)
    torch.manual_seed(0)
    batch = Batch(torch.zeros(64, 1, 32, 32), torch.arange(64))
    return objective(network, batch), body.seen


def test_who_finds_nothing_has_the_variance_of_the_noise_as_error():
    found, seen = losses((0.3, 0.3))
    assert found.terms["reconstruction"].mean() == pytest.approx(0.09, rel=0.02)
    assert found.total == pytest.approx(0.3, rel=0.02)
    assert torch.allclose(seen[:, 1], torch.tensor(0.3))


def test_every_sample_draws_its_own_level_and_is_told_it():
    _, seen = losses((0.1, 0.5))
    told = seen[:, 1, 0, 0]
    assert 0.1 <= told.min() < 0.15 < 0.45 < told.max() <= 0.5
    assert torch.allclose(seen[:, 0].std((1, 2)), told, rtol=0.1)


def test_levels_are_told_only_where_they_are_wanted():
    _, seen = losses((0.1, 0.5), tells_level=False)
    assert seen.shape == (64, 1, 32, 32)
    assert beside_level(seen, torch.ones(64, 1, 1, 1)).shape == (64, 2, 32, 32)


def test_no_noise_at_all_has_a_finite_error():
    found, seen = losses((0.0, 0.0))
    assert torch.isfinite(found.total)
    assert seen[:, 1].max().item() == pytest.approx(1e-3)


def test_the_error_is_of_what_was_added_and_not_of_the_sample():
    """A network that gives nothing, on samples far from zero."""
    body = Says()
    network = Network(Parts(body, torch.nn.Identity(), 1), IdentityBottleneck(), bounded=False)
    objective = NoisePrediction(add_gaussian_noise, (0.2, 0.4), tells_level=False, turns=True)
    torch.manual_seed(0)
    found = objective(network, Batch(torch.full((400, 1, 16, 16), 50.0), torch.arange(400)))
    noise = body.seen - 50
    errors = noise.square().flatten(1).mean(1)
    torch.testing.assert_close(found.terms["reconstruction"], errors, rtol=1e-3, atol=1e-4)
    assert found.total.item() == pytest.approx(0.3, rel=0.03)
