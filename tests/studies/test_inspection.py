import numpy as np
import pytest
import torch

from latens.models import VAE, VQVAE, Autoencoder
from latens.networks import MLP
from latens.studies.inspection import (
    codebook_uses,
    draws_of_codes,
    each_row,
    posterior_divergences,
)
from latens.training import Trainer


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).integers(0, 256, (300, 6, 5)).astype(np.uint8)


def fit(kind, X, **parameters):
    trainer = Trainer(max_epochs=2, callbacks=())
    model = kind(4, network=MLP((8,)), trainer=trainer, random_state=0, **parameters)
    return model.fit(X)


def test_rows_are_scaled_as_the_network_wants_them(X):
    model = fit(Autoencoder, X)
    np.testing.assert_allclose(each_row(model, X, lambda x: x)[:, 0], X / 255, rtol=1e-6)
    codes = each_row(model, X, lambda x: model.network_.encode(x).mean)
    np.testing.assert_array_equal(codes, model.transform(X))


def test_the_divergence_of_each_number_is_the_closed_form(X):
    model = fit(VAE, X)
    with torch.no_grad():
        head = model.network_.bottleneck
        for layer in (head.mean, head.log_variance):
            layer.weight.zero_()
        head.mean.bias.copy_(torch.tensor([0.0, 1.0, 0.0, -2.0]))
        head.log_variance.bias.copy_(torch.tensor([0.0, 0.0, -2.0, 1.0]))
    mean, log_variance = np.array([0, 1, 0, -2.0]), np.array([0, 0, -2, 1.0])
    expected = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)
    np.testing.assert_allclose(posterior_divergences(model, X), expected, rtol=1e-5, atol=1e-7)
    draws = draws_of_codes(model, X.repeat(20, axis=0), seed=1)
    np.testing.assert_allclose(draws.mean(axis=0), mean, atol=0.1)
    np.testing.assert_allclose(draws.std(axis=0), np.exp(log_variance / 2), rtol=0.05)


def test_draws_depend_on_the_seed_alone(X):
    model = fit(VAE, X)
    state = torch.random.get_rng_state()
    first = draws_of_codes(model, X, seed=1)
    np.testing.assert_array_equal(draws_of_codes(model, X, seed=1), first)
    assert not np.array_equal(draws_of_codes(model, X, seed=2), first)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert first.dtype == model.transform(X).dtype


def test_uses_of_a_codebook_are_those_of_the_model(X):
    model = fit(VQVAE, X, n_rows=16)
    uses = codebook_uses(model, X)
    np.testing.assert_array_equal(uses, model.usage(X))
    assert (uses.sum(axis=1) == len(X)).all()


def test_kinds_without_posterior_or_codebook_have_none(X):
    model = fit(Autoencoder, X)
    assert posterior_divergences(model, X) is None
    assert draws_of_codes(model, X, seed=0) is None
    assert codebook_uses(model, X) is None
