"""Tables whose columns are the pixels of images, as MNIST in CSV comes."""

import re
from dataclasses import replace
from math import isqrt

import numpy as np

from latens._columns import OwnColumns
from latens._text import shortened
from latens.data.dataset import Dataset
from latens.data.image_folders import ImageSize
from latens.data.layouts import Layout
from latens.data.own_columns import said_of_left_out
from latens.exceptions import DataError

__all__ = ["as_images"]

_PIXEL = re.compile(r"(pixel|px|pix)[ _.-]?\d+|\d+x\d+|pixel[ _.-]?\d+[ _x.-]\d+", re.IGNORECASE)
_PLACE = re.compile(r"(\d+)x(\d+)")
# So many columns of bytes can hardly be anything else.
_LEAST_PIXELS = 64
_MOST_CLASSES = 100


def as_images(table: Dataset, layout: Layout | None, size: ImageSize | None) -> Dataset:
    """Make images of a table of pixels: where that is asked for, or where the columns are called so.

    Parameters
    ----------
    table : Dataset
    layout : Layout or None
        "images" or "channels-first" make images, None only where every column is called a pixel.
    size : int, (int, int) or None
        Height and width; None for squares, of one or three channels.

    Raises
    ------
    DataError
        If images are asked for and the columns do not make up images.
    """
    if layout in ("series", "table") or table.X.ndim != 2:
        return table
    n_columns = table.X.shape[1]
    shape = _shape(table, n_columns, size)
    if layout is not None:
        if shape is None:
            raise DataError(_no_images(table, n_columns, size))
        return _made(table, shape, channels_first=layout == "channels-first")
    if shape is None and n_columns > _LEAST_PIXELS:
        return _with_label_said(table)
    if shape is None or n_columns < _LEAST_PIXELS:
        return table
    pixels = "x".join(map(str, shape))
    if all(_PIXEL.fullmatch(name) for name in table.feature_names or ("",)):
        made = _made(table, shape, channels_first=False)
        note = (
            f"{n_columns:,} columns that are called pixels were read as images of {pixels}; --as table "
            "(layout='table') keeps columns."
        )
        return replace(made, notes=(*made.notes, note))
    if not _are_bytes(table.X):
        return table
    what = f"{n_columns:,} columns of whole numbers from 0 to 255"
    note = (
        f"{what} may be the pixels of images of {pixels}; they were read as a table, and --as images "
        "(layout='images') reads them as images."
    )
    return replace(table, notes=(*table.notes, note))


def _with_label_said(table: Dataset) -> Dataset:
    """Say so where one column more than an image has pixels, the first or the last, may be its class."""
    n_pixels = table.X.shape[1] - 1
    height, width = _square(n_pixels)
    if not height or table.y is not None or not _are_bytes(table.X):
        return table
    place = next((place for place in (0, -1) if _may_be_classes(table.X[:, place])), None)
    if place is None:
        return table
    name = shortened((table.feature_names or ("",))[place])
    pixels = "x".join(map(str, (height, width, *([3] if n_pixels > height * width else []))))
    note = (
        f"Column '{name}' may be the label beside {n_pixels:,} pixels of images of {pixels}, and is learned "
        f"from like any other: --label-column '{name}' --as images (layout='images') reads them so."
    )
    return replace(table, notes=(*table.notes, note))


def _may_be_classes(column: np.ndarray) -> bool:
    """Whether a column counts few classes from 0 or 1."""
    values = np.unique(column)
    return 2 <= len(values) <= _MOST_CLASSES and values[0] in (0, 1) and values[-1] < _MOST_CLASSES


def _are_bytes(X: np.ndarray) -> bool:
    if X.min() < 0 or not 1 < X.max() <= 255:
        return False
    return X.dtype.kind in "iu" or bool((np.rint(X) == X).all())


def _shape(table: Dataset, n_columns: int, size: ImageSize | None) -> tuple[int, ...] | None:
    """The shape of an image that this many columns make up."""
    if size is not None:
        height, width = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
    else:
        height, width = _named_size(table) or _square(n_columns)
    if not height * width:
        return None
    n_channels = n_columns // (height * width)
    if n_channels not in (1, 3) or n_channels * height * width != n_columns:
        return None
    return (height, width) if n_channels == 1 else (height, width, n_channels)


def _square(n_columns: int) -> tuple[int, int]:
    for n_channels in (1, 3):
        side = isqrt(n_columns // n_channels)
        if n_channels * side**2 == n_columns:
            return side, side
    return 0, 0


def _named_size(table: Dataset) -> tuple[int, int] | None:
    """The size that names such as "1x1" to "28x28" tell."""
    places = [_PLACE.fullmatch(name) for name in table.feature_names or ()]
    if not places or not all(places):
        return None
    rows, columns = (np.array([int(place[part]) for place in places if place]) for part in (1, 2))
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    return (height, width) if height * width == len(places) else None


def _made(table: Dataset, shape: tuple[int, ...], *, channels_first: bool) -> Dataset:
    X = table.X
    if _are_bytes(X):
        X = X.astype(np.uint8)
    if channels_first and len(shape) == 3:
        X = np.moveaxis(X.reshape(len(X), shape[2], *shape[:2]), 1, -1)
    else:
        X = X.reshape(len(X), *shape)
    pixels = "x".join(map(str, shape))
    read_as = f"a table of which {table.X.shape[1]:,} columns are the pixels of images of {pixels}"
    pixels_of = set(table.feature_names or ())
    beside = tuple(column for column in table.table if column.name not in pixels_of)
    return replace(
        table,
        X=X,
        feature_names=None,
        layout="images",
        read_as=read_as,
        # No pixel is a fact about an image; nor is it said to be left out.
        table=OwnColumns(beside),
        notes=tuple(note for note in table.notes if note not in said_of_left_out(table.table)),
    )


def _no_images(table: Dataset, n_columns: int, size: ImageSize | None) -> str:
    wanted = "a square" if size is None else f"{size} pixels"
    return (
        f"The {n_columns:,} columns of the table do not make up {wanted} of one or three channels. Give "
        "image_size=(height, width), or leave columns that are no pixels out."
    )
