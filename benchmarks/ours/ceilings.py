"""What the machine can do at most: products of matrices and convolutions, in GFLOP/s."""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    dtype = getattr(torch, settings["dtype"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    size = 2048 if device == "cpu" else 16384
    a = torch.randn(size, size, device=device, dtype=dtype)
    x = torch.randn(256, 32, 28, 28, device=device, dtype=dtype)
    weight = torch.randn(32, 32, 3, 3, device=device, dtype=dtype)
    x, weight = (one.contiguous(memory_format=torch.channels_last) for one in (x, weight))

    def run() -> dict[str, float]:
        start = time.perf_counter()
        product = _rate(lambda: a @ a, 2 * size**3)
        operations = 2 * 256 * 28 * 28 * 32 * 32 * 9
        convolution = _rate(lambda: functional.conv2d(x, weight, padding=1), operations)
        return {
            "seconds": time.perf_counter() - start,
            "matrix product, GFLOP/s": product,
            "convolution, GFLOP/s": convolution,
        }

    return run


def _rate(work: Callable[[], torch.Tensor], operations: int) -> float:
    """The best of many: a ceiling is what is possible."""
    times = []
    for _ in range(20):
        start = time.perf_counter()
        float(work().flatten()[0])  # waits for a GPU
        times.append(time.perf_counter() - start)
    return operations / min(times) / 1e9
