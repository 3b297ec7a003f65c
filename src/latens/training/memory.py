"""Settings of the C library's memory, so that blocks which a step frees are kept for the next one."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["malloc_tuning"]

# Of the C library's malloc.h, with the values that it arrives at by itself in a program of large blocks.
# Not those that it starts with: once set, they stay, and every block of more than 128 KB would be cleared
# by the system anew, which made K-means after a training 2.6 times slower than before it.
_TRIM_THRESHOLD, _MAP_THRESHOLD, _MAPS = -1, -3, -4
_ORDINARY = {_TRIM_THRESHOLD: 2**26, _MAP_THRESHOLD: 2**25, _MAPS: 2**16}
_KEEPING = {_TRIM_THRESHOLD: 2**30, _MAPS: 0}
# The settings are those of the whole process: the first who keeps sets them, the last one sets them back.
_keepers, _lock = 0, Lock()


@contextmanager
def malloc_tuning() -> Iterator[None]:
    """Let large blocks come from memory that stays with the process, and give it back at the end.

    GNU's C library asks the system for every block of more than 32 MB (at first, of 128 KB) anew, and the
    system clears it page by page: a quarter of the time of a convolutional step. Elsewhere this does
    nothing. It may be nested, and entered by several threads; of threads other than the first one, memory is
    kept in part only, as their heaps end at 64 MB. Settings of the process's environment (`MALLOC_...`) for
    the same thresholds no longer hold afterwards.
    """
    malloc = _malloc()
    if malloc is None:
        yield
        return
    _enter(malloc)
    try:
        yield
    finally:
        _leave(malloc)


def _enter(malloc: ctypes.CDLL) -> None:
    global _keepers
    with _lock:
        _keepers += 1
        if _keepers == 1:
            _set(malloc, _KEEPING)


def _leave(malloc: ctypes.CDLL) -> None:
    global _keepers
    with _lock:
        _keepers -= 1
        if not _keepers:
            _set(malloc, _ORDINARY)
            malloc.malloc_trim(0)


def _malloc() -> ctypes.CDLL | None:
    """The C library of this process, if it is GNU's."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def _set(malloc: ctypes.CDLL, settings: dict[int, int]) -> None:
    for name, value in settings.items():
        malloc.mallopt(name, value)
