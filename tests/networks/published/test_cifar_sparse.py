import torch
from torch.nn import functional

from latens.networks import CifarSparseNet


def test_layers_are_those_of_the_text(layer_shapes):
    parts = CifarSparseNet().build((1, 32, 32), code_dim=64)
    assert layer_shapes(parts.encoder, (1, 32, 32)) == [
        ("Conv2d", 3, 32, 32),
        ("MaxPool2d", 3, 16, 16),
        ("Conv2d", 1, 16, 16),
        ("MaxPool2d", 1, 8, 8),
        ("Flatten", 64),
    ]
    assert layer_shapes(parts.decoder, (64,)) == [
        ("Unflatten", 1, 8, 8),
        ("Conv2d", 1, 8, 8),
        ("UpsampleConvolution", 3, 16, 16),
        ("UpsampleConvolution", 1, 32, 32),
    ]


def test_the_code_is_the_second_pooling():
    parts = CifarSparseNet().build((1, 32, 32), code_dim=64)
    x = torch.rand(3, 1, 32, 32)
    second = parts.encoder[:4](x).relu()
    torch.testing.assert_close(
        parts.head(parts.encoder(x)), functional.max_pool2d(second, 2).flatten(1)
    )
