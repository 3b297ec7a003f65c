"""A network that starts from the mean sample."""

import pytest
import torch

from latens.networks import MLP, ConvNet, Deterministic, LatentClustersNet, Network, ResNet
from latens.networks.layers.standardize import Standardize, start_from_mean

FACTORIES = [MLP((16,)), ConvNet((4, 8)), ResNet((4, 8))]


def _network(factory, *, bounded):
    torch.manual_seed(0)
    parts = factory.build((1, 12, 12), code_dim=3)
    return Network(parts, Deterministic(parts, 3), bounded=bounded)


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("factory", FACTORIES)
def test_a_decoder_that_says_nothing_gives_the_mean_sample(factory, bounded):
    network = _network(factory, bounded=bounded)
    x = 0.05 + 0.9 * torch.rand(50, 1, 12, 12)
    start_from_mean(network, x, bounded=bounded)
    for parameter in network.decoder.parameters():
        torch.nn.init.zeros_(parameter)
    torch.testing.assert_close(network(x).x_hat, x.mean(0).expand_as(x))


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_encoder_sees_mean_zero_and_spread_one(factory):
    network = _network(factory, bounded=True)
    x = torch.rand(50, 1, 12, 12)
    start_from_mean(network, x, bounded=True)
    seen = network.encoder[0](x)
    torch.testing.assert_close(seen.mean(0), torch.zeros(1, 12, 12), atol=1e-5, rtol=0)
    torch.testing.assert_close(seen.square().mean(), torch.ones(()))


def test_equal_samples_are_not_divided_by_zero():
    network = _network(MLP((4,)), bounded=True)
    x = torch.ones(5, 1, 12, 12)
    start_from_mean(network, x, bounded=True)
    assert network(x).x_hat.isfinite().all()


def test_a_prescribed_network_stays_as_its_study_has_it():
    parts = LatentClustersNet().build((1, 28, 28), code_dim=6)
    assert not any(isinstance(layer, Standardize) for layer in parts.encoder.modules())


def test_many_equal_samples_have_no_spread():
    network = _network(MLP((4,)), bounded=True)
    start_from_mean(network, torch.full((5000, 1, 12, 12), 0.73), bounded=True)
    layer = next(one for one in network.modules() if isinstance(one, Standardize))
    assert layer.spread == 1
