import pytest
import torch
from torch.nn import functional

from latens.networks.published.keras_layers import (
    batch_norm,
    convolution,
    same_padding,
)

# As TensorFlow's documentation of "SAME" gives them: (size, kernel, stride) and (before, after).
PADDINGS = [
    ((28, 3, 2), (0, 1)),
    ((14, 3, 2), (0, 1)),
    ((7, 3, 2), (1, 1)),
    ((28, 2, 1), (0, 1)),
    ((7, 2, 1), (0, 1)),
    ((28, 3, 1), (1, 1)),
    ((32, 5, 1), (2, 2)),
    ((28, 1, 1), (0, 0)),
    ((5, 4, 3), (1, 1)),
    ((5, 1, 2), (0, 0)),
]


@pytest.mark.parametrize(("side", "expected"), PADDINGS)
def test_same_padding_has_its_odd_zero_at_the_end(side, expected):
    assert same_padding(*side) == expected


@pytest.mark.parametrize(("side", "zeros"), PADDINGS)
def test_a_same_convolution_is_one_of_a_picture_padded_by_hand(side, zeros):
    size, kernel, stride = side
    layer = convolution(2, 3, kernel, stride=stride)
    picture = torch.rand(4, 2, size, size)
    padded = torch.zeros(4, 2, size + sum(zeros), size + sum(zeros))
    inside = slice(zeros[0], zeros[0] + size)
    padded[..., inside, inside] = picture
    weight, bias = layer.parameters()
    torch.testing.assert_close(
        layer(picture), functional.conv2d(padded, weight, bias, stride=stride)
    )
    assert layer(picture).shape[2] == -(-size // stride)


def test_a_same_convolution_pads_unequal_sides_each_by_its_own_rule():
    picture = torch.rand(1, 1, 28, 7)
    layer = convolution(1, 1, 3, stride=2)
    by_hand = functional.conv2d(
        functional.pad(picture, (1, 1, 0, 1)), *layer.parameters(), stride=2
    )
    torch.testing.assert_close(layer(picture), by_hand)


def test_a_valid_convolution_pads_nothing():
    assert convolution(1, 2, 3, padding="valid")(torch.rand(1, 1, 16, 16)).shape == (1, 2, 14, 14)


def test_batch_norm_moves_its_statistics_as_keras_does():
    """moving = .99 moving + .01 batch, and a variance of 1e-3 is added before the root."""
    layer = batch_norm(1)
    x = torch.randn(64, 1, 5, 5, dtype=torch.float32) * 3 + 10
    out = layer(x)
    torch.testing.assert_close(layer.running_mean, 0.01 * x.mean().reshape(1))
    torch.testing.assert_close(layer.running_var, 0.99 + 0.01 * x.var().reshape(1))
    expected = (x - x.mean()) / (x.var(correction=0) + 1e-3).sqrt()
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-5)
