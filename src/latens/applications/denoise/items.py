"""What people give to a denoiser: a table, a stack of images, or images of many sizes."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from latens._validation import forget_feature_names
from latens.data import as_array
from latens.data.layouts import guess_layout
from latens.data.scaling import Scaling, fit_scaling
from latens.exceptions import DataError

__all__ = ["ImageItems", "items_to_fit", "items_to_transform", "read_items"]

# A last axis of this length holds colors, a longer one pixels.
_MOST_CHANNELS = 4


@dataclass(frozen=True)
class ImageItems:
    """Samples as stacks that share a shape, and how they came.

    Attributes
    ----------
    stacks : tuple of ndarray
        Each of shape (n, n_features), (n, height, width) or (n, height, width, channels). A table or a
        stack of images is one; images of many sizes are stacks of one image.
    form : {"stack", "list", "single"}
        How they came, and are given back.
    """

    stacks: tuple[np.ndarray, ...]
    form: str

    def __len__(self) -> int:
        return sum(len(stack) for stack in self.stacks)

    @property
    def is_table(self) -> bool:
        """Whether they are rows and no images."""
        return self.stacks[0].ndim == 2

    @property
    def channels(self) -> int:
        """Of images: 1 for grey. Of a table: its columns."""
        return 1 if self.stacks[0].ndim == 3 else int(self.stacks[0].shape[-1])

    def scaling(self) -> Scaling:
        """Choose one scaling for all."""
        if self.is_table:
            return fit_scaling(self.stacks[0])
        ends = [end(stack) for stack in self.stacks for end in (np.min, np.max)]
        return fit_scaling(np.array(ends, dtype=self.stacks[0].dtype))

    def restored(self, stacks: list[np.ndarray]) -> Any:
        """Give results back in the form in which the samples came."""
        if self.form == "list":
            return [stack[0] for stack in stacks]
        return stacks[0] if self.form == "stack" else stacks[0][0]


def read_items(X: Any, *, image_ndim: int | None = None) -> ImageItems:
    """Check samples and bring them into stacks.

    Parameters
    ----------
    X : array-like or list of arrays
        (n_samples, n_features), (n_samples, height, width[, channels]), or a list of images, each of
        shape (height, width[, channels]) and of its own size.
    image_ndim : int or None, default=None
        The axes of one image, where that is known; then an array with this many is one image.

    Raises
    ------
    DataError
        If they are empty, not numbers, not finite, or grey and colored images are mixed.
    """
    if isinstance(X, list | tuple) and X and np.ndim(X[0]) >= 2:
        images = [_checked(as_array(image)) for image in X]
        _check_alike(images)
        return ImageItems(tuple(image[None] for image in images), "list")
    array = _checked(as_array(X))
    if array.ndim == image_ndim:
        return ImageItems((array[None],), "single")
    if array.ndim not in (2, 3, 4):
        raise DataError(
            "X must have shape (n_samples, n_features), (n_samples, height, width) or (n_samples, height, "
            f"width, channels), or be a list of images. Got an array of shape {array.shape}."
        )
    if array.ndim == 4 and guess_layout(array).layout == "channels-first":
        raise DataError(
            f"X has the shape {array.shape}, in which channels come first. Move them last: np.moveaxis(X, 1, "
            "-1)."
        )
    return ImageItems((array,), "stack")


def items_to_fit(estimator: Any, X: Any) -> ImageItems:
    """Check what an estimator is to be fitted on, and note its columns and the type of its numbers."""
    forget_feature_names(estimator)
    if not _is_list(X):
        X = _as_numbers(X)
        if np.ndim(X) <= 2:
            X = validate_data(estimator, X, reset=True, ensure_min_samples=2)
    items = read_items(X)
    estimator.n_features_in_ = prod(items.stacks[0].shape[1:])
    estimator.dtype_ = items.stacks[0].dtype.name
    return items


def items_to_transform(estimator: Any, X: Any, image_ndim: int | None) -> ImageItems:
    """Check what a fitted estimator is to be used on.

    Parameters
    ----------
    estimator : estimator
        As `items_to_fit` has left it.
    X : array-like or list of arrays
    image_ndim : int or None
        The axes of an image that it was fitted on; None for a table.

    Raises
    ------
    DataError
        If they are no samples, or images of integers of another range.
    """
    if image_ndim is None and not _is_list(X):
        numbers = _as_numbers(X)
        X = validate_data(estimator, numbers, reset=False) if np.ndim(numbers) <= 2 else numbers
    items = read_items(X, image_ndim=image_ndim)
    given, fitted = items.stacks[0].dtype, np.dtype(estimator.dtype_)
    if image_ndim is not None and given != fitted and given.kind in "iu" and fitted.kind in "iu":
        raise DataError(
            f"X has images of {given}, but this {type(estimator).__name__} was fitted on {fitted}, whose "
            "black and white are other numbers. Give images of that type."
        )
    return items


def _is_list(X: Any) -> bool:
    return isinstance(X, list | tuple)


def _as_numbers(X: Any) -> Any:
    """A table with names of columns as it is, for scikit-learn to hold them against each other."""
    return X if hasattr(X, "columns") else as_array(X)


def _checked(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise DataError(f"X must hold numbers. Got an array of type {array.dtype} instead.")
    if array.size == 0:
        raise DataError(f"X is empty: it has the shape {array.shape}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(
            "X has values that are NaN or infinite. Leave out these samples, or fill the gaps first."
        )
    return array.astype(np.uint8) if array.dtype.kind == "b" else array


def _check_alike(images: list[np.ndarray]) -> None:
    """Images in a list may differ in height and width alone."""
    first = images[0]
    for number, image in enumerate(images):
        if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] > _MOST_CHANNELS):
            raise DataError(
                "Each image of a list must have shape (height, width) or (height, width, channels) with up "
                f"to {_MOST_CHANNELS} channels. Image {number} has the shape {image.shape}."
            )
        if image.shape[2:] != first.shape[2:] or image.dtype != first.dtype:
            raise DataError(
                f"The images of a list must be all grey or all colored, and of one type. Image 0 is "
                f"{_described(first)}, image {number} is {_described(image)}."
            )


def _described(image: np.ndarray) -> str:
    colors = "grey" if image.ndim == 2 else f"of {image.shape[2]} channels"
    return f"{colors}, {image.dtype}"
