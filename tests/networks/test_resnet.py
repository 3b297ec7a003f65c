import numpy as np
import pytest
import torch

import latens
from latens.exceptions import ParameterError
from latens.models import Autoencoder
from latens.networks import ResNet
from latens.networks.resnet import ResidualBlock
from latens.training import Trainer


@pytest.mark.parametrize("size", [(28, 28), (27, 33), (5, 1), (64, 17), (1, 1)])
@pytest.mark.parametrize("colors", [1, 3])
@pytest.mark.parametrize("channels", [None, (4,), (2, 9, 6)])
def test_any_height_and_width_come_back(size, colors, channels):
    parts = ResNet(channels).build((colors, *size), code_dim=3)
    h = parts.encoder(torch.rand(1, colors, *size))
    assert h.shape == (1, parts.width)
    assert parts.decoder(torch.rand(1, 3)).shape == (1, colors, *size)


def test_a_block_without_change_is_its_shortcut():
    block = ResidualBlock(4, 4, torch.nn.ReLU)
    torch.nn.init.zeros_(block.change[-1].weight)
    torch.nn.init.zeros_(block.change[-1].bias)
    x = torch.randn(2, 4, 5, 5)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("blocks", [1, 3])
def test_every_stage_has_its_blocks_and_halves_once(blocks):
    parts = ResNet((4, 6), blocks=blocks).build((1, 20, 20), code_dim=3)
    down, up = (
        [module for module in half.modules() if isinstance(module, ResidualBlock)]
        for half in (parts.encoder, parts.decoder)
    )
    assert len(up) == 2 * blocks
    strides = [block.change[2].stride[0] for block in down]
    assert strides == ([2] + [1] * (blocks - 1)) * 2


def test_a_code_does_not_depend_on_the_samples_beside_it_nor_on_the_mode():
    torch.manual_seed(0)
    parts = ResNet((8, 16)).build((1, 12, 12), code_dim=3)
    x = torch.rand(6, 1, 12, 12)
    h = parts.encoder(x)
    torch.testing.assert_close(parts.encoder(x[:1]), h[:1])
    torch.testing.assert_close(parts.encoder.eval()(x), h)


def test_gradients_reach_every_weight():
    torch.manual_seed(0)
    parts = ResNet((4, 6), blocks=2).build((1, 12, 12), code_dim=3)
    head = torch.nn.Linear(parts.width, 3)
    parts.decoder(head(parts.encoder(torch.rand(4, 1, 12, 12)))).square().sum().backward()
    weights = [*parts.encoder.parameters(), *parts.decoder.parameters()]
    assert all(weight.grad is not None and weight.grad.any() for weight in weights)


def test_a_saved_model_comes_back(tmp_path):
    X = np.random.default_rng(0).integers(256, size=(20, 9, 12), dtype=np.uint8)
    network = ResNet((4, 6), blocks=2, activation="silu")
    trainer = Trainer(max_epochs=2, callbacks=())
    model = Autoencoder(3, network=network, trainer=trainer, random_state=0).fit(X)
    model.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model", device="cpu")
    np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))


@pytest.mark.parametrize(
    "wrong", [{"blocks": 0}, {"channels": (4, 1)}, {"channels": ()}, {"activation": "swish"}]
)
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(ParameterError, match=f"The '{next(iter(wrong))}' parameter of ResNet must"):
        ResNet(**wrong).build((1, 8, 8), code_dim=3)


def test_tables_are_refused_with_the_way_out():
    with pytest.raises(ParameterError, match=r"ResNet needs images .* use MLP"):
        ResNet().build((10,), code_dim=3)
