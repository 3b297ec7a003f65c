"""Where products are reduced to bfloat16, and that nothing else is."""

import numpy as np
import pytest
import torch

from latens.data.scaling import fit_scaling
from latens.networks import MLP, ConvNet, Deterministic, LatentClustersNet, Network
from latens.networks.layers.output_convolution import OutputConvolution
from latens.objectives import Objective, squared_error
from latens.training import DeviceSamples, Trainer, precision
from latens.training.precision import choose_precision, obstacle_to_bfloat16


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


def _obstacle(factory, **settings):
    torch.manual_seed(0)
    parts = factory.build((1, 28, 28), 6)
    network = Network(parts, Deterministic(parts, 6), bounded=True)
    trainer = Trainer(**{"batch_size": 256, "device": "cpu", **settings})
    return obstacle_to_bfloat16(network, trainer.plan(10_000, network))


@pytest.fixture
def able(monkeypatch):
    """A machine with instructions for bfloat16, whatever this one has."""
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)


def test_strided_and_transposed_convolutions_are_not_reduced_on_a_cpu(able):
    """Whatever the machine can do: their kernels wait in a spin."""
    transposed = ConvNet((32, 64), downsampling="maxpool", upsampling="transposed")
    for factory in (ConvNet((32, 64)), transposed):
        assert "wait for each other" in _obstacle(factory)


def test_double_precision_small_steps_and_short_trainings_are_never_reduced(able):
    large = ConvNet((32, 64), downsampling="maxpool")
    assert not _obstacle(large)
    assert not _obstacle(LatentClustersNet())
    assert "too small" in _obstacle(large, batch_size=4)
    assert "fewer than 200 steps" in _obstacle(large, max_epochs=5)
    assert not _obstacle(large, max_epochs=6)
    assert "less than 2 s" in _obstacle(large, time_limit=1.5)
    assert not _obstacle(large, time_limit=2)
    network = _network((512, 256))
    assert Trainer(dtype="float64", batch_size=1024).plan(10_000, network).bfloat16 is False


def test_a_machine_without_instructions_never_reduces():
    able = getattr(torch.cpu, "get_capabilities", dict)()
    has = bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    assert precision.has_bfloat16(torch.device("cpu")) == has
    if not has:
        assert "no instructions" in _obstacle(LatentClustersNet())


@pytest.mark.parametrize("able", [(), ("avx512_bf16",), ("amx_bf16",), ("avx512_bf16", "amx_bf16")])
def test_one_of_two_sets_of_instructions_is_enough(monkeypatch, able):
    monkeypatch.setattr(
        torch.cpu, "get_capabilities", lambda: dict.fromkeys(able, True), raising=False
    )
    assert precision.has_bfloat16(torch.device("cpu")) is bool(able)
    assert not precision.has_bfloat16(torch.device("mps"))


@pytest.mark.parametrize(
    ("float32", "bfloat16", "is_reduced"),
    [(1.0, 0.5, True), (1.0, 0.94, True), (1.0, 0.96, False), (1.0, 1.0, False), (1.0, 2.0, False)],
)
def test_bfloat16_is_chosen_where_it_gains_five_per_cent(float32, bfloat16, is_reduced):
    assert choose_precision(float32, bfloat16)[0] == is_reduced


def test_the_last_convolution_is_exact_also_when_the_rest_is_reduced():
    layer = OutputConvolution(4, 1, 3, padding=1)
    x = torch.rand(2, 4, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        inside = layer(x)
    assert torch.equal(inside, layer(x))
