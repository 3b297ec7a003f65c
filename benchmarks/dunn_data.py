"""The points whose Dunn index is raced, the same for every contender, from NumPy alone."""

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np


def labeled_points(settings: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return what `data` names: "images" with their classes, or "blobs" with theirs."""
    return {"images": _images, "blobs": _blobs}[settings["data"]]()


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
    """Ten round clusters of spread 1 around centers in a box from -10 to 10."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 10_000)
    centers = rng.uniform(-10, 10, (10, 1024))
    return centers[labels] + rng.normal(size=(10_000, 1024)), labels
