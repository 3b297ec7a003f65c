"""Bilinear doubling is Keras' of 2018; with a convolution at once it is doubling and then convolving."""

import pytest
import torch
from torch import nn

from latens.networks.bilinear import BilinearConvolution, BilinearUpsample
from latens.networks.output_convolution import OutputConvolution


def _layers(kernel, channels=2):
    torch.manual_seed(0)
    convolution = OutputConvolution(3, channels, kernel, padding=kernel // 2)
    return BilinearConvolution(5, 4, convolution).double()


def test_bilinear_upsampling_keeps_even_rows_and_takes_means_between():
    picture = torch.tensor([[[[0.0, 4.0], [8.0, 20.0]]]])
    expected = torch.tensor([[0.0, 2, 4, 4], [4, 8, 12, 12], [8, 14, 20, 20], [8, 14, 20, 20]])
    torch.testing.assert_close(BilinearUpsample(2, 2)(picture)[0, 0], expected)


def test_bilinear_upsampling_of_any_map_keeps_it_in_even_places():
    picture = torch.rand(2, 3, 5, 4, dtype=torch.float64)
    twice = BilinearUpsample(5, 4).double()(picture)
    assert twice.shape == (2, 3, 10, 8)
    torch.testing.assert_close(twice[..., ::2, ::2], picture)
    torch.testing.assert_close(
        twice[..., 1:-1:2, ::2], (picture[..., 1:, :] + picture[..., :-1, :]) / 2
    )


def test_bilinear_upsampling_first_used_without_gradients_can_be_trained_afterwards():
    with torch.inference_mode():
        BilinearUpsample(3, 3)(torch.rand(1, 2, 3, 3))
    x = torch.rand(1, 2, 3, 3, requires_grad=True)
    BilinearUpsample(3, 3)(x).sum().backward()
    assert x.grad.sum() == pytest.approx(1 * 2 * 6 * 6)


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("channels", [1, 2])
def test_gives_the_same_maps(kernel, channels):
    layers = _layers(kernel, channels)
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64)
    torch.testing.assert_close(layers(x), nn.Sequential.forward(layers, x))


@pytest.mark.parametrize("kernel", [3, 5])
def test_gives_the_same_gradients(kernel):
    layers = _layers(kernel)
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    wanted = [x, *layers.parameters()]
    weights = torch.rand(2, 2, 10, 8, dtype=torch.float64)
    ours = torch.autograd.grad((weights * layers(x)).sum(), wanted)
    plain = torch.autograd.grad((weights * nn.Sequential.forward(layers, x)).sum(), wanted)
    assert len(ours) == 3
    torch.testing.assert_close(ours, plain)


def test_is_exact_where_the_rest_of_the_network_is_not():
    layers = _layers(3).float()
    x = torch.rand(2, 3, 5, 4)
    with torch.autocast("cpu", torch.bfloat16):
        reduced = layers(x)
    torch.testing.assert_close(reduced, layers(x), rtol=0, atol=0)


def test_its_state_is_that_of_the_two_layers():
    assert list(_layers(3).state_dict()) == ["1.weight", "1.bias"]
