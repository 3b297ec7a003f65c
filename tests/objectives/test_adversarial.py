"""The two losses of an adversarial autoencoder against their formulas, with a linear critic."""

import pytest
import torch
from torch.nn.functional import softplus

from latens.objectives import AdversarialObjective, Batch, squared_error


@pytest.fixture
def objective():
    made = AdversarialObjective(squared_error, 2, weight=0.3)
    made.critic = torch.nn.Linear(2, 1).double()
    with torch.no_grad():
        made.critic.weight.copy_(torch.tensor([[3.0, -4.0]]))
        made.critic.bias.fill_(0.5)
    return made


def test_the_critic_pays_for_its_mistakes_and_for_its_slope_at_the_prior(objective, linear, x):
    net = linear()
    torch.manual_seed(3)
    losses = objective.critic_losses(net, Batch(x, torch.arange(7)))
    torch.manual_seed(3)
    draws = torch.randn(7, 2, dtype=torch.float64)
    told = softplus(objective.critic(net.encode(x).z)) + softplus(-objective.critic(draws))
    # The slope of a linear critic is its weight, (3, -4), everywhere: half of 25.
    torch.testing.assert_close(losses.total, told.mean() + 12.5)
    torch.testing.assert_close(losses.terms["detection"], told.squeeze(1).detach())


def test_the_penalty_flattens_a_critic_that_has_nothing_to_tell(objective, linear, x):
    """With codes that are draws from the prior, the gradient by the slope is the slope itself."""
    net = linear()
    torch.manual_seed(3)
    objective.critic_losses(net, Batch(x, torch.arange(7))).total.backward()
    with_penalty = objective.critic.weight.grad.clone()
    objective.critic.weight.grad = None
    torch.manual_seed(3)
    draws = torch.randn(7, 2, dtype=torch.float64)
    told = softplus(objective.critic(net.encode(x).z.detach())) + softplus(-objective.critic(draws))
    told.mean().backward()
    torch.testing.assert_close(
        with_penalty - objective.critic.weight.grad, objective.critic.weight.detach()
    )


def test_the_encoder_fools_the_critic_beside_its_reconstruction(objective, linear, x):
    net = linear()
    losses = objective(net, Batch(x, torch.arange(7)))
    error = (net.reconstruct(x).x_hat - x).square().mean()
    mistake = softplus(-objective.critic(net.encode(x).z)).squeeze(1)
    torch.testing.assert_close(losses.total, error + 0.3 * mistake.mean())
    torch.testing.assert_close(losses.terms["deception"], mistake.detach())


def test_the_critic_learns_faster_than_the_encoder(objective, linear):
    fit, critic = objective.phases(linear())
    assert critic.pace > fit.pace


def test_the_critic_has_two_hidden_layers_of_leaky_units():
    """A fifth of what is below zero passes (Radford et al. 2016), so that no unit is lost."""
    critic = AdversarialObjective(squared_error, 2, weight=1.0, units=5).critic
    first, leak, second, again, last = critic
    shapes = [tuple(layer.weight.shape) for layer in (first, second, last)]
    assert shapes == [(5, 2), (5, 5), (1, 5)]
    z = torch.tensor([-1.0, 0.0, 2.0])
    for activation in (leak, again):
        torch.testing.assert_close(activation(z), torch.tensor([-0.2, 0.0, 2.0]))


def test_each_adversarial_phase_moves_only_its_own_parameters(linear, x):
    torch.manual_seed(0)
    objective, net = AdversarialObjective(squared_error, 2, weight=1.0).double(), linear()
    batch = Batch(x, torch.arange(7))
    fit, critic = objective.phases(net)
    critic.loss(net, batch).total.backward()
    assert all(p.grad is None for p in fit.parameters)
    assert all(p.grad is not None for p in critic.parameters)


def test_a_critic_that_cannot_tell_is_surprised_by_log_two(linear, x):
    objective, net = AdversarialObjective(squared_error, 2, weight=1.0).double(), linear()
    batch = Batch(x, torch.arange(7))
    for parameter in objective.critic.parameters():
        torch.nn.init.zeros_(parameter)
    deception = objective(net, batch).terms["deception"]
    torch.testing.assert_close(deception, torch.full((7,), 2.0, dtype=torch.float64).log())
