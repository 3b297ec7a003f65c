"""Linear networks, whose losses can be computed by hand."""

from collections.abc import Callable

import pytest
import torch

from latens.networks import Deterministic, Gaussian, Network, Parts


@pytest.fixture
def linear() -> Callable[..., Network]:
    """Returns a linear network in float64: from 3 values to a code of 2 numbers and back."""

    def make(*, draws: bool = False) -> Network:
        torch.manual_seed(0)
        parts = Parts(torch.nn.Linear(3, 2), torch.nn.Linear(2, 3), width=2)
        bottleneck = Gaussian(parts, 2) if draws else Deterministic(parts, 2)
        return Network(parts, bottleneck, bounded=False).double()

    return make


@pytest.fixture
def x() -> torch.Tensor:
    """Seven samples of 3 values, float64."""
    generator = torch.Generator().manual_seed(1)
    return torch.randn(7, 3, generator=generator, dtype=torch.float64)
