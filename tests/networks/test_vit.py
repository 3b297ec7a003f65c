import pytest
import torch

from latens.exceptions import ParameterError
from latens.networks import ViT
from latens.networks.layers.patches import JoinPatches, SplitPatches
from latens.networks.vit import TransformerBlock


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 16), (2, 7, 5)])
@pytest.mark.parametrize("side", [1, 3, 4])
def test_patches_are_squares_of_the_picture_and_come_back(shape, side):
    split = SplitPatches(shape, side)
    x = torch.rand(4, *shape)
    patches = split(x)
    assert patches.shape == (4, split.number, split.values)
    assert torch.equal(JoinPatches(split)(patches), x)
    if split.columns > 1 and shape[2] >= 2 * side:
        second = patches[:, 1].view(4, shape[0], side, side)
        assert torch.equal(second, x[:, :, :side, side : 2 * side])


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 16), (1, 3, 2)])
def test_the_decoder_gives_back_the_shape_of_the_input(shape):
    parts = ViT(dim=8, heads=2).build(shape, code_dim=5)
    h = parts.encoder(torch.rand(4, *shape))
    assert h.shape == (4, parts.width)
    assert parts.decoder(torch.rand(4, 5)).shape == (4, *shape)


def test_a_block_is_attention_as_torch_computes_it():
    block = TransformerBlock(8, heads=2)
    tokens = torch.randn(3, 5, 8)
    normed = block.before_attention(tokens)
    reference = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    with torch.no_grad():
        reference.in_proj_weight.copy_(block.asks.weight)
        reference.in_proj_bias.copy_(block.asks.bias)
        reference.out_proj.weight.copy_(block.answers.weight)
        reference.out_proj.bias.copy_(block.answers.bias)
        expected, _ = reference(normed, normed, normed)
        ours = block.answers(block._attended(normed))
    torch.testing.assert_close(ours, expected)


def test_every_token_hears_of_every_patch():
    encoder = ViT(2, dim=8, heads=2, depth=1).build((1, 6, 6), code_dim=2).encoder
    x = torch.rand(1, 1, 6, 6, requires_grad=True)
    encoder(x)[0, 0].backward()  # of the first token; all of its numbers always have the same sum
    assert (x.grad != 0).all()


def test_places_tell_equal_patches_apart():
    encoder = ViT(2, dim=8, heads=2).build((1, 4, 4), code_dim=2).encoder
    tokens = encoder(torch.ones(1, 1, 4, 4)).view(4, 8)
    assert not torch.allclose(tokens[0], tokens[1])


def test_it_can_be_differentiated_twice():
    parts = ViT(dim=8, heads=2).build((1, 6, 6), code_dim=2)
    x = torch.rand(2, 1, 6, 6, requires_grad=True)
    (gradient,) = torch.autograd.grad(parts.encoder(x).sum(), x, create_graph=True)
    gradient.square().sum().backward()
    assert parts.encoder[4].asks.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("wrong", [{"patch": 0}, {"dim": 0}, {"depth": 0}, {"heads": 1.5}])
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(ParameterError, match=f"The '{next(iter(wrong))}' parameter of ViT must be"):
        ViT(**wrong).build((1, 8, 8), code_dim=2)


def test_what_does_not_fit_is_refused_with_the_way_out():
    with pytest.raises(ParameterError, match="multiple of heads=4"):
        ViT(dim=10).build((1, 8, 8), code_dim=2)
    with pytest.raises(ParameterError, match="use MLP"):
        ViT().build((8,), code_dim=2)
