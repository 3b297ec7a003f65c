"""Up-sampling and convolving at once, by either rule, is up-sampling and then convolving."""

import pytest
import torch
from torch import nn

from latens.networks.layers.bilinear import BilinearConvolution
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.layers.upsampling import UpsampleConvolution


def _nearest(kernel, channels=4):
    return UpsampleConvolution(nn.Conv2d(3, channels, kernel, padding=kernel // 2))


def _bilinear(kernel, channels=2):
    convolution = OutputConvolution(3, channels, kernel, padding=kernel // 2)
    return BilinearConvolution(5, 4, convolution)


JOINED = (_nearest, _bilinear)


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("joined", JOINED)
def test_gives_the_same_maps(joined, channels, kernel):
    torch.manual_seed(0)
    layers = joined(kernel, channels).double()
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64)
    torch.testing.assert_close(layers(x), nn.Sequential.forward(layers, x))


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("joined", JOINED)
def test_gives_the_same_gradients(joined, kernel):
    torch.manual_seed(0)
    layers = joined(kernel).double()
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    wanted = [x, *layers.parameters()]
    weights = torch.rand(2, layers[1].out_channels, 10, 8, dtype=torch.float64)
    ours = torch.autograd.grad((weights * layers(x)).sum(), wanted)
    plain = torch.autograd.grad((weights * nn.Sequential.forward(layers, x)).sum(), wanted)
    assert len(ours) == 3
    torch.testing.assert_close(ours, plain)


@pytest.mark.parametrize("joined", JOINED)
def test_its_state_is_that_of_the_two_layers(joined):
    assert list(joined(3).state_dict()) == ["1.weight", "1.bias"]
