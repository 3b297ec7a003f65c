"""What the machine is like right now, measured by products of matrices, as other programs run on it, too."""

import time

import numpy as np

from latens.studies.threads import one_blas_thread

__all__ = ["slowness"]

_SIDE, _PRODUCTS = 512, 20
# Seconds for such a product by one thread on the machine that the constants of the budget were measured on.
_REFERENCE = 0.0017


def slowness() -> float:
    """Return how many times longer than on the reference machine work takes here and now; at least 1."""
    matrix = np.random.default_rng(0).normal(size=(_SIDE, _SIDE)).astype(np.float32)
    with one_blas_thread():
        matrix @ matrix
        start = time.perf_counter()
        for _ in range(_PRODUCTS):
            matrix @ matrix
        # The mean and not the least: other programs are part of how slow it is.
        seconds = (time.perf_counter() - start) / _PRODUCTS
    return max(1.0, seconds / _REFERENCE)
