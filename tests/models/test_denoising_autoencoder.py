import numpy as np
import pytest
import torch

from latens.exceptions import ParameterError
from latens.models import DenoisingAutoencoder
from latens.networks import MLP
from latens.objectives import CORRUPTIONS


@pytest.mark.parametrize("noise", sorted(CORRUPTIONS.keys() - {"gaussian"}))
def test_the_level_of_noise_that_spoils_single_values_is_a_share(noise):
    X = np.random.default_rng(0).normal(size=(20, 3))
    model = DenoisingAutoencoder(2, noise=noise, noise_level=3, network=MLP((4,)))
    with pytest.raises(ParameterError, match=r"must be a share in \[0, 1\].*Got 3 instead"):
        model.fit(X)


@pytest.mark.parametrize("noise", CORRUPTIONS)
def test_denoising_beats_leaving_the_noise(noise, images, settings):
    train, test = images[:1400], images[1400:]
    model = DenoisingAutoencoder(16, noise=noise, noise_level=0.4, **settings).fit(train)
    torch.manual_seed(0)
    noisy = CORRUPTIONS[noise](torch.from_numpy(test / 16.0), 0.4).numpy() * 16
    left = np.square(noisy - test).mean()
    assert np.square(model.denoise(noisy) - test).mean() < 0.7 * left


def test_noise_has_the_level_that_was_asked_for():
    torch.manual_seed(0)
    x = torch.rand(200, 400) * 0.5 + 0.25
    assert (CORRUPTIONS["gaussian"](x, 0.3) - x).std().item() == pytest.approx(0.3, rel=0.02)
    assert (CORRUPTIONS["masking"](x, 0.3) == 0).float().mean().item() == pytest.approx(
        0.3, rel=0.02
    )
    peppered = CORRUPTIONS["salt-and-pepper"](x, 0.3)
    assert (peppered == x.amin()).float().mean().item() == pytest.approx(0.15, rel=0.05)
    assert (peppered == x.amax()).float().mean().item() == pytest.approx(0.15, rel=0.05)


def test_without_noise_it_is_the_autoencoder(images, brief):
    from latens.models import Autoencoder

    expected = Autoencoder(4, **brief).fit(images).transform(images)
    model = DenoisingAutoencoder(4, noise_level=0.0, **brief).fit(images)
    np.testing.assert_allclose(model.transform(images), expected, atol=1e-4)
