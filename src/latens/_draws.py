"""Random numbers of torch that depend on a seed alone, whatever other threads draw meanwhile.

The generator that torch draws from unless it is given one belongs to all threads of a process. What latens
draws itself therefore comes from a generator of the thread's own (`seeded`); what cannot be told where to
draw from, such as initial weights, dropout or a network of the user's, from torch's, which one thread has
for itself meanwhile (`seeded_alone`). Both give the same numbers for a seed.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor

__all__ = ["drawing", "normal_like", "seeded", "seeded_alone", "uniform_like"]

_GENERATOR: ContextVar[torch.Generator | None] = ContextVar("generator", default=None)
_ALONE = threading.RLock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let what this thread draws on the CPU with `drawing` come from a seed."""
    before = _GENERATOR.set(torch.Generator().manual_seed(seed))
    try:
        yield
    finally:
        _GENERATOR.reset(before)


@contextmanager
def seeded_alone(seed: int | None, device: torch.device | None = None) -> Iterator[None]:
    """Let everything drawn inside come from a seed, one thread at a time; None: from what comes next.

    The generators of torch are as before afterwards. Of other threads only those of the user's own that
    draw without asking here are in the way.
    """
    devices = [device] if device is not None and device.type == "cuda" else []
    before = _GENERATOR.set(None)
    try:
        with _ALONE, torch.random.fork_rng(devices):
            if seed is not None:
                torch.manual_seed(seed)
            yield
    finally:
        _GENERATOR.reset(before)


def drawing() -> torch.Generator | None:
    """Return what to pass as `generator` to a function of torch: None stands for torch's own."""
    return _GENERATOR.get()


def normal_like(x: Tensor) -> Tensor:
    """Draw from N(0, 1) in the shape, type and place of a tensor, as `torch.randn_like` does."""
    return torch.empty_like(x, requires_grad=False).normal_(generator=drawing())


def uniform_like(x: Tensor) -> Tensor:
    """Draw from [0, 1) in the shape, type and place of a tensor, as `torch.rand_like` does."""
    return torch.empty_like(x, requires_grad=False).uniform_(generator=drawing())
