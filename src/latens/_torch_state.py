"""Torch as latens computes with it, whatever a program around it has set."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from latens.exceptions import TrainingError

__all__ = ["enough_memory", "is_forked", "plain_torch"]

_LOCK = threading.Lock()
_users = 0
_default_dtype = torch.float32
_is_forked = False


@contextmanager
def plain_torch() -> Iterator[None]:
    """Compute inside with gradients, in float32, on the CPU unless told, and without autocast.

    As a decorator it does so for a function. What a program has set for itself is as before afterwards.
    """
    with ExitStack() as stack:
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(_float32_by_default())
        yield


@contextmanager
def _float32_by_default() -> Iterator[None]:
    """The default type belongs to all threads: the first user sets it, the last one brings it back."""
    global _users, _default_dtype
    with _LOCK:
        if not _users:
            _default_dtype = torch.get_default_dtype()
            if _default_dtype != torch.float32:
                torch.set_default_dtype(torch.float32)
        _users += 1
    try:
        yield
    finally:
        with _LOCK:
            _users -= 1
            if not _users and _default_dtype != torch.float32:
                torch.set_default_dtype(_default_dtype)


@contextmanager
def enough_memory() -> Iterator[None]:
    """Say what to do where memory runs out inside.

    Raises
    ------
    TrainingError
        If it does.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # Torch has a type of its own for GPUs alone.
        is_out = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if not is_out and "can't allocate memory" not in str(error):
            raise
        raise TrainingError(
            "The training needs more memory than there is. Take smaller batches (batch_size), a smaller "
            "network or smaller images."
        ) from error


def is_forked() -> bool:
    """Whether this process is a fork of one that had loaded torch: it must keep to one thread.

    The threads that OpenMP keeps for the parent do not exist in a fork, and would be waited for for ever.
    """
    return _is_forked


def _after_fork() -> None:
    global _is_forked, _LOCK
    _is_forked = True
    _LOCK = threading.Lock()
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
