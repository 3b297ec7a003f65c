import pytest
import torch

from latens.exceptions import ParameterError
from latens.networks import MnistReductionNet


def _parts(**parameters):
    return MnistReductionNet(**parameters).build((1, 28, 28), code_dim=49)


def test_layers_are_those_of_the_table(layer_shapes):
    parts = _parts()
    assert layer_shapes(parts.encoder, (1, 28, 28)) == [
        ("Conv2d", 64, 28, 28),
        ("Conv2d", 128, 28, 28),
        ("BatchNorm2d", 128, 28, 28),
        ("MaxPool2d", 128, 14, 14),
        ("Conv2d", 256, 14, 14),
        ("BatchNorm2d", 256, 14, 14),
        ("MaxPool2d", 256, 7, 7),
        ("Conv2d", 1, 7, 7),
        ("Flatten", 49),
    ]
    assert layer_shapes(parts.head, (49,)) == [("Dropout", 49), ("Linear", 49)]
    assert layer_shapes(parts.decoder, (49,)) == [
        ("Linear", 49),
        ("Linear", 784),
        ("Unflatten", 1, 28, 28),
        ("Conv2d", 64, 28, 28),
        ("OutputConvolution", 1, 28, 28),
    ]


def test_each_layer_has_the_parameters_of_the_table(count_parameters):
    parts = _parts()
    totals = [count_parameters(layer)[0] for layer in [*parts.encoder, *parts.head, *parts.decoder]]
    # The text lost the counts of the two 1x1 convolutions, 257 and 65.
    expected = [640, 73856, 512, 295168, 1024, 257, 2450, 2450, 39200, 640, 65]
    assert [total for total in totals if total] == expected


def test_dropout_leaves_out_its_share_while_training_only():
    h = torch.ones(2000, 49)
    dropout = _parts(dropout=0.3).head[0]
    assert (dropout(h) == 0).float().mean() == pytest.approx(0.3, abs=0.01)
    assert torch.equal(dropout.eval()(h), h)


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh"])
def test_the_codes_range_is_that_of_its_activation(activation):
    z = _parts(code_activation=activation).head.eval()(10 * torch.randn(200, 49))
    lowest = {"linear": -torch.inf, "relu": 0.0, "tanh": -1.0}[activation]
    assert lowest <= z.min() < z.max()
    assert (z.min() < -1) == (activation == "linear")
    assert (z.max() > 1) == (activation != "tanh")


@pytest.mark.parametrize("wrong", [{"dropout": 1.0}, {"code_activation": "sigmoid"}])
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(ParameterError, match=f"The '{next(iter(wrong))}' parameter of Mnist"):
        _parts(**wrong)
