import torch

from latens.networks import FashionFeaturesNet


def _parts():
    return FashionFeaturesNet().build((1, 28, 28), code_dim=10)


def test_layers_are_those_of_the_notebooks_summary(layer_shapes):
    parts = _parts()
    assert layer_shapes(parts.encoder, (1, 28, 28)) == [
        ("Conv2d", 32, 14, 14),
        ("BatchNorm2d", 32, 14, 14),
        ("Conv2d", 16, 7, 7),
        ("BatchNorm2d", 16, 7, 7),
        ("Conv2d", 16, 4, 4),
        ("BatchNorm2d", 16, 4, 4),
        ("Flatten", 256),
    ]
    assert layer_shapes(parts.head, (256,)) == [("Linear", 10)]
    assert layer_shapes(parts.decoder, (10,)) == [
        ("Linear", 256),
        ("Unflatten", 16, 4, 4),
        ("Conv2d", 16, 4, 4),
        ("BatchNorm2d", 16, 4, 4),
        ("BilinearUpsample", 16, 8, 8),
        ("Conv2d", 16, 8, 8),
        ("BatchNorm2d", 16, 8, 8),
        ("BilinearUpsample", 16, 16, 16),
        ("Conv2d", 32, 14, 14),
        ("BatchNorm2d", 32, 14, 14),
        ("BilinearConvolution", 1, 28, 28),
    ]


def test_codes_are_never_negative():
    parts = _parts()
    assert parts.head(100 * torch.randn(50, 256)).min() == 0
