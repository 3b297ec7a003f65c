"""The points that K-means is raced on, the same for every contender, from NumPy alone."""

from typing import Any

import numpy as np
from peers.idx import images


def points(settings: dict[str, Any]) -> np.ndarray:
    """Return what `data` names: "images" as bytes; "components", "blobs" or "noise" in float32."""
    kind = settings["data"]
    if kind in ("images", "components"):
        parts = [images("fashion-mnist", part) for part in ("train", "t10k")]
        pixels = np.concatenate(parts).reshape(-1, 784)
        return pixels if kind == "images" else _components(pixels, settings["features"])
    rng = np.random.default_rng(0)
    shape = settings["samples"], settings["features"]
    X = rng.standard_normal(shape, dtype=np.float32)
    if kind == "blobs":  # of spread 1, around centers that a spread of 2 has scattered
        centers = 2 * rng.standard_normal((settings["clusters"], shape[1]), dtype=np.float32)
        X += centers[rng.integers(0, len(centers), len(X))]
    return X


def start(settings: dict[str, Any], X: np.ndarray) -> Any:
    """Return where to start: a rule by its name, or the first points where the settings say so."""
    rule = settings["start"]
    return X[: settings["clusters"]].astype(np.float32) if rule == "first points" else rule


def _components(pixels: np.ndarray, n: int) -> np.ndarray:
    """Return the main components of the images."""
    centered = (
        pixels / np.float32(255) - pixels.mean(axis=0, dtype=np.float64).astype(np.float32) / 255
    )
    _, directions = np.linalg.eigh(centered.T @ centered)
    return np.ascontiguousarray(centered @ directions[:, -n:])
