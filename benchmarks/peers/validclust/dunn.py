"""The exact Dunn index from the matrix of all distances, which this package asks for."""

import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances
from validclust import dunn


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points and their labels, the same way for every contender."""
    X, labels = {"images": _images, "blobs": _blobs}[settings["data"]]()

    def run() -> dict[str, float]:
        start = time.perf_counter()
        score = dunn(pairwise_distances(X), labels)
        return {"seconds": time.perf_counter() - start, "dunn index": float(score)}

    return run


def _images() -> tuple[np.ndarray, np.ndarray]:
    """The test images with a border of 2 pixels, and their classes."""
    pixels = _read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    padded = np.pad(pixels, ((0, 0), (2, 2), (2, 2)))
    return padded.reshape(len(padded), -1) / 255.0, _read("t10k-labels-idx1-ubyte.gz", 8)


def _read(name: str, header: int) -> np.ndarray:
    for folder in os.environ.get("LATENS_DATA", "").split(os.pathsep):
        path = Path(folder, "fashion-mnist", name)
        if path.exists():
            return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)
    raise FileNotFoundError(f"fashion-mnist/{name} is in no folder of LATENS_DATA.")


def _blobs() -> tuple[np.ndarray, np.ndarray]:
    """Ten round clusters of spread 1 around centres in a box from -10 to 10."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 10_000)
    centers = rng.uniform(-10, 10, (10, 1024))
    return centers[labels] + rng.normal(size=(10_000, 1024)), labels
