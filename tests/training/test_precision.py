"""Where products are reduced to bfloat16, and that nothing else is."""

import numpy as np
import pytest
import torch

from latens.data.scaling import fit_scaling
from latens.networks import MLP, ConvNet, Deterministic, LatentClustersNet, Network
from latens.networks.layers.output_convolution import OutputConvolution
from latens.objectives import Objective, squared_error
from latens.training import DeviceSamples, Trainer
from latens.training.precision import gains_from_bfloat16


def _network(hidden, features=20):
    torch.manual_seed(0)
    parts = MLP(hidden).build((features,), 3)
    return Network(parts, Deterministic(parts, 3), bounded=False)


def _train(X, **settings):
    network = _network((32,))
    samples = DeviceSamples(X, fit_scaling(X), torch.device("cpu"), torch.float32)
    trainer = Trainer(max_epochs=30, callbacks=(), **settings)
    history = trainer.train(network, Objective(squared_error), samples, seed=0)
    return network, history


@pytest.fixture(scope="module")
def X():
    rng = np.random.default_rng(0)
    return rng.normal(size=(400, 3)) @ rng.normal(size=(3, 20)) + 0.1 * rng.normal(size=(400, 20))


def test_output_codes_and_weights_keep_the_precision_of_the_data():
    network = _network((32,))
    network.reduced = True
    output = network(torch.randn(5, 20))
    tensors = [output.code.z, output.raw, output.x_hat, *network.parameters()]
    assert {tensor.dtype for tensor in tensors} == {torch.float32}


def test_reduced_products_are_close_and_not_equal():
    network, x = _network((32,)), torch.randn(5, 20)
    exact = network(x).x_hat
    network.reduced = True
    reduced = network(x).x_hat
    assert not torch.equal(exact, reduced)
    torch.testing.assert_close(exact, reduced, atol=0.02, rtol=0.02)


def test_training_reduced_learns_as_well_and_leaves_an_exact_network(X):
    exact, exact_history = _train(X, bfloat16=False)
    reduced, reduced_history = _train(X, bfloat16=True)
    assert not exact.reduced
    assert not reduced.reduced
    losses = exact_history.best.monitored, reduced_history.best.monitored
    assert losses[0] != losses[1]
    assert losses[1] < 1.05 * losses[0]


def test_small_networks_and_double_precision_are_never_reduced():
    small, large = _network((32,)), _network((512, 256))
    assert not gains_from_bfloat16(small, Trainer(batch_size=64).plan(10_000, small))
    assert not Trainer(dtype="float64", batch_size=1024).plan(10_000, large).bfloat16


def _plan(factory, **settings):
    torch.manual_seed(0)
    parts = factory.build((1, 28, 28), 6)
    network = Network(parts, Deterministic(parts, 6), bounded=True)
    return gains_from_bfloat16(
        network, Trainer(batch_size=256, device="cpu", **settings).plan(10_000, network)
    )


def test_strided_and_transposed_convolutions_are_not_reduced_on_a_cpu():
    """Whatever the machine can do: their kernels wait in a spin."""
    assert not _plan(ConvNet((32, 64)))
    assert not _plan(ConvNet((32, 64), downsampling="maxpool", upsampling="transposed"))


def test_large_steps_are_reduced_where_the_machine_has_instructions():
    able = getattr(torch.cpu, "get_capabilities", dict)()
    expected = bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    assert _plan(ConvNet((32, 64), downsampling="maxpool")) == expected
    assert _plan(LatentClustersNet()) == expected


def test_the_last_convolution_is_exact_also_when_the_rest_is_reduced():
    layer = OutputConvolution(4, 1, 3, padding=1)
    x = torch.rand(2, 4, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        inside = layer(x)
    assert torch.equal(inside, layer(x))
