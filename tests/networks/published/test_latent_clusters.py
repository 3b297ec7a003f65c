from torch import nn

from latens.networks import LatentClustersNet


def _parts():
    return LatentClustersNet().build((1, 28, 28), code_dim=6)


def test_layers_are_those_of_the_tables(layer_shapes):
    parts = _parts()
    assert layer_shapes(parts.encoder, (1, 28, 28)) == [
        ("Conv2d", 32, 28, 28),
        ("Conv2d", 32, 28, 28),
        ("MaxPool2d", 32, 14, 14),
        ("BatchNorm2d", 32, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("MaxPool2d", 32, 7, 7),
        ("BatchNorm2d", 32, 7, 7),
        ("Conv2d", 16, 7, 7),
        ("Conv2d", 4, 7, 7),
        ("Conv2d", 1, 7, 7),
        ("Flatten", 49),
    ]
    assert layer_shapes(parts.head, (49,)) == [("Linear", 6)]
    assert layer_shapes(parts.decoder, (6,)) == [
        ("Linear", 4),
        ("Unflatten", 1, 2, 2),
        ("Conv2d", 4, 2, 2),
        ("Conv2d", 16, 2, 2),
        ("BatchNorm2d", 16, 2, 2),
        ("Upsample", 16, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("Conv2d", 32, 14, 14),
        ("BatchNorm2d", 32, 14, 14),
        ("UpsampleConvolution", 32, 28, 28),
        ("Conv2d", 32, 28, 28),
        ("OutputConvolution", 1, 28, 28),
    ]


def test_each_layer_has_the_parameters_of_the_tables(count_parameters):
    parts = _parts()
    down = [count_parameters(layer)[0] for layer in [*parts.encoder, *parts.head]]
    expected = [320, 9248, 128, 9248, 9248, 4128, 128, 2064, 260, 17, 300]
    assert [total for total in down if total] == expected
    up = [count_parameters(layer)[0] for layer in parts.decoder]
    expected = [28, 20, 272, 64, 4640, 9248, 9248, 128, 9248, 9248, 289]
    assert [total for total in up if total] == expected


def test_both_halves_have_the_totals_of_the_tables(count_parameters):
    parts = _parts()
    assert count_parameters(parts.encoder, parts.head) == (35_089, 34_961)
    assert count_parameters(parts.decoder) == (42_433, 42_337)


def test_every_hidden_layer_is_followed_by_its_relu():
    """As in Keras, or with the pooling between the two, which gives the same; then normalization."""
    # A convolution that is padded on one side only stands in a Sequential with its padding.
    layers = [type(layer) for layer in _parts().encoder]
    layers = [nn.Conv2d if layer is nn.Sequential else layer for layer in layers]
    after = [layers[n + 1 : n + 4] for n, layer in enumerate(layers) if layer is nn.Conv2d]
    pooled = [nn.MaxPool2d, nn.ReLU, nn.BatchNorm2d]
    assert after.count(pooled) == 2
    assert all(
        following[0] is nn.ReLU
        for following in after
        if following != pooled and following[0] is not nn.Flatten
    )
