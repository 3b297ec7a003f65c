import pytest
import torch

from latens.exceptions import ParameterError
from latens.networks import ConvNet

SAMPLINGS = [
    ("stride", "resize"),
    ("stride", "transposed"),
    ("maxpool", "resize"),
    ("maxpool", "transposed"),
    ("maxpool", "unpool"),
]


@pytest.mark.parametrize("size", [(28, 28), (27, 33), (8, 8), (5, 1), (64, 17), (1, 1)])
@pytest.mark.parametrize("colors", [1, 3])
@pytest.mark.parametrize("channels", [None, (4,), (4, 8, 8)])
@pytest.mark.parametrize(("downsampling", "upsampling"), SAMPLINGS)
def test_any_height_and_width_come_back(size, colors, channels, downsampling, upsampling):
    network = ConvNet(channels, downsampling=downsampling, upsampling=upsampling)
    parts = network.build((colors, *size), code_dim=3)
    h = parts.encoder(torch.rand(2, colors, *size))
    assert h.shape == (2, parts.width)
    assert parts.decoder(torch.rand(2, 3)).shape == (2, colors, *size)


def test_stages_are_added_until_the_map_is_small():
    parts = ConvNet().build((1, 100, 60), code_dim=3)
    strides = [m.stride for m in parts.encoder.modules() if isinstance(m, torch.nn.Conv2d)]
    # 100 -> 50 -> 25 -> 13 -> 7
    assert strides == [(2, 2)] * 4


def test_a_shifted_picture_gives_a_shifted_map():
    """The encoder's first stages see the same thing wherever it is, away from the border."""
    encoder = ConvNet((4,)).build((1, 32, 32), code_dim=3).encoder[:2]
    picture = torch.zeros(1, 1, 32, 32)
    picture[..., 10:14, 10:14] = torch.rand(4, 4)
    shifted = encoder(picture.roll((4, 6), dims=(2, 3)))
    torch.testing.assert_close(shifted, encoder(picture).roll((2, 3), dims=(2, 3)))


def test_tables_are_refused_with_the_way_out():
    with pytest.raises(ParameterError, match=r"ConvNet needs images .* use MLP"):
        ConvNet().build((10,), code_dim=3)


def test_unpooling_needs_pooling():
    with pytest.raises(
        ParameterError, match=r"'upsampling' .* Got 'unpool'.*downsampling='maxpool'"
    ):
        ConvNet(upsampling="unpool").build((1, 8, 8), code_dim=3)


@pytest.mark.parametrize(
    "wrong", [{"channels": ()}, {"downsampling": "average"}, {"upsampling": "bilinear"}]
)
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(
        ParameterError, match=f"The '{next(iter(wrong))}' parameter of ConvNet must"
    ):
        ConvNet(**wrong).build((1, 8, 8), code_dim=3)
