"""Samples from a source together with what a study asks to be done to its images."""

import os
from collections.abc import Sequence
from typing import Any

from latens.data import conversions
from latens.data.dataset import Dataset, Split
from latens.data.image_folders import ImageSize
from latens.data.layouts import Layout
from latens.data.loading import load
from latens.data.table_options import TABLE_SETTINGS

__all__ = ["CONVERSIONS", "load_converted"]

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
        dataset = conversions.grey(dataset)
    return conversions.padded(dataset, pad) if pad else dataset
