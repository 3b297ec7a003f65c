"""What a hand-made network looks for is known, so what is found in it can be right or wrong."""

import numpy as np
import pytest
import torch
from torch import nn

from latens.models import VAE, Autoencoder
from latens.networks import MLP, ConvNet, FashionFeaturesNet, Parts, ResNet, ViT
from latens.studies.filters import look_inside
from latens.training import Trainer

ONCE = Trainer(max_epochs=1, callbacks=())


class Made:
    """A factory for an encoder that is there already."""

    def __init__(self, *layers: nn.Module) -> None:
        self.layers = layers

    def build(self, input_shape, code_dim):
        encoder = nn.Sequential(*self.layers, nn.Flatten())
        width = encoder(torch.zeros(1, *input_shape)).shape[1]
        decoder = nn.Sequential(
            nn.Linear(code_dim, int(np.prod(input_shape))), nn.Unflatten(1, input_shape)
        )
        return Parts(encoder, decoder, width)


def fitted(X, *layers, latent_dim=3):
    """A model whose layers have the weights that they were given."""
    states = [{k: v.clone() for k, v in layer.state_dict().items()} for layer in layers]
    model = Autoencoder(latent_dim, network=Made(*layers), trainer=ONCE, random_state=0).fit(X)
    for layer, state in zip(model.network_.encoder, states, strict=False):
        layer.load_state_dict(state)
    return model


def convolution(kernel, **options):
    """A convolution without bias of the given kernels, shape (units, height, width)."""
    kernel = torch.as_tensor(kernel, dtype=torch.float32)
    layer = nn.Conv2d(1, len(kernel), tuple(kernel.shape[1:]), bias=False, **options)
    layer.weight = nn.Parameter(kernel[:, None])
    return layer


@pytest.fixture
def noise(rng):
    return rng.integers(0, 256, (40, 11, 13)).astype(np.uint8)


def correlations(X, kernel, stride, padding):
    """Every unit's value and the window that it sees, by slicing alone."""
    padded = np.pad(X.astype(float), ((0, 0), (padding, padding), (padding, padding)))
    h, w = kernel.shape
    found = []
    for image, picture in enumerate(padded):
        for top in range(0, picture.shape[0] - h + 1, stride):
            for left in range(0, picture.shape[1] - w + 1, stride):
                window = picture[top : top + h, left : left + w]
                found.append(((window * kernel).sum(), image, window))
    return found


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_patches_are_the_windows_that_excite_a_convolution_most(noise, rng, stride, padding):
    kernel = rng.normal(size=(2, 3, 4))
    model = fitted(noise, convolution(kernel, stride=stride, padding=padding))
    first = look_inside(model, noise)[0]
    np.testing.assert_allclose(first.filters[..., 0], kernel, rtol=1e-6)
    for unit in range(2):
        best = {}
        for value, image, window in correlations(noise, kernel[unit], stride, padding):
            if image not in best or value > best[image][0]:
                best[image] = (value, window)
        ranked = sorted(best.values(), key=lambda one: -one[0])[:6]
        np.testing.assert_array_equal(first.patches[unit], [window for _, window in ranked])


def test_patches_of_stacked_layers_have_the_size_and_the_step_of_what_they_see(rng):
    images = rng.integers(0, 256, (20, 19, 25)).astype(np.uint8)
    layers = (
        convolution(rng.uniform(0.5, 1, (1, 3, 3)), stride=2, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        convolution(rng.uniform(0.5, 1, (1, 2, 2))),
    )
    first, second, _ = look_inside(fitted(images, *layers), images)
    assert first.patches.shape[2:] == (3, 3)
    # A convolution of 3, a pool of 2 in steps of 2, a convolution of 2 in steps of 4.
    assert second.patches.shape[2:] == (9, 9)
    padded = np.pad(images, ((0, 0), (1, 9), (1, 9)))
    for patch in second.patches[0]:
        places = [
            (top, left)
            for picture in padded
            for top in range(20)
            for left in range(26)
            if np.array_equal(picture[top : top + 9, left : left + 9], patch)
        ]
        assert len(places) == 1
        assert places[0][0] % 4 == places[0][1] % 4 == 0


def test_a_detector_of_vertical_edges_finds_vertical_edges():
    images = np.zeros((60, 12, 12), dtype=np.uint8)
    for at in range(30):
        images[at, :, 3 + at % 6 :] = 255  # dark on the left, bright on the right
        images[at + 30, 3 + at % 6 :] = 255  # the same from top to bottom
    edge = np.array([[[-1, 0, 1]] * 3, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]])
    first = look_inside(fitted(images, convolution(edge)), images)[0]
    vertical, horizontal = first.patches.astype(int)
    assert (vertical[:, :, -1] - vertical[:, :, 0] == 255).all()
    assert (vertical[:, 0] == vertical[:, -1]).all()
    assert (horizontal[:, -1] - horizontal[:, 0] == 255).all()


