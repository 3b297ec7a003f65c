"""The number of threads of a training: one where the work of a step is too small to share."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from latens._torch_state import is_forked
from latens.training.callbacks import Plan

__all__ = ["limit_threads"]

# Weights times samples of a step. Below it two threads were slower than one (8e5 to 6e6) or equal,
# above it faster; and threads that wait for each other lose 70-fold when another program wants a core.
_WORTH_SHARING = 1e7


# Trainings that go on side by side in threads of one process: what torch had before the first of them. A
# thread that begins among them finds the number that another one has set.
_LOCK = threading.Lock()
_n_trainings = 0
_n_threads: int


@contextmanager
def limit_threads(network: nn.Module, plan: Plan) -> Iterator[None]:
    """Use one thread inside if a step is small; the number of threads is as before afterwards.

    Convolutions use every weight at every position, so they always share.
    """
    global _n_trainings, _n_threads
    with _LOCK:
        if not _n_trainings:
            _n_threads = torch.get_num_threads()
        _n_trainings += 1
        before = 1 if is_forked() else _n_threads
    is_dense = not any(isinstance(module, nn.Conv2d) for module in network.modules())
    is_small = is_dense and plan.parameters * plan.batch_size < _WORTH_SHARING
    torch.set_num_threads(1 if is_small and plan.device == "cpu" else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        with _LOCK:
            _n_trainings -= 1
