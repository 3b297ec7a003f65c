"""What is hidden is not seen."""

import pytest
import torch

from latens.networks.denoising_mlp import DenoisingMLP
from latens.networks.denoising_unet import DenoisingUNet
from latens.objectives.blind_spot import hidden_values, predicted


@pytest.mark.parametrize(
    "shape", [(2, 1, 9, 9), (2, 3, 8, 13), (1, 1, 1, 20), (1, 2, 1, 1), (4, 7), (3, 1)]
)
def test_looks_hide_every_value_once(shape):
    x = torch.rand(shape)
    looks = hidden_values(x)
    assert looks
    assert torch.equal(sum(looks), torch.ones(1, *shape[1:]))


@pytest.mark.parametrize(
    "shape", [(1, 1, 9, 9), (1, 3, 8, 13), (1, 1, 1, 20), (1, 2, 1, 1), (1, 7)]
)
def test_no_prediction_depends_on_the_values_it_is_for(shape):
    torch.manual_seed(0)
    n = shape[1]
    factory = DenoisingMLP((8,)) if len(shape) == 2 else DenoisingUNet((6, 8))
    network = factory.build(2 * n, n).eval()
    for hidden in hidden_values(torch.rand(shape)):
        x = torch.rand(shape, requires_grad=True)
        told = (hidden * predicted(network, x, hidden)).sum()
        (gradient,) = torch.autograd.grad(told, x)
        assert (gradient * hidden).abs().max() == 0
