import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from latens.exceptions import TrainingError
from latens.models import VAE, BetaVAE
from latens.networks import MLP, Code, Output
from latens.objectives import Batch, Step, gaussian_kl, gaussian_kl_per_dimension
from latens.training import Trainer


def output(mean, deviation):
    posterior = Normal(torch.tensor(mean), torch.tensor(deviation))
    return Output(Code(posterior.loc, posterior.loc, posterior), None, None)


def step(output, n_values=1):
    x = torch.zeros(1, n_values)
    return Step(None, Batch(x, torch.arange(1)), x, output)


def test_the_closed_form_is_the_mean_of_many_draws_and_torchs_own():
    out = output([[0.5, -2.0]], [[0.3, 1.7]])
    q, prior = out.code.posterior, Normal(0.0, 1.0)
    torch.testing.assert_close(gaussian_kl_per_dimension(out), kl_divergence(q, prior))
    torch.manual_seed(0)
    draws = q.sample((200_000,))
    estimate = (q.log_prob(draws) - prior.log_prob(draws)).mean(0)
    torch.testing.assert_close(gaussian_kl_per_dimension(out), estimate, atol=0.02, rtol=0.01)
    assert gaussian_kl(step(out, 10)).item() == pytest.approx(
        kl_divergence(q, prior).sum().item() / 10
    )


def test_free_bits_cost_nothing_below_and_everything_above():
    silent, loud = output([[0.0, 0.0]], [[1.0, 1.0]]), output([[3.0, 3.0]], [[1.0, 1.0]])
    silent, loud = step(silent), step(loud)
    assert gaussian_kl(silent, free_bits=0.5).item() == pytest.approx(2 * 0.5)
    assert gaussian_kl(loud, free_bits=0.5).item() == pytest.approx(2 * 4.5)


@pytest.fixture(scope="module")
def fitted(images):
    trainer = Trainer(max_epochs=30, learning_rate=3e-3, callbacks=())
    return VAE(5, network=MLP((128, 64)), trainer=trainer, random_state=0).fit(images)


def test_beta_of_one_is_the_vae(images, brief):
    images = images[:600]
    expected = VAE(5, **brief).fit(images)
    model = BetaVAE(5, beta=1.0, warmup=0.0, **brief).fit(images)
    np.testing.assert_array_equal(model.transform(images), expected.transform(images))
    np.testing.assert_array_equal(
        model.sample(3, random_state=0), expected.sample(3, random_state=0)
    )


def test_a_larger_beta_brings_posteriors_closer_to_the_prior(images, settings):
    images = images[:600]

    def divergence(beta):
        model = BetaVAE(5, beta=beta, **settings).fit(images)
        with torch.no_grad():
            x = model.scaled_samples(images).rows(0, 500)
            return float(gaussian_kl_per_dimension(model.network_.reconstruct(x)).sum(1).mean())

    assert divergence(0.1) > 1.5 * divergence(2.0)


def test_warm_up_raises_the_weight_from_nothing():
    term = BetaVAE(beta=3.0, warmup=0.5)._objective().terms["kl"]
    assert [term.weight_at(progress) for progress in (0.0, 0.25, 0.5, 1.0)] == [0, 1.5, 3, 3]


def test_training_draws_codes_and_transform_does_not(fitted, images):
    model = fitted
    x = model.scaled_samples(images).rows(0, 50)
    with torch.no_grad():
        drawn = model.network_(x).code
        settled = model.network_.encode(x)
    assert not torch.allclose(drawn.z, drawn.mean)
    assert torch.equal(settled.z, settled.mean)
    np.testing.assert_allclose(model.transform(images[:50]), settled.mean.numpy(), atol=1e-5)


def test_the_bound_holds_reconstruction_and_divergence_in_nats_per_value(fitted, images):
    model = fitted
    batch = Batch(model.scaled_samples(images).rows(0, 200), torch.arange(200))
    with torch.no_grad():
        losses = model.objective_(model.network_, batch)
    total = losses.terms["reconstruction"].mean() + losses.terms["kl"].mean()
    assert losses.total.item() == pytest.approx(total.item(), rel=1e-5)


