"""The network of those who name none: from the shape of the samples, and from how many values are 0."""

import numpy as np
import pytest
from scipy import sparse

from latens.models import Autoencoder, load_model
from latens.networks import MLP, ConvNet, default_network
from latens.training import Trainer

WIDTH = 1_100


@pytest.mark.parametrize(
    ("shape", "mostly_zeros", "hidden"),
    [
        ((2,), False, (64, 32)),
        ((30,), False, (120, 60)),
        ((2_000,), False, (1024, 512)),
        ((2_000,), True, (512,)),
        ((1_024,), True, (1024, 512)),
        ((1, 64, 64), True, (1024, 512)),
    ],
)
def test_the_layers_follow_from_the_shape(shape, mostly_zeros, hidden):
    network = default_network(shape, mostly_zeros=mostly_zeros)
    assert isinstance(network, MLP)
    assert network.hidden == hidden


def test_large_images_get_convolutions():
    assert isinstance(default_network((1, 65, 64)), ConvNet)


def counts(share):
    rng = np.random.default_rng(0)
    return (rng.random((40, WIDTH)) < share) * rng.integers(1, 5, (40, WIDTH)).astype(float)


@pytest.mark.parametrize(("share", "hidden"), [(0.05, (512,)), (0.3, (1024, 512))])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array])
def test_counts_get_one_layer_in_every_form_and_after_loading(share, hidden, form, tmp_path):
    model = Autoencoder(3, trainer=Trainer(max_epochs=1, callbacks=()), random_state=0)
    X = counts(share)
    codes = model.fit(form(X)).transform(X)
    layers = [tuple(weight.shape) for weight in model.network_.encoder.parameters()]
    assert [shape[0] for shape in layers if len(shape) == 2] == list(hidden)
    loaded = load_model(model.save(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.transform(X), codes)
