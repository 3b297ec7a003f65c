"""Two groups of users with a taste each."""

import numpy as np
import pytest
from scipy import sparse


@pytest.fixture(scope="session")
def tastes() -> sparse.csr_array:
    """120 users, 30 items: even users like some of the first 15, odd users some of the others."""
    rng = np.random.default_rng(0)
    likes = rng.random((120, 30)) < 0.5
    likes[::2, 15:] = False
    likes[1::2, :15] = False
    return sparse.csr_array(likes.astype(np.float32))
