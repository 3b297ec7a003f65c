"""Tiles: the result of one pass, in pieces."""

import pytest
import torch

from latens.applications.denoise.tiles import map_tiles
from latens.networks.denoising import DenoisingUNet


@pytest.mark.parametrize("channels", [(6,), (6, 8), (6, 8, 8)])
@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("size", [(150, 131), (160, 40)])
def test_tiles_give_what_one_pass_gives(channels, blocks, size):
    torch.manual_seed(0)
    factory = DenoisingUNet(channels, blocks=blocks)
    network = factory.build(1, 1).eval()
    x = torch.rand(2, 1, *size)
    with torch.no_grad():
        whole = network(x).x_hat
        tiled = map_tiles(lambda part: network(part).x_hat, x, factory.reach, tile=16)
    assert factory.reach % factory.multiple == 0
    torch.testing.assert_close(tiled, whole, atol=1e-5, rtol=1e-4)


def test_less_than_the_reach_is_not_enough():
    torch.manual_seed(0)
    network = DenoisingUNet((6, 8, 8)).build(1, 1).eval()
    x = torch.rand(1, 1, 160, 160)
    with torch.no_grad():
        whole = network(x).x_hat
        tiled = map_tiles(lambda part: network(part).x_hat, x, 8, tile=16)
    assert (tiled - whole).abs().max() > 1e-3
