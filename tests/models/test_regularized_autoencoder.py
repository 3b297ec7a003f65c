import numpy as np
import pytest
import torch

from latens.models import Autoencoder, RegularizedAutoencoder
from latens.networks import MLP
from latens.objectives import Batch


def jacobians(model, X):
    """The squared norms of the decoder's Jacobians, number by dimension of the code."""
    z = torch.tensor(model.transform(X))
    decode = model.network_.decode
    return torch.stack(
        [torch.func.jacrev(lambda one: decode(one[None])[0])(code).square().sum() for code in z]
    ).detach()


@pytest.mark.parametrize("penalty", ["gradient", "weights"])
def test_without_weights_it_is_the_plain_autoencoder(images, settings, penalty):
    free = {"code_weight": 0.0, "decoder_weight": 0.0, "penalty": penalty}
    model = RegularizedAutoencoder(4, **free, **settings).fit(images[:300])
    plain = Autoencoder(4, **settings).fit(images[:300])
    np.testing.assert_allclose(
        model.transform(images), plain.transform(images), atol=2e-2 * np.ptp(model.codes_)
    )


def test_the_smoothness_is_the_jacobians_on_average(images, short):
    model = RegularizedAutoencoder(4, **short).fit(images[:300])
    batch = Batch(model.scaled_samples(images[:20]).rows(0, 20), torch.arange(20))
    torch.manual_seed(0)
    draws = [model.objective_(model.network_, batch).terms["smoothness"].mean() for _ in range(400)]
    expected = jacobians(model, images[:20]).mean() / images[0].size
    torch.testing.assert_close(torch.stack(draws).mean(), expected, rtol=0.05, atol=0)


def test_a_larger_price_gives_a_smoother_decoder(images, settings):
    def steepness(weight):
        model = RegularizedAutoencoder(4, decoder_weight=weight, **settings).fit(images[:600])
        return float(jacobians(model, images[:50]).mean())

    assert steepness(0.1) < 0.5 * steepness(1e-4)


def test_squared_weights_are_those_of_the_decoder_without_biases(images, brief):
    model = RegularizedAutoencoder(4, penalty="weights", **brief).fit(images[:300])
    batch = Batch(model.scaled_samples(images[:5]).rows(0, 5), torch.arange(5))
    smoothness = model.objective_(model.network_, batch).terms["smoothness"]
    layers = [one for one in model.network_.decoder if isinstance(one, torch.nn.Linear)]
    assert len(layers) == 3
    expected = sum(float(layer.weight.detach().square().sum()) for layer in layers) / 64
    assert smoothness.tolist() == pytest.approx([expected] * 5)


def test_a_linear_one_shrinks_principal_components_as_the_formula_says():
    """With a linear decoder the best singular values are known: soft thresholds."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 3)) * [3.0, 1.0, 0.05] @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    a, b, numbers, values = 0.02, 0.05, 2, 3
    from latens.training import Trainer

    model = RegularizedAutoencoder(
        numbers,
        code_weight=a,
        decoder_weight=b,
        network=MLP(()),
        trainer=Trainer(max_epochs=60, learning_rate=0.01, callbacks=()),
        random_state=0,
    ).fit(X)
    scaled = model.scaling_.apply(X)
    reconstructed = model.scaling_.apply(model.reconstruct(X))
    centered = scaled - scaled.mean(0)
    deviations = np.linalg.svd(centered, compute_uv=False)[:numbers] / np.sqrt(len(X))
    # Per component of deviation s kept at gain g: s²(1-g)²/n + 2 sqrt(a b g² s² / (2 d n)) is least at
    loss = np.sqrt(a * b * values / (2 * numbers))
    expected = np.maximum(0, 1 - loss / deviations)
    u = np.linalg.svd(centered, full_matrices=False)[2][:numbers]
    gain = ((reconstructed - reconstructed.mean(0)) @ u.T).std(0) / (centered @ u.T).std(0)
    np.testing.assert_allclose(gain, expected, atol=0.03)
