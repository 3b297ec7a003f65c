import numpy as np
import pytest

from latens.models import Autoencoder, RefinedAutoencoder
from latens.networks import MLP, ConvNet
from latens.objectives import RECONSTRUCTION_ERRORS
from latens.training import Trainer


def test_without_steps_it_is_the_plain_autoencoder(images, brief):
    plain = Autoencoder(4, **brief).fit(images[:300]).transform(images)
    model = RefinedAutoencoder(4, refinement_steps=0, **brief).fit(images[:300])
    np.testing.assert_array_equal(model.transform(images), plain)


@pytest.mark.parametrize("reconstruction", [*RECONSTRUCTION_ERRORS, "gaussian"])
def test_no_sample_is_reconstructed_worse_than_from_the_guess(images, settings, reconstruction):
    def scores(steps):
        model = RefinedAutoencoder(
            4, refinement_steps=steps, reconstruction=reconstruction, **settings
        )
        return model.fit(images[:300]).score_samples(images[300:])

    guessed, refined = scores(0), scores(20)
    assert (refined >= guessed - 1e-5 * np.abs(guessed)).all()
    assert (refined > guessed).mean() > 0.9


def test_codes_of_a_linear_decoder_end_at_the_least_squares(rng):
    X = rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6))
    training = Trainer(max_epochs=3, callbacks=())
    model = RefinedAutoencoder(
        2, refinement_steps=2000, network=MLP(()), trainer=training, random_state=0
    ).fit(X)
    offset, *rows = model.inverse_transform(np.vstack([np.zeros(2), np.eye(2)]))
    scale = X.std(0)
    decoder = (np.array(rows) - offset) / scale
    expected = np.linalg.lstsq(decoder.T, ((X - offset) / scale).T)[0].T
    np.testing.assert_allclose(model.transform(X), expected, atol=1e-3 * np.abs(expected).max())


def test_the_code_is_all_that_is_reconstructed_from(images):
    network = ConvNet((4, 8), downsampling="maxpool", upsampling="unpool")
    training = Trainer(max_epochs=2, callbacks=())
    model = RefinedAutoencoder(4, network=network, trainer=training, random_state=0)
    codes = model.fit(images[:300]).transform(images[:20])
    np.testing.assert_array_equal(model.inverse_transform(codes), model.reconstruct(images[:20]))
