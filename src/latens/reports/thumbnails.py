"""Samples as small pictures inside the page."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from latens.reports.blocks import Image

__all__ = ["as_pixels", "display_range", "reduced", "spread_out", "strip"]

Pixels = npt.NDArray[np.uint8]


def display_range(images: npt.NDArray[np.generic], width: float | None) -> tuple[float, float]:
    """Return the values of black and white.

    Parameters
    ----------
    images : ndarray
        Originals in the user's units.
    width : float or None
        The range of the values, where the run knows it.

    Examples
    --------
    >>> display_range(np.array([3, 200], dtype=np.uint8), 255.0)
    (0.0, 255.0)
    """
    low, high = float(np.nanmin(images)), float(np.nanmax(images))
    if width is not None and low >= 0 and high <= width:
        return 0.0, float(width)
    return low, high if high > low else low + 1.0


def as_pixels(images: npt.NDArray[np.generic], limits: tuple[float, float]) -> Pixels:
    """Return images as bytes of shape (n, h, w, 3)."""
    low, high = limits
    values = (np.asarray(images, dtype=np.float32) - low) / (high - low)
    shaped = values if values.ndim == 4 else values[..., None]
    colored = shaped[..., :3] if shaped.shape[-1] >= 3 else np.repeat(shaped[..., :1], 3, axis=-1)
    pixels: Pixels = (np.nan_to_num(colored, nan=0.5).clip(0, 1) * 255).round().astype(np.uint8)
    return pixels


def reduced(images: npt.NDArray[np.generic], side: int) -> npt.NDArray[np.generic]:
    """Return images of shape (n, h, w[, c]), made smaller until the longer side is at most `side`.

    Whole blocks of pixels are averaged, so the values keep their units.
    """
    step = -(-max(images.shape[1:3]) // side)
    if step == 1:
        return images
    # One by one, as all of them as floats may not fit in memory.
    return np.stack([_reduced(image, step) for image in images])


def _reduced(image: npt.NDArray[np.generic], step: int) -> npt.NDArray[np.generic]:
    h, w = image.shape[:2]
    # Of a side that is shorter than a block, the block is only as long.
    tall, wide = min(step, h), min(step, w)
    rows, columns = -(-h // tall), -(-w // wide)
    padding = [(0, rows * tall - h), (0, columns * wide - w)] + [(0, 0)] * (image.ndim - 2)
    padded = np.pad(np.asarray(image, dtype=np.float32), padding, mode="edge")
    blocks = padded.reshape(rows, tall, columns, wide, *image.shape[2:])
    smaller: npt.NDArray[np.generic] = blocks.mean(axis=(1, 3))
    return smaller


def strip(pixels: Pixels, alt: str, *, per_row: int | None = None) -> Image:
    """Return images side by side as one picture, with transparent gaps.

    Parameters
    ----------
    pixels : ndarray of shape (n, h, w, 3), uint8
    alt : str
    per_row : int, optional
        How many stand side by side; all of them without it.
    """
    n, h, w = pixels.shape[:3]
    columns = per_row or n
    rows = -(-n // columns)
    gap = max(1, round(max(h, w) / 14))
    canvas = np.zeros((rows * (h + gap) - gap, columns * (w + gap) - gap, 4), dtype=np.uint8)
    for at, image in enumerate(pixels):
        top, left = (at // columns) * (h + gap), (at % columns) * (w + gap)
        canvas[top : top + h, left : left + w, :3] = image
        canvas[top : top + h, left : left + w, 3] = 255
    return Image(_data_uri(canvas), alt, canvas.shape[1], canvas.shape[0])


def _data_uri(canvas: Pixels) -> str:
    buffer = io.BytesIO()
    PillowImage.fromarray(canvas).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def spread_out(n: int, wanted: int) -> Sequence[int]:
    """Return at most `wanted` places between 0 and `n`, evenly apart, first and last included."""
    return sorted({round(place) for place in np.linspace(0, n - 1, min(n, wanted))})
