"""Small pictures of the samples, many to a file."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, features

from latens.explorer.exploration import Images

__all__ = ["Sheets", "as_colors", "thumbnails"]

# Browsers on telephones refuse larger pictures.
_SHEET_SIDE = 2048
_QUALITY = 82
_SMALLEST = 8


@dataclass(frozen=True, eq=False)
class Sheets:
    """Thumbnails in rows on one or more pictures, in the order of the samples.

    Attributes
    ----------
    width, height : int
        Of one thumbnail, in pixels.
    per_row, per_sheet : int
    type : str
        The media type of the files.
    files : tuple of bytes
    """

    width: int
    height: int
    per_row: int
    per_sheet: int
    type: str
    files: tuple[bytes, ...]


def thumbnails(images: Images, *, most_pixels: int) -> Sheets:
    """Return images made small enough that all of them together have at most this many pixels.

    Parameters
    ----------
    images : ndarray of shape (n, h, w[, c]), uint8, or StoredImages
        Of more than three channels the first three are shown.
    most_pixels : int
        Each keeps at least 8 pixels a side, whatever this says.

    Examples
    --------
    >>> sheets = thumbnails(np.zeros((10, 28, 28), np.uint8), most_pixels=10_000)
    >>> sheets.width, len(sheets.files)
    (28, 1)
    """
    n, height, width = images.shape[:3]
    side = max(_SMALLEST, int((most_pixels / n) ** 0.5))
    factor = min(1.0, side / max(height, width), _SHEET_SIDE / max(height, width))
    height, width = max(1, round(factor * height)), max(1, round(factor * width))
    per_row = _SHEET_SIDE // width
    per_sheet = per_row * (_SHEET_SIDE // height)
    kind = "WEBP" if features.check("webp") else "PNG"
    sheets = (range(start, min(n, start + per_sheet)) for start in range(0, n, per_sheet))
    files = tuple(
        _encoded(_sheet([images[at] for at in places], width, height, per_row), kind)
        for places in sheets
    )
    return Sheets(width, height, per_row, per_sheet, f"image/{kind.lower()}", files)


def as_colors(image: np.ndarray) -> np.ndarray:
    """Return an image of any number of channels as one of three: grey, or the first three.

    Examples
    --------
    >>> as_colors(np.zeros((4, 5, 2), np.uint8)).shape
    (4, 5, 3)
    """
    pixels = np.asarray(image)
    if pixels.ndim == 2 or pixels.shape[2] < 3:
        grey = pixels if pixels.ndim == 2 else pixels[..., 0]
        pixels = np.repeat(grey[..., None], 3, axis=2)
    return np.ascontiguousarray(pixels[..., :3])


def _sheet(images: Sequence[np.ndarray], width: int, height: int, per_row: int) -> np.ndarray:
    """One picture with all images, row by row."""
    rows = -(-len(images) // per_row)
    columns = min(per_row, len(images))
    sheet = np.zeros((rows * height, columns * width, 3), dtype=np.uint8)
    for at, image in enumerate(_reduced(images, width, height)):
        top, left = (at // per_row) * height, (at % per_row) * width
        sheet[top : top + height, left : left + width] = image
    return sheet


def _reduced(images: Iterable[np.ndarray], width: int, height: int) -> Iterator[np.ndarray]:
    """Each image in three channels and its new size."""
    for image in images:
        colored = as_colors(image)
        if colored.shape[:2] != (height, width):
            box = Image.Resampling.BOX
            colored = np.asarray(Image.fromarray(colored).resize((width, height), box))
        yield colored


def _encoded(sheet: np.ndarray, kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, kind, quality=_QUALITY, method=4)
    return buffer.getvalue()
