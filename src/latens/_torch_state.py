"""Torch as latens computes with it, whatever a program around it has set."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from latens.exceptions import TrainingError

__all__ = ["enough_memory", "is_forked", "plain_torch"]

_LOCK = threading.Lock()
# How deep each thread is inside, and the default type to bring back once the others are out.
_depths: dict[int, int] = {}
_to_bring_back: torch.dtype | None = None
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
    """Set the default type, which belongs to all threads: what it was comes back when no other needs it."""
    me = threading.get_ident()
    with _LOCK:
        _depths[me] = _depths.get(me, 0) + 1
        found = torch.get_default_dtype()
        if found != torch.float32:
            torch.set_default_dtype(torch.float32)
    try:
        yield
    finally:
        with _LOCK:
            _leave(me, None if found == torch.float32 else found)


def _leave(me: int, found: torch.dtype | None) -> None:
    global _to_bring_back
    _depths[me] -= 1
    if not _depths[me]:
        del _depths[me]
    if found is not None:
        _to_bring_back = found
    is_outermost = found is not None or me not in _depths
    others = _depths.keys() & {thread.ident for thread in threading.enumerate()} - {me}
    if _to_bring_back is not None and is_outermost and not others:
        torch.set_default_dtype(_to_bring_back)
        _to_bring_back = None


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
