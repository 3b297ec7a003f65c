"""What all tests share: small real data and quick trainings."""

import numpy as np
import pytest
from hypothesis import settings

# No deadline: machines are noisy. No database and no chance: a red test is red for everybody.
settings.register_profile("latens", deadline=None, database=None, derandomize=True, max_examples=60)
settings.load_profile("latens")


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """1,797 handwritten digits, uint8, shape (1797, 8, 8)."""
    from latens.data import load

    return load("digits").X


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
