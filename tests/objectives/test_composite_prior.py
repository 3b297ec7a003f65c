"""The two losses of RecVAE against their formulas."""

import pytest
import torch
from torch.distributions import Normal

from latens.objectives import Batch, squared_error
from latens.objectives.composite_prior import CompositePriorObjective


@pytest.fixture
def events():
    """Samples of 3 items with 0 to 3 events."""
    return torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]], dtype=torch.float64)


def test_the_code_costs_in_proportion_to_the_events_of_its_sample(linear, events):
    net = linear(draws=True)
    objective = CompositePriorObjective(squared_error, lambda x: 0.5 * x, gamma=0.3)
    encoder, decoder = objective.phases(net)
    earlier = net.encode(events).posterior
    with torch.no_grad():
        net.encoder.weight.mul_(3)  # so that the encoder is another than an epoch ago
    torch.manual_seed(4)
    losses = encoder.loss(net, Batch(events, torch.arange(4)))
    torch.manual_seed(4)
    output = net(0.5 * events)
    z, posterior = output.code.z, output.code.posterior
    density = (
        0.15 * Normal(0.0, 1.0).log_prob(z).exp()
        + 0.75 * earlier.log_prob(z).exp()
        + 0.1 * Normal(0.0, 148.4).log_prob(z).exp()
    )
    kl = (posterior.log_prob(z) - density.log()).sum(1)
    errors = (output.x_hat - events).square().mean(1)
    torch.testing.assert_close(losses.terms["kl"], kl.detach())
    torch.testing.assert_close(losses.terms["reconstruction"], errors.detach())
    cost = 0.3 * torch.tensor([2.0, 0, 3, 1]) * kl
    torch.testing.assert_close(losses.total, (errors + cost).mean())
    torch.manual_seed(4)
    clean = decoder.loss(net, Batch(events, torch.arange(4)))
    torch.manual_seed(4)
    errors = (net(events).x_hat - events).square().mean(1)
    torch.testing.assert_close(clean.total, errors.mean())
