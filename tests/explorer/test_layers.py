"""Every decoder of latens has a description, and what has none is refused with its name."""

import pytest
import torch
from torch import nn

from latens import networks
from latens.explorer.layers import UnknownLayer, describe

SHAPES = {
    "MLP": ((3, 7, 5), 4),
    "ConvNet": ((3, 17, 12), 4),
    "ResNet": ((3, 17, 12), 4),
    "ViT": ((3, 16, 12), 4),
}


def factories():
    """Every class of the package that builds a network, with a shape that it takes."""
    for name in networks.__all__:
        found = getattr(networks, name)
        if name == "NetworkFactory" or not hasattr(found, "build"):
            continue
        shape = SHAPES.get(name) or (found.input_shape, found.code_dim)
        yield pytest.param(found(), *shape, id=name)


def test_there_are_networks_to_test():
    assert len(list(factories())) >= 7


@pytest.mark.parametrize(("factory", "shape", "code_dim"), list(factories()))
def test_the_decoder_of_every_network_has_a_description(factory, shape, code_dim):
    layers = describe(factory.build(shape, code_dim).decoder)
    assert layers


def test_dropout_and_identity_do_nothing_in_use():
    assert describe(nn.Sequential(nn.Dropout(), nn.Identity())) == ()


def test_batch_norm_becomes_what_it_computes_in_use():
    norm = nn.BatchNorm2d(3)
    norm(torch.rand(20, 3, 4, 4) * 5)
    norm.eval()
    (layer,) = describe(norm)
    x = torch.rand(1, 3, 4, 4)
    scale, shift = (
        torch.from_numpy(layer.tensors[name])[:, None, None] for name in ("scale", "shift")
    )
    torch.testing.assert_close(norm(x), x * scale + shift)


class Doubled(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (nn.LSTM(2, 2), "LSTM"),
        (Doubled(2, 2), "Doubled"),
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax(1)), "Softmax"),
        (nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), "circular"),
        (nn.Upsample(scale_factor=2, mode="bicubic"), "bicubic"),
        (nn.BatchNorm2d(2, track_running_stats=False), "running statistics"),
        (nn.LayerNorm((3, 4)), "more than one axis"),
        (nn.Flatten(0), "some of its axes"),
    ],
)
def test_what_the_page_cannot_compute_is_refused_by_name(module, words):
    with pytest.raises(UnknownLayer, match=words):
        describe(module)
