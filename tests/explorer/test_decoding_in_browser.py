"""What the browser decodes is what PyTorch decodes, for every network."""

import numpy as np
import pytest
from torch import nn

from latens import networks
from latens.explorer.decoders import decoder_of
from latens.explorer.document import page_of
from latens.explorer.exploration import Codes, Exploration, Map
from latens.models import VAE, VQVAE, Autoencoder
from latens.networks import Parts
from latens.training import Trainer

pytestmark = pytest.mark.browser

N = 16


class EveryLayer:
    """A network of a user's own, of the layers that no network of latens has."""

    def build(self, input_shape, code_dim):
        channels, height, width = input_shape
        encoder = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, 16))
        decoder = nn.Sequential(
            nn.Linear(code_dim, 24),
            nn.LayerNorm(24),
            nn.GELU(approximate="tanh"),
            nn.Linear(24, 8 * 3 * 4),
            nn.BatchNorm1d(8 * 3 * 4),
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (8, 3, 4)),
            nn.Conv2d(8, 16, 3, padding=2, dilation=2, groups=2),
            nn.ELU(),
            nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1, groups=4),
            nn.BatchNorm2d(8),
            nn.SiLU(),
            nn.Upsample(size=(9, 11), mode="bilinear", align_corners=True),
            nn.Conv2d(8, 4 * channels, (2, 3), stride=(1, 2), padding=(1, 0), bias=False),
            nn.Tanh(),
            nn.PixelShuffle(2),
            nn.Upsample(scale_factor=1.5, mode="bilinear"),
            nn.Conv2d(channels, channels, 1),
            nn.Upsample(size=(height, width), mode="nearest"),
            nn.Dropout(),
        )
        return Parts(encoder, decoder, 16)


class EveryWindow:
    """A network of 3x3 convolutions with all paddings, on maps of all sizes, doubled ones among them."""

    def build(self, input_shape, code_dim):
        channels, height, width = input_shape
        encoder = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, 16))
        decoder = nn.Sequential(
            nn.Linear(code_dim, 6 * 3 * 5),
            nn.Unflatten(1, (6, 3, 5)),
            nn.Upsample(scale_factor=2),
            nn.GroupNorm(2, 6),
            nn.ReLU(),
            nn.Conv2d(6, 5, 3, padding=1, bias=False),
            nn.Conv2d(5, 7, 3, padding=2),
            nn.Tanh(),
            nn.Conv2d(7, 3, 3),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(3, 4, 3),
            nn.Upsample(scale_factor=2),
            nn.SiLU(),
            nn.Conv2d(4, 4, 3, padding=(1, 0)),
            nn.Upsample(size=(height, width), mode="bilinear"),
            nn.Conv2d(4, channels, 3, padding=1),
        )
        return Parts(encoder, decoder, 16)


def images(rng, *shape):
    """Soft random images, as bytes."""
    rough = rng.random((N, *shape))
    for axis in (1, 2):
        rough = (rough + np.roll(rough, 1, axis) + np.roll(rough, 2, axis)) / 3
    return (255 * rough).astype(np.uint8)


def fitted(kind, code_dim, network, X, **parameters):
    trainer = Trainer(max_epochs=1, batch_size=8)
    return kind(code_dim, network=network, trainer=trainer, random_state=0, **parameters).fit(X)


def models(rng):
    """A model of every network of latens and of a user's own, for images of odd sizes and for tables."""
    odd, color = images(rng, 17, 13), images(rng, 18, 14, 3)
    digits, small = images(rng, 28, 28), images(rng, 32, 32)
    table = rng.normal(size=(N, 9)) * np.arange(1, 10) + 100
    net = networks
    yield "mlp", fitted(Autoencoder, 5, net.MLP((30, 20)), odd)
    yield "relu", fitted(Autoencoder, 5, net.MLP((20,), activation="relu"), odd)
    yield "convnet", fitted(VAE, 5, net.ConvNet((6, 8), activation="gelu"), color)
    yield "transposed", fitted(Autoencoder, 5, net.ConvNet((6, 8), upsampling="transposed"), odd)
    unpooling = net.ConvNet((6, 8), downsampling="maxpool", upsampling="unpool")
    yield "unpool", fitted(Autoencoder, 5, unpooling, odd)
    yield "resnet", fitted(VQVAE, 6, net.ResNet((8, 16), blocks=2), color)
    yield "vit", fitted(Autoencoder, 6, net.ViT(dim=16, depth=1, decoder_depth=2, heads=2), color)
    yield "cifar-sparse", fitted(Autoencoder, 64, net.CifarSparseNet(), small)
    yield "fashion-features", fitted(Autoencoder, 10, net.FashionFeaturesNet(), digits)
    yield "latent-clusters", fitted(Autoencoder, 6, net.LatentClustersNet(), digits)
    yield "mnist-reduction", fitted(Autoencoder, 49, net.MnistReductionNet(), digits)
    yield "own", fitted(Autoencoder, 5, EveryLayer(), color)
    yield "windows", fitted(Autoencoder, 5, EveryWindow(), color)
    yield "table", fitted(Autoencoder, 3, net.MLP((12,)), table)
    yield "bounded table", fitted(Autoencoder, 3, net.MLP((12,)), rng.random((N, 9)))


@pytest.fixture(scope="module")
def decoders():
    """Models with codes and their decoders as they travel."""
    rng = np.random.default_rng(0)
    made = {}
    for name, model in models(rng):
        codes = rng.normal(size=(N, model.latent_dim)).astype(np.float32)
        read = decoder_of(model, codes, most_numbers=10**8)
        assert read.why_not == "", name
        made[name] = model, codes, read.decoder
    return made


def test_every_network_decodes_as_in_pytorch(decoders, visit, tmp_path):
    codes = tuple(Codes(name, Z, decoder) for name, (_, Z, decoder) in decoders.items())
    places = np.random.default_rng(1).normal(size=(N, 2)).astype(np.float32)
    exploration = Exploration("all networks", np.arange(N), (Map("map", places),), codes=codes)
    path = tmp_path / "page.html"
    path.write_text(page_of(exploration), encoding="utf-8")
    visited = visit(path.as_uri())
    decode = "return it[1].map(z => Array.from(explorer.points.codes[it[0]].decoder.inverse(z)));"
    for place, (name, (model, Z, decoder)) in enumerate(decoders.items()):
        expected = model.inverse_transform(Z)
        found = np.array(visited.explorer(decode, [place, Z.astype(float).tolist()]))
        scale = np.broadcast_to(model.scaling_.scale, expected.shape).reshape(N, -1)
        difference = np.abs(found - expected.reshape(N, -1)) / scale
        assert difference.mean() <= 1 / 255, name
        # What rounding the weights does is known; everything beyond that is another computation.
        assert difference.mean() <= decoder.error + 2e-3 / 255, name
    assert visited.messages == []


def test_the_trained_run_decodes_as_in_pytorch(digits_run, page_of_run, visit):
    import latens

    model = latens.load_model(digits_run.model_path("autoencoder"))
    codes = digits_run.array("codes_autoencoder_test")
    scored = digits_run.array("scored_test")
    places = np.searchsorted(scored, digits_run.array("map_rows"))[:40]
    visited = visit(page_of_run(digits_run))
    script = """const { codes } = explorer.decoding;
      return Array.from({ length: 40 }, (_, i) => Array.from(codes.decoder.inverse(codes.of(i))));"""
    found = np.array(visited.explorer(script)).reshape(40, 8, 8)
    difference = np.abs(found - model.inverse_transform(codes[places]))
    assert difference.mean() <= model.scaling_.scale / 255
