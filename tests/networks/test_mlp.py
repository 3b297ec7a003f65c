import pytest
import torch

from latens.exceptions import ParameterError
from latens.networks import MLP


@pytest.mark.parametrize("shape", [(1,), (30,), (1, 8, 8), (3, 7, 5)])
@pytest.mark.parametrize("hidden", [(), (16,), (16, 8)])
def test_the_decoder_gives_back_the_shape_of_the_input(shape, hidden):
    parts = MLP(hidden).build(shape, code_dim=3)
    h = parts.encoder(torch.rand(4, *shape))
    assert h.shape == (4, parts.width)
    assert parts.decoder(torch.rand(4, 3)).shape == (4, *shape)


def test_an_empty_tuple_makes_both_halves_linear():
    parts = MLP(()).build((6,), code_dim=2)
    x, y = torch.rand(2, 5, 2)
    together = parts.decoder(x + y) + parts.decoder(torch.zeros(5, 2))
    torch.testing.assert_close(together, parts.decoder(x) + parts.decoder(y))


def test_parameters_are_those_of_the_layers():
    parts = MLP((5,)).build((4,), code_dim=2)
    count = sum(p.numel() for half in (parts.encoder, parts.decoder) for p in half.parameters())
    assert count == (4 * 5 + 5) + (2 * 5 + 5) + (5 * 4 + 4)


@pytest.mark.parametrize("wrong", [{"hidden": (0,)}, {"hidden": 5}, {"activation": "swish"}])
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(ParameterError, match=f"The '{next(iter(wrong))}' parameter of MLP must be"):
        MLP(**wrong).build((4,), code_dim=2)
