"""Rows that look like a model's activations, in a file that is mapped: the same for ours and for peers."""

from pathlib import Path

import numpy as np

_DIRECTIONS, _BLOCK = 2_000, 10_000


def mapped_activations(folder: Path, rows: int, features: int) -> np.ndarray:
    """Write sparse sums of directions and a little noise; return the file, mapped."""
    path = folder / "activations.npy"
    X = np.lib.format.open_memmap(path, "w+", np.float32, (rows, features))
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(_DIRECTIONS, features)).astype(np.float32)
    for start in range(0, rows, _BLOCK):
        block = X[start : start + _BLOCK]
        chosen = rng.integers(_DIRECTIONS, size=(len(block), 8))
        amounts = rng.exponential(size=(len(block), 8)).astype(np.float32)
        block[:] = 0.05 * rng.standard_normal(block.shape, dtype=np.float32)
        for choice, amount in zip(chosen.T, amounts.T, strict=True):
            block += amount[:, None] * directions[choice]
    X.flush()
    return np.load(path, mmap_mode="r")
