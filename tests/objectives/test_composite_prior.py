"""The two losses of RecVAE against their formulas."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch.distributions import Normal

from latens.networks import Code, Gaussian, Network, Output, Parts
from latens.objectives import Batch, multinomial_error, squared_error
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


def test_the_composite_prior_is_a_mixture_of_three():
    """Against scipy's densities, for a code drawn far from and near to where it was."""
    torch.manual_seed(0)
    linear = torch.nn.Linear(3, 2)
    parts = Parts(linear, torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = CompositePriorObjective(multinomial_error, lambda x: x, gamma=0.1)
    names = [phase.name for phase in objective.phases(network)]
    assert names == ["encoder", "decoder"]
    x = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    with torch.no_grad():
        earlier = network.encode(x).posterior
        posterior = Normal(torch.tensor([[0.5, -2.0], [30.0, 0.0]]), torch.tensor(0.5))
        z = posterior.loc + 0.1
        out = Output(Code(z, posterior.loc, posterior), z, z)
        kl = objective._divergence(out, x).numpy()
    density = (
        0.15 * norm.pdf(z)
        + 0.75 * norm.pdf(z, earlier.loc, earlier.scale)
        + 0.1 * norm.pdf(z, 0, np.exp(5))
    )
    expected = (norm.logpdf(z, posterior.loc, 0.5) - np.log(density)).sum(1)
    np.testing.assert_allclose(kl, expected, rtol=1e-3)


def test_only_its_own_half_learns_in_a_phase():
    torch.manual_seed(0)
    parts = Parts(torch.nn.Linear(3, 2), torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = CompositePriorObjective(multinomial_error, lambda x: 0 * x, gamma=0.1)
    encoder, decoder = objective.phases(network)
    decoding = {id(one) for one in network.decoder.parameters()}
    assert not decoding & {id(one) for one in encoder.parameters}
    assert decoding == {id(one) for one in decoder.parameters}
    # The prior's copy of the encoder does not move with it, until it is told.
    before = [one.clone() for one in objective.earlier_encoder.parameters()]
    with torch.no_grad():
        for one in network.parameters():
            one.add_(1.0)
    after = list(objective.earlier_encoder.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    objective.remember(network)
    assert torch.equal(objective.earlier_encoder.weight, network.encoder.weight)
    assert not objective.earlier_encoder.weight.requires_grad
    batch = Batch(torch.eye(3), torch.arange(3))
    assert set(encoder.loss(network, batch).terms) == {"reconstruction", "kl"}
    assert set(decoder.loss(network, batch).terms) == {"reconstruction"}
