"""What `denoise_images`, `denoise_with` and `evaluate_denoising` give beside the denoised samples."""

import numpy as np
import pytest

from latens.applications import Denoiser, denoise_images, denoise_with, evaluate_denoising
from latens.applications.denoise.comparison import NOT_SCORED
from latens.data import Dataset
from latens.models import DenoisingAutoencoder
from latens.networks import MLP
from latens.networks.denoising.unet import DenoisingUNet
from latens.training import Trainer

QUICK = Trainer(max_epochs=1, callbacks=(), device="cpu")


def images(n, noise=0.0):
    """Waves of several sizes, with noise in grey levels."""
    rng = np.random.default_rng(n)
    y, x = np.mgrid[:24, :20] / 4
    wave = 128 + 90 * np.sin(x) * np.cos(y)
    made = [wave[: 24 - at % 3] for at in range(n)]
    return [
        (one + rng.normal(scale=noise, size=one.shape)).clip(0, 255).astype(np.uint8)
        for one in made
    ]


def test_noisy_images_alone_are_denoised_and_not_scored():
    said = []
    done = denoise_images(images(3, 20), trainer=QUICK, say=said.append)
    assert [image.shape for image in done.images] == [(24, 20), (23, 20), (22, 20)]
    assert done.noise == pytest.approx(20, rel=0.4)
    assert done.scores == {}
    assert done.sentence.startswith("3 images denoised by what was learned from these noisy images")
    assert said[0] == "learning from 3 noisy images alone ..."
    assert said[1].startswith("noise of a standard deviation of ")
    assert done.denoiser.transform(images(1, 20))[0].shape == (24, 20)


def test_some_clean_images_are_held_out_and_scored():
    done = denoise_images(images(2, 20), clean=images(20), noise_level=20, trainer=QUICK)
    assert {name: len(ratios) for name, ratios in done.scores.items()} == {
        "noisy": 2,
        "linear (Wiener)": 2,
        "denoiser": 2,
    }
    assert "a standard deviation of 20.0 grey levels" in done.sentence
    few = denoise_images(images(2, 20), clean=images(4), noise_level=20, trainer=QUICK)
    assert (few.scores, few.sentence) == ({}, NOT_SCORED)


def test_noise_that_replaces_values_is_said_as_a_share():
    small = DenoisingUNet(channels=(4, 8))
    denoiser = Denoiser(0.3, noise="salt-and-pepper", network=small, trainer=QUICK).fit(images(8))
    said = []
    done = denoise_with(denoiser, images(2), say=said.append)
    assert said == ["noise that spoils 30 % of the values"]
    assert "learned from other images" in done.sentence


def test_a_model_is_scored_on_samples_it_has_not_seen(digits):
    train, test = Dataset(digits[:300]), Dataset(digits[300:340])
    model = DenoisingAutoencoder(4, network=MLP((16,)), trainer=QUICK, random_state=0)
    found = evaluate_denoising(model.fit(train.X), train, test)
    assert {len(ratios) for ratios in found.scores.values()} == {40}
    assert {image.shape for image in found.pictures.values()} == {(8, 8, 8)}
    use = found.to_finding()
    assert [name for name, _ in use.tables[0].rows] == list(found.scores)
    assert use.mosaics[0].row_names == ("clean", *found.scores)


def test_a_table_has_scores_and_no_pictures(rng):
    X = rng.normal(size=(80, 3)) * [1, 10, 100]
    model = DenoisingAutoencoder(2, network=MLP((8,)), trainer=QUICK).fit(X)
    found = evaluate_denoising(model, Dataset(X[:60]), Dataset(X[60:]), noise_level=0.5)
    assert "Gaussian noise of level 0.5" in found.sentence
    assert found.to_finding().mosaics == ()