def test_the_learned_variance_is_the_squared_error(fitted, images):
    model = fitted
    scaled = model.scaling_.apply(images)
    error = np.square(scaled - model.scaling_.apply(model.reconstruct(images))).mean()
    # Draws cost a little on top of the error of the means.
    assert error < float(model.objective_.reconstruction.variance) < 2 * error


def test_samples_of_the_prior_look_like_digits(images, classes, settings):
    from sklearn.neighbors import NearestNeighbors

    model = VAE(8, **settings).fit(images)
    flat = images.reshape(len(images), -1).astype(float)
    index = NearestNeighbors(n_neighbors=1).fit(flat)
    new = model.sample(200, random_state=0).reshape(200, -1)
    shuffled = np.random.default_rng(0).permuted(flat[:200], axis=1)
    distance = index.kneighbors(new)[0].mean()
    assert distance < 0.6 * index.kneighbors(shuffled)[0].mean()
    assert new.std(axis=0).mean() > 1  # and they differ from each other


def test_the_importance_weighted_bound_rises_with_the_draws(images, settings):
    model = VAE(5, **settings).fit(images[:600])
    bounds = [
        model.log_likelihood(images[600:900], n_draws=n, random_state=0).mean()
        for n in (1, 4, 16, 64)
    ]
    assert bounds == sorted(bounds)
    assert bounds[-1] > bounds[0] + 1  # nats
    x = model.scaled_samples(images[600:900]).rows(0, 300)
    batch = Batch(x, torch.arange(300))
    torch.manual_seed(0)
    with torch.no_grad():
        ordinary = -64 * np.mean([model.objective_(model.network_, batch).total for _ in range(30)])
    assert bounds[0] == pytest.approx(ordinary, abs=1.0)


def test_with_many_draws_it_is_the_density_of_a_linear_gaussian_model(settings):
    """Linear halves make the samples Gaussian: mean b, covariance W W' + variance I."""
    from scipy.stats import multivariate_normal

    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 4)) + 0.5 * rng.normal(size=(400, 4))
    model = VAE(2, **{**settings, "network": MLP(())}).fit(X)
    zero, basis = torch.zeros(1, 2), torch.eye(2)
    with torch.no_grad():
        mean = model.network_.decode(zero)
        weights = (model.network_.decode(basis) - mean).numpy().astype(float)
    variance = float(model.objective_.reconstruction.variance)
    density = multivariate_normal(mean[0].numpy(), weights.T @ weights + variance * np.eye(4))
    expected = density.logpdf(model.scaling_.apply(X))
    ours = model.log_likelihood(X, n_draws=2000, random_state=0)
    assert ours.mean() == pytest.approx(expected.mean(), abs=0.02)
    np.testing.assert_allclose(ours, expected, atol=0.5)


def test_several_draws_train_the_weighted_bound_itself(images, settings):
    model = VAE(5, n_draws=4, **settings).fit(images[:600])
    losses = model.objective_(
        model.network_, Batch(model.scaled_samples(images).rows(0, 200), torch.arange(200))
    )
    terms = losses.terms
    assert losses.total.item() == pytest.approx(terms["bound"].mean().item())
    # Jensen: the weighted bound is never the worse one, draw by draw.
    assert terms["bound"].mean() < terms["reconstruction"].mean() + terms["kl"].mean()
    again = model.log_likelihood(images[:200], n_draws=4, random_state=1).mean() / 64
    assert again == pytest.approx(-terms["bound"].mean().item(), abs=0.05)


def test_a_training_with_another_beta_is_not_continued(images, tmp_path):
    training = Trainer(max_epochs=1, checkpoint=tmp_path / "state.safetensors", callbacks=())
    settings = {"network": MLP((8,)), "trainer": training, "random_state": 0}
    BetaVAE(2, beta=4.0, **settings).fit(images[:100])
    BetaVAE(2, beta=4.0, **settings).fit(images[:100])
    with pytest.raises(TrainingError, match="other settings"):
        BetaVAE(2, beta=2.0, **settings).fit(images[:100])
