"""Whether the images of files have the bits that a model has learned from: what is white differs."""

import numpy as np

from latens.data.dataset import Dataset
from latens.data.scaling import Scaling
from latens.exceptions import DataError

__all__ = ["check_depth"]


def check_depth(dataset: Dataset, scaling: Scaling) -> None:
    """Refuse image files of 8 bits for a model of images of 16, and the reverse.

    Parameters
    ----------
    dataset : Dataset
        Loaded; nothing is said of what does not come from image files.
    scaling : Scaling
        Of the model.

    Raises
    ------
    DataError
        If they differ, or the model has learned from images of values in [0, 1].
    """
    if dataset.item_names is None or dataset.X.ndim < 3 or not scaling.bounded:
        return
    white, brightest = float(scaling.offset + scaling.scale), int(dataset.X.max())
    is_deep, learnt_deep = brightest > 255, white > 255
    if white <= 1 < brightest:
        raise DataError(
            f"'{dataset.name}' holds image files, and the model has learned from images with values up to "
            f"{white:g}. Give the images as .npy, in the units of the data that were learned from."
        )
    if is_deep != learnt_deep and (is_deep or dataset.X.dtype == np.uint8):
        here, there = ("16", "8") if is_deep else ("8", "16")
        raise DataError(
            f"'{dataset.name}' holds images of {here} bits, and the model has learned from images of "
            f"{there}. "
            "Save them like those it has learned from."
        )
