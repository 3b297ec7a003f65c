"""Images of a data set in another form: without color, or with a border."""

from dataclasses import replace

import numpy as np

from latens.data.dataset import Dataset
from latens.exceptions import DataError

__all__ = ["grey", "padded"]

# Thousandths of red, green and blue in the luma of ITU-R BT.601, which Pillow and OpenCV use too.
_LUMA = np.array([299, 587, 114], dtype=np.float32) / 1000
_BLOCK = 5_000


def grey(dataset: Dataset) -> Dataset:
    """Return the data set with images of shape (n, h, w): the luma of ITU-R BT.601 of those in color.

    Raises
    ------
    DataError
        If the samples are no images.
    """
    X = _images(dataset)
    if X.ndim == 3:
        return dataset
    made = np.empty(X.shape[:3], dtype=X.dtype)
    for start in range(0, len(X), _BLOCK):
        luma = X[start : start + _BLOCK, ..., :3] @ _LUMA
        made[start : start + _BLOCK] = luma.round() if X.dtype == np.uint8 else luma
    return replace(dataset, X=made, notes=(*dataset.notes, "the images were made grey"))


def padded(dataset: Dataset, pixels: int) -> Dataset:
    """Return the data set with a black border of some pixels around every image.

    Raises
    ------
    DataError
        If the samples are no images.
    """
    X = _images(dataset)
    border = [(0, 0), (pixels, pixels), (pixels, pixels), (0, 0)][: X.ndim]
    note = f"the images have a black border of {pixels} pixels"
    return replace(dataset, X=np.pad(X, border), notes=(*dataset.notes, note))


def _images(dataset: Dataset) -> np.ndarray:
    if dataset.X.ndim < 3:
        raise DataError(
            f"'{dataset.name}' is a table; 'grey' and 'pad' are for images. Leave them out."
        )
    return dataset.X
