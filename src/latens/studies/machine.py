"""What the machine is like right now, measured by products of matrices, as other programs run on it, too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

__all__ = ["sensible_threads", "slowness"]

_SIDE, _PRODUCTS = 512, 20
# Seconds for such a product by one thread on the machine that the constants of the budget were measured on.
_REFERENCE = 0.0017
# By less, to be slower is chance.
_SLOWER = 1.2


def slowness() -> float:
    """Return how many times longer than on the reference machine work takes here and now; at least 1."""
    with threadpool_limits(1, user_api="blas"):
        return max(1.0, _seconds_of_product() / _REFERENCE)


@contextmanager
def sensible_threads() -> Iterator[None]:
    """Let BLAS compute with one thread where several are slower.

    That is so where other programs want the cores: threads that wait for each other take nine times as long
    for a product as one, and fourteen times the seconds of the processor for a logistic regression.
    """
    several = _seconds_of_product()
    with threadpool_limits(1, user_api="blas") as limits:
        if several < _SLOWER * _seconds_of_product():
            limits.restore_original_limits()
        yield


def _seconds_of_product() -> float:
    """The mean and not the least: other programs are part of it."""
    matrix = np.random.default_rng(0).normal(size=(_SIDE, _SIDE)).astype(np.float32)
    matrix @ matrix
    start = time.perf_counter()
    for _ in range(_PRODUCTS):
        matrix @ matrix
    return (time.perf_counter() - start) / _PRODUCTS
