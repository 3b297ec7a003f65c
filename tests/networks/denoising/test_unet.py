"""The network that removes noise: sizes, and what having no bias means."""

import pytest
import torch

from latens.exceptions import ParameterError
from latens.networks.denoising.unet import DenoisingUNet


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (28, 28), (31, 17)])
def test_every_size_comes_back(size):
    network = DenoisingUNet((4, 8, 8)).build(2, 1)
    assert network(torch.rand(3, 2, *size)).x_hat.shape == (3, 1, *size)


def test_twice_the_image_and_the_noise_give_twice_the_answer():
    torch.manual_seed(0)
    network = DenoisingUNet((8, 16)).build(2, 1).eval()
    x = torch.rand(1, 2, 24, 24)
    torch.testing.assert_close(network(2 * x).x_hat, 2 * network(x).x_hat)


def test_no_levels():
    with pytest.raises(ParameterError, match="one level at least"):
        DenoisingUNet(()).build(1, 1)
