"""The importance-weighted bound."""

import numpy as np
import pytest
import torch

from latens.models import VAE
from latens.networks import MLP, Gaussian, Network
from latens.objectives import Batch, ImportanceWeightedObjective
from latens.objectives.importance import log_weights
from latens.objectives.reconstruction import GaussianError, squared_error
from latens.training import Trainer


@pytest.mark.parametrize("n_draws", [2, 5, 20])
def test_the_variance_is_where_the_bound_is_stationary(n_draws):
    torch.manual_seed(0)
    parts = MLP(()).build((8,), 2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = ImportanceWeightedObjective(GaussianError(), n_draws)
    x = torch.randn(64, 8).repeat_interleave(n_draws, 0)
    output = network(x)
    squared = squared_error(output, x).detach()
    errors = objective._errors(output, x)
    # 2 e = m / v + log v + log 2 pi: two samples give the v that was chosen.
    difference = (errors[0] - errors[1]).detach()
    chosen = 0.5 * (squared[0] - squared[1]) / difference

    def bound(log_variance):
        return (
            log_weights(output, GaussianError.at(squared, log_variance.exp()), x)
            .view(-1, n_draws)
            .logsumexp(1)
            .mean()
        )

    at = chosen.log().clone().requires_grad_(True)
    slope = torch.autograd.grad(bound(at), at)[0]
    plain = squared.mean().log().requires_grad_(True)
    slope_of_plain_mean = torch.autograd.grad(bound(plain), plain)[0]
    assert abs(slope) < 0.02 * abs(slope_of_plain_mean)


def test_more_draws_are_not_worse_on_linear_gaussian_data():
    rng = np.random.default_rng(0)
    W = rng.normal(size=(8, 2))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    X = rng.normal(size=(700, 2)) @ W.T + 0.3 * rng.normal(size=(700, 8))
    trainer = Trainer(max_epochs=60, batch_size=64)
    likelihoods = {}
    for n_draws in (1, 10):
        model = VAE(2, n_draws=n_draws, network=MLP(()), trainer=trainer, random_state=0)
        model.fit(X[:400])
        likelihoods[n_draws] = model.log_likelihood(X[400:], random_state=0).mean()
    assert likelihoods[10] > likelihoods[1]


def test_one_loss_is_the_mean_of_the_bounds():
    torch.manual_seed(0)
    parts = MLP(()).build((3,), 2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = ImportanceWeightedObjective(GaussianError(), 4)
    losses = objective(network, Batch(torch.randn(5, 3), torch.arange(5)))
    assert losses.terms["bound"].shape == (5,)
    torch.testing.assert_close(losses.total.detach(), losses.terms["bound"].mean())


def gaussian(n_values=3, latent_dim=2):
    torch.manual_seed(0)
    parts = MLP(()).build((n_values,), latent_dim)
    return Network(parts, Gaussian(parts, latent_dim), bounded=False).double()


@pytest.mark.parametrize("n_draws", [1, 2, 7])
def test_draws_that_tell_nothing_leave_the_likelihood_whatever_their_number(n_draws):
    """Where the posterior is the prior and the decoder is constant, all weights are p(x) itself."""
    network = gaussian()
    with torch.no_grad():
        for one in network.parameters():
            one.zero_()
    x = torch.randn(5, 3, dtype=torch.float64)
    objective = ImportanceWeightedObjective(squared_error, n_draws)
    losses = objective(network, Batch(x, torch.arange(5)))
    torch.testing.assert_close(losses.terms["bound"], x.square().mean(1))
    torch.testing.assert_close(losses.terms["reconstruction"], x.square().mean(1))
    assert losses.terms["kl"].abs().max() < 1e-12


@pytest.mark.parametrize("n_samples", [1, 5])
def test_the_bound_is_the_logarithm_of_the_mean_of_the_weights(n_samples):
    from torch.distributions import Normal

    network, n_draws = gaussian(), 4
    x = torch.randn(n_samples, 3, dtype=torch.float64)
    torch.manual_seed(5)
    losses = ImportanceWeightedObjective(squared_error, n_draws)(
        network, Batch(x, torch.arange(n_samples))
    )
    torch.manual_seed(5)
    many = x.repeat_interleave(n_draws, 0)
    output = network(many)
    z, posterior = output.code.z, output.code.posterior
    logs = -3 * (output.x_hat - many).square().mean(1)
    logs = logs + (Normal(0.0, 1.0).log_prob(z) - posterior.log_prob(z)).sum(1)
    weights = logs.exp().reshape(n_samples, n_draws)
    torch.testing.assert_close(losses.terms["bound"], -(weights.mean(1).log() / 3).detach())
    torch.testing.assert_close(losses.total, losses.terms["bound"].mean())
    kl = torch.distributions.kl_divergence(network.encode(x).posterior, Normal(0.0, 1.0)).sum(1) / 3
    torch.testing.assert_close(losses.terms["kl"], kl.detach())
