"""Models of digits, trained once: good enough to show a meaning."""

import numpy as np
import pytest

from latens.data import load
from latens.models import VAE, Autoencoder
from latens.networks import MLP
from latens.training import Trainer

SETTINGS = {"network": MLP((64,)), "random_state": 0}


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    return load("digits").X


@pytest.fixture(scope="session")
def classes() -> np.ndarray:
    return load("digits").y


@pytest.fixture(scope="session")
def autoencoder(images) -> Autoencoder:
    trainer = Trainer(max_epochs=20, callbacks=())
    return Autoencoder(6, trainer=trainer, **SETTINGS).fit(images[:1200])


@pytest.fixture(scope="session")
def vae(images) -> VAE:
    trainer = Trainer(max_epochs=2, callbacks=())
    return VAE(3, trainer=trainer, **SETTINGS).fit(images[:300])


@pytest.fixture(scope="session")
def narrow() -> Autoencoder:
    """A table, with codes of one number."""
    X = np.random.default_rng(0).normal(size=(60, 4))
    trainer = Trainer(max_epochs=1, callbacks=())
    return Autoencoder(1, trainer=trainer, **SETTINGS).fit(X)
