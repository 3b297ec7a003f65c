import numpy as np
import pytest
import torch

import latens
from latens.exceptions import ParameterError
from latens.models import Autoencoder
from latens.networks import (
    CifarSparseNet,
    FashionFeaturesNet,
    LatentClustersNet,
    MnistReductionNet,
)
from latens.training import Trainer

# Each with its total of parameters and the part that is trained.
NETWORKS = [
    (FashionFeaturesNet(), 22_731, 22_475),
    (CifarSparseNet(), 334, 334),
    (MnistReductionNet(), 416_262, 415_494),
    (LatentClustersNet(), 77_522, 77_298),
]
FACTORIES = [row[0] for row in NETWORKS]
NAMES = [type(factory).__name__ for factory in FACTORIES]


def _pictures(factory, n):
    height, width = factory.input_shape[1:]
    return np.random.default_rng(0).integers(256, size=(n, height, width), dtype=np.uint8)


def _fitted(factory):
    trainer = Trainer(max_epochs=2, callbacks=())
    model = Autoencoder(factory.code_dim, network=factory, trainer=trainer, random_state=0)
    return model.fit(_pictures(factory, 20))


@pytest.mark.parametrize(("factory", "total", "trained"), NETWORKS, ids=lambda p: type(p).__name__)
def test_an_autoencoder_has_exactly_the_parameters_of_the_study(
    factory, total, trained, count_parameters
):
    network = _fitted(factory).network_
    assert count_parameters(network) == (total, trained)


@pytest.mark.parametrize("factory", FACTORIES, ids=NAMES)
def test_a_saved_model_comes_back(factory, tmp_path):
    model = _fitted(factory)
    model.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model", device="cpu")
    assert loaded.network.get_params() == factory.get_params()
    X = _pictures(factory, 5)
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
    np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))


@pytest.mark.parametrize("factory", FACTORIES, ids=NAMES)
def test_a_sample_is_reconstructed_alike_alone_and_among_others(factory):
    model = _fitted(factory)
    X = _pictures(factory, 5)
    np.testing.assert_allclose(model.reconstruct(X[:1]), model.reconstruct(X)[:1], rtol=1e-4)


@pytest.mark.parametrize("factory", FACTORIES, ids=NAMES)
def test_weights_start_within_glorots_bounds_and_biases_at_zero(factory):
    torch.manual_seed(0)
    parts = factory.build(factory.input_shape, factory.code_dim)
    modules = torch.nn.ModuleList([parts.encoder, parts.head, parts.decoder]).modules()
    layers = [m for m in modules if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert layers
    for layer in layers:
        n_out, n_in, *kernel = layer.weight.shape
        bound = (6 / ((n_in + n_out) * np.prod(kernel))) ** 0.5
        # The largest of n draws falls short of the bound by about one part in n.
        short = 20 / layer.weight.numel()
        assert bound * (1 - short) <= layer.weight.abs().max() <= bound
        assert not layer.bias.any()


@pytest.mark.parametrize("factory", FACTORIES, ids=NAMES)
@pytest.mark.parametrize("shape", [(3, 28, 28), (1, 30, 30), (784,)])
def test_other_pictures_are_refused(factory, shape):
    with pytest.raises(ParameterError, match=rf"{type(factory).__name__} needs images of shape"):
        factory.build(shape, factory.code_dim)


@pytest.mark.parametrize("factory", FACTORIES, ids=NAMES)
def test_other_sizes_of_code_are_refused(factory):
    words = rf"'latent_dim' parameter must be {factory.code_dim} with {type(factory).__name__}"
    with pytest.raises(ParameterError, match=words):
        factory.build(factory.input_shape, factory.code_dim + 1)