def test_patches_beyond_the_border_are_black_there():
    images = np.full((8, 6, 6), 255, dtype=np.uint8)
    images[:, 1:] = 100
    corner = np.zeros((1, 3, 3))
    corner[0, 1:, 1:] = 1
    corner[0, 0] = -10  # wants nothing above
    first = look_inside(fitted(images, convolution(corner, padding=1)), images)[0]
    assert (first.patches[0, :, 0] == 0).all()
    assert (first.patches[0, :, 1, 1:] == 255).all()


def test_padding_that_is_a_layer_of_its_own_moves_what_is_seen(rng):
    images = rng.integers(0, 256, (20, 28, 28)).astype(np.uint8)
    network = FashionFeaturesNet()
    model = Autoencoder(10, network=network, trainer=ONCE, random_state=0).fit(images)
    layers = look_inside(model, images)
    assert [layer.kind for layer in layers] == ["convolution"] * 3 + ["code"]
    # Three convolutions of 3 in steps of 1, 2 and 4 pixels.
    assert [layer.patches.shape[2] for layer in layers] == [3, 7, 15, 28]
    # Keras puts the one zero of an even side behind it: the first window starts at the first pixel.
    padded = np.pad(images, ((0, 0), (0, 1), (0, 1)))
    windows = {
        picture[top : top + 3, left : left + 3].tobytes()
        for picture in padded
        for top in range(0, 28, 2)
        for left in range(0, 28, 2)
    }
    assert all(patch.tobytes() in windows for unit in layers[0].patches for patch in unit)


def test_deep_networks_show_six_layers_at_most(rng):
    images = rng.integers(0, 256, (20, 12, 10, 3)).astype(np.uint8)
    network = ResNet(channels=(4, 6), blocks=2)
    model = VAE(3, network=network, trainer=ONCE, random_state=0).fit(images)
    layers = look_inside(model, images)
    assert len(layers) == 6
    assert layers[0].filters.shape == (4, 3, 3, 3)
    assert layers[-1].patches.shape == (3, 6, 12, 10, 3)
    assert all(np.isfinite(layer.filters).all() for layer in layers)


def test_weights_of_pixels_are_pictures_and_later_layers_answer_to_mean_pictures(rng):
    images = rng.integers(0, 256, (50, 5, 4, 3)).astype(np.uint8)
    model = Autoencoder(3, network=MLP((20, 7)), trainer=ONCE, random_state=0).fit(images)
    first, second, code = look_inside(model, images)
    assert (first.name, first.kind, first.units, first.shows) == ("1", "dense", 20, "weights")
    assert first.filters.shape == (16, 5, 4, 3)
    # The unit's value is the sum of weight times centered pixel, in the layout of the user's images.
    standardize, _, dense = model.network_.encoder[:3]
    x = torch.from_numpy(images[:4] / 255).float().permute(0, 3, 1, 2)
    centered, weights = standardize(x), torch.from_numpy(first.filters)
    values = torch.einsum("nchw,uhwc->nu", centered, weights) + dense.bias[:16]
    expected = model.network_.encoder[:3](x)[:, :16]
    torch.testing.assert_close(values, expected, atol=1e-5, rtol=1e-4)
    assert second.shows == code.shows == "mean images"
    strongest = np.argsort(-model.transform(images)[:, 0], kind="stable")
    np.testing.assert_array_equal(code.patches[0], images[strongest[:6]])
    np.testing.assert_array_equal(
        code.filters[0], images[strongest[:24]].mean(axis=0).round().astype(np.uint8)
    )


def test_weights_of_single_pixels_are_no_pictures(rng):
    X = rng.random((8, 4, 4))
    network = ViT(patch=1, dim=8, depth=1, heads=1)
    model = Autoencoder(2, network=network, trainer=ONCE, random_state=0).fit(X)
    assert {layer.shows for layer in look_inside(model, X)} == {"mean images"}


def test_without_hidden_layers_the_code_has_pictures_as_weights(rng):
    images = rng.integers(0, 256, (30, 5, 4)).astype(np.uint8)
    model = Autoencoder(2, network=MLP(()), trainer=ONCE, random_state=0).fit(images)
    (code,) = look_inside(model, images)
    weight = model.network_.bottleneck.head.weight.detach().numpy()
    np.testing.assert_array_equal(code.filters.reshape(2, -1), weight)
    assert code.shows == "weights"


def test_looking_changes_nothing(rng):
    images = rng.integers(0, 256, (30, 8, 8)).astype(np.uint8)
    model = Autoencoder(2, network=ConvNet((4,)), trainer=ONCE, random_state=0).fit(images)
    before, state = model.transform(images), torch.random.get_rng_state()
    look_inside(model, images[:3])
    np.testing.assert_array_equal(model.transform(images), before)
    assert not any(module._forward_hooks for module in model.network_.modules())
    assert torch.equal(torch.random.get_rng_state(), state)
