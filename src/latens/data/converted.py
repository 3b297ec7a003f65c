"""Samples from a source together with what a study asks to be done to its images."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from latens.data.dataset import Dataset, Split
from latens.data.image_folders import ImageSize
from latens.data.layouts import Layout
from latens.data.loading import load
from latens.data.table_options import TABLE_SETTINGS
from latens.exceptions import DataError, ParameterError

__all__ = ["CONVERSIONS", "as_grey", "load_beside_labels", "load_converted", "padded"]

# Thousandths of red, green and blue in the luma of ITU-R BT.601, which Pillow and OpenCV use too.
_LUMA = np.array([299, 587, 114], dtype=np.float32) / 1000
_BLOCK = 5_000

# What studies and runs keep of `load_converted`: the parameters that decide what the samples are.
CONVERSIONS = ("label_column", "image_size", "grey", "pad", "layout", "strict", *TABLE_SETTINGS)


def load_converted(
    source: str | os.PathLike[str],
    split: Split = "train",
    *,
    label_column: str | None = None,
    feature_names: Sequence[str] | None = None,
    image_size: ImageSize | None = None,
    layout: Layout | None = None,
    strict: bool = False,
    grey: bool = False,
    pad: int = 0,
    **table: Any,
) -> Dataset:
    """Load samples as `load` does, and convert the images.

    Parameters
    ----------
    source, split, label_column, feature_names, image_size, layout, strict
        Those of `load`.
    grey : bool, default=False
        Make images in color grey.
    pad : int in [0, inf), default=0
        Black pixels to add on every side of every image.
    **table
        Other parameters of `load`, for tables.

    Raises
    ------
    DataError
        If the source cannot be read, or is to be converted and holds no images.

    Examples
    --------
    >>> load_converted("digits", pad=2).X.shape
    (1797, 12, 12)
    """
    dataset = load(
        source,
        split,
        image_size=image_size,
        label_column=label_column,
        feature_names=feature_names,
        layout=layout,
        strict=strict,
        **table,
    )
    if grey:
        dataset = as_grey(dataset)
    return padded(dataset, pad) if pad else dataset


def as_grey(dataset: Dataset) -> Dataset:
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


def load_beside_labels(
    source: str | os.PathLike[str],
    split: Split,
    *,
    label_column: str | None = None,
    **settings: Any,
) -> Dataset:
    """Load data without their column of labels, which a table that a model is used on need not have.

    Parameters
    ----------
    source, split
        Those of `load`.
    label_column : str or None, default=None
        Where labels are, if anywhere: they are no features. None leaves that to `load`.
    **settings
        The other parameters of `load_converted`.

    Raises
    ------
    DataError
        If the data can be read neither with labels nor without: of the two reasons the first.
    """
    try:
        return load_converted(source, split, label_column=label_column, **settings)
    except (DataError, ParameterError) as error:
        if label_column is None:
            raise
        try:
            plain = load_converted(source, split, **settings)
        except DataError:
            raise error from None
        # A column of categories has been split.
        if label_column in {name.partition("=")[0] for name in plain.feature_names or ()}:
            raise error from None
        return plain
