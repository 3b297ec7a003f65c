"""Small real data for the meaning of the kinds: digits, as bytes and as a table in [0, 1]."""

import numpy as np
import pytest

from latens.data import load
from latens.networks import MLP
from latens.training import Trainer


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    return load("digits").X


@pytest.fixture(scope="session")
def classes() -> np.ndarray:
    return load("digits").y


@pytest.fixture
def settings() -> dict:
    """A network and a training that are quick and good enough to show a meaning."""
    return _settings(max_epochs=30)


@pytest.fixture
def short() -> dict:
    """The same for half as long, where a meaning shows early."""
    return _settings(max_epochs=15)


@pytest.fixture
def brief() -> dict:
    """The same for three epochs: for what holds of every fitted model, or step by step."""
    return _settings(max_epochs=3)


def _settings(max_epochs: int) -> dict:
    trainer = Trainer(max_epochs=max_epochs, learning_rate=3e-3, callbacks=())
    return {"network": MLP((128, 64)), "trainer": trainer, "random_state": 0}
