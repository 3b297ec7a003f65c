"""Bilinear doubling is Keras' of 2018."""

import pytest
import torch

from latens.networks.layers.bilinear import BilinearConvolution, BilinearUpsample
from latens.networks.layers.output_convolution import OutputConvolution


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


def test_is_exact_where_the_rest_of_the_network_is_not():
    layers = BilinearConvolution(5, 4, OutputConvolution(3, 2, 3, padding=1))
    x = torch.rand(2, 3, 5, 4)
    with torch.autocast("cpu", torch.bfloat16):
        reduced = layers(x)
    torch.testing.assert_close(reduced, layers(x), rtol=0, atol=0)
