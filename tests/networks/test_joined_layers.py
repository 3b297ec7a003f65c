"""Up-sampling and convolving at once is up-sampling and then convolving."""

import pytest
import torch
from torch import nn

from latens.networks.upsampling import UpsampleConvolution


def _layers(kernel):
    torch.manual_seed(0)
    convolution = nn.Conv2d(3, 4, kernel, padding=kernel // 2)
    return UpsampleConvolution(convolution).double()


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_gives_the_same_maps(kernel):
    layers = _layers(kernel)
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64)
    torch.testing.assert_close(layers(x), nn.Sequential.forward(layers, x))


@pytest.mark.parametrize("kernel", [3, 5])
def test_gives_the_same_gradients(kernel):
    layers = _layers(kernel)
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    wanted = [x, *layers.parameters()]
    weights = torch.rand(2, 4, 10, 8, dtype=torch.float64)
    ours = torch.autograd.grad((weights * layers(x)).sum(), wanted)
    plain = torch.autograd.grad((weights * nn.Sequential.forward(layers, x)).sum(), wanted)
    assert len(ours) == 3
    torch.testing.assert_close(ours, plain)


def test_its_state_is_that_of_the_two_layers():
    assert list(_layers(3).state_dict()) == ["1.weight", "1.bias"]
