"""What the axes of an array mean: told by its shape and its values, or by who gives it.

A guess that changes a result comes with a sentence that says so, and what overrules it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

import numpy as np

from latens.exceptions import DataError

__all__ = [
    "LAYOUTS",
    "Guess",
    "Layout",
    "arranged",
    "given_back",
    "guess_layout",
    "is_series",
    "layout_known_to",
    "restore_layout",
    "standard_layout",
]

Layout = Literal["images", "channels-first", "series", "table"]
LAYOUTS = ("images", "channels-first", "series", "table")

_COLORS = (1, 3, 4)
# Series have few channels; a spread is said to differ by this factor.
_MOST_CHANNELS = 16
_DIFFERENT = 10.0
# No image is so narrow.
_NARROW = 4
# Samples that a guess looks at.
_LOOKED_AT = 10_000
# Sides from which on an array of bytes with three or four values at its end is one image.
_LEAST_SIDE = 8


@dataclass(frozen=True)
class Guess:
    """What an array is taken for.

    Attributes
    ----------
    layout : Layout
    why : str
        A sentence without its full stop, where another layout would give another result; else "".
    way_out : str
        How to overrule it, on the command line and in Python.
    """

    layout: Layout
    why: str = ""
    way_out: str = "--as images (layout='images') takes them as they come"


def guess_layout(X: np.ndarray) -> Guess:
    """Tell by shape and values what the axes of an array mean.

    Raises
    ------
    DataError
        If it is one image in color rather than many samples.

    Examples
    --------
    >>> guess_layout(np.zeros((5, 3, 8, 8))).why
    'Channels came first (5, 3, 8, 8) and were moved last'
    >>> guess_layout(np.zeros((5, 8, 8, 3))).layout, guess_layout(np.zeros((5, 8))).layout
    ('images', 'table')
    """
    if X.ndim == 4 and X.shape[1] in _COLORS and X.shape[3] not in _COLORS:
        return Guess("channels-first", f"Channels came first {X.shape} and were moved last")
    if X.ndim == 3:
        return _guess_of_three(X)
    return Guess("table" if X.ndim == 2 else "images")


def _guess_of_three(X: np.ndarray) -> Guess:
    is_shaped = X.shape[2] in (3, 4) and min(X.shape[:2]) >= _LEAST_SIDE
    if X.dtype == np.uint8:
        if is_shaped:
            raise _one_image(X)
        return _perhaps_last(X)
    for axis, layout in ((2, "series"), (1, "channels-first")):
        n_channels, n_steps = X.shape[axis], X.shape[3 - axis]
        if not 2 <= n_channels <= _MOST_CHANNELS or (axis == 1 and n_steps <= _MOST_CHANNELS):
            continue
        factor = _spread_factor(X if axis == 2 else np.moveaxis(X, 1, 2))
        if factor >= _DIFFERENT:
            return Guess(
                "series" if layout == "series" else "channels-first",
                f"The spreads of the {n_channels} channels of {X.shape} differ {factor:,.0f}-fold: they were "
                f"taken for series of {n_steps} steps, with each channel scaled by itself",
            )
    if is_shaped and _may_be_colors(X):
        n, n_steps, n_channels = X.shape
        return Guess(
            "images",
            f"{X.shape} was taken for {n:,} samples of {n_steps} x {n_channels}",
            "one image in color needs an axis in front, X[None], and --as series (layout='series') says "
            "that these are series",
        )
    return _perhaps_last(X)


def _perhaps_last(X: np.ndarray) -> Guess:
    """Images, of which the number of squares may stand at the end."""
    n, height, width = X.shape
    if n == height and width > max(n, _MOST_CHANNELS) and n >= _LEAST_SIDE:
        return Guess(
            "images",
            f"{X.shape} was taken for {n:,} samples of {height} x {width}",
            f"of {width:,} images of {n} x {height}, as MATLAB has them, give np.moveaxis(X, -1, 0)",
        )
    return Guess("images")


def _one_image(X: np.ndarray) -> DataError:
    return DataError(
        f"An array of bytes of the shape {X.shape} is one image in color, and no samples. Give it an "
        "axis in front, X[None], or several as (n, height, width, channels); for series of bytes say "
        "layout='series' (--as series)."
    )


def _may_be_colors(X: np.ndarray) -> bool:
    """Whether values are those of an image: fractions of 1, or whole numbers up to 255."""
    some = np.asarray(X[:: max(1, len(X) // _LOOKED_AT)])
    if some.dtype.kind not in "iuf" or some.min() < 0:
        return False
    most = some.max()
    return bool(most <= 1 or (most <= 255 and (np.rint(some) == some).all()))


def _spread_factor(X: np.ndarray) -> float:
    """How often the smallest spread of a channel goes into the largest; 1 for what looks like an image."""
    some = np.asarray(X[:: max(1, len(X) // _LOOKED_AT)])
    if some.dtype.kind not in "iuf":
        return 1.0
    flat = some.reshape(-1, some.shape[2]).astype(np.float64)
    if not np.isfinite(flat).all():
        return 1.0
    largest = np.abs(flat).max() or 1.0
    flat = flat / largest
    spread = flat.std(axis=0)
    moving = spread > 1e-12
    if moving.sum() < 2 or _is_picture(flat[:, moving], float(largest), some.shape):
        return 1.0
    return float(spread[moving].max() / spread[moving].min())


def _is_picture(flat: np.ndarray, largest: float, shape: tuple[int, ...]) -> bool:
    """Whether columns are those of small pictures: of one background, with borders that vary less."""
    if shape[2] <= _NARROW:
        return False
    low, high = flat.min(axis=0), flat.max(axis=0)
    has_background = (low == low[0]).all() or (high == high[0]).all()
    values = flat * largest
    are_bytes = largest <= 255 and (np.rint(values) == values.round(9)).all()
    return bool(has_background and (shape[1] == shape[2] or largest <= 1 or are_bytes))


def arranged(X: np.ndarray, layout: Layout) -> np.ndarray:
    """Return samples in the standard layout: tables flat, channels last.

    Raises
    ------
    DataError
        If they have no such axes.
    """
    if layout == "table":
        return X.reshape(len(X), prod(X.shape[1:]))
    if layout == "series" and X.ndim != 3:
        raise DataError(
            f"Series have the shape (n, time, channels), and X has {X.shape}. Reshape it; one channel is "
            "X[..., None]."
        )
    if X.ndim not in (3, 4):
        raise DataError(
            "X must have shape (n_samples, n_features), (n_samples, height, width) or (n_samples, height, "
            f"width, channels), and to be images three or four axes. Got an array of shape {X.shape}."
        )
    return np.moveaxis(X, 1, -1) if layout == "channels-first" else X


def given_back(X: np.ndarray, layout: Layout, given_shape: tuple[int, ...]) -> np.ndarray:
    """Return samples of the standard layout in the one that they were given in.

    Examples
    --------
    >>> X = np.zeros((5, 3, 8, 8))
    >>> given_back(arranged(X, "channels-first"), "channels-first", (3, 8, 8)).shape
    (5, 3, 8, 8)
    """
    if layout == "channels-first":
        return np.moveaxis(X, -1, 1)
    return X.reshape(len(X), *given_shape)


def layout_known_to(model: Any, shape: tuple[int, ...]) -> Layout | None:
    """Return what samples of a shape are to a fitted model; None if it has seen no such, or is not fitted."""
    layout: Layout | None = getattr(model, "layout_", None)
    if layout is None or shape == tuple(model.given_shape_):
        return layout
    is_standard = shape == tuple(model.input_shape_)
    return standard_layout(layout, len(shape) + 1) if is_standard else None


def restore_layout(
    estimator: Any, layout: Layout | None, given_shape: Sequence[int] | None
) -> None:
    """Set what a saved estimator says of the samples it was fitted on, whose standard shape is set already.

    Parameters
    ----------
    estimator : estimator
        With `input_shape_`; gets `layout_` and `given_shape_`.
    layout, given_shape
        None in what version 0.1 has saved.

    Raises
    ------
    ValueError
        If they do not fit the standard shape.
    """
    standard = tuple(estimator.input_shape_)
    estimator.layout_ = layout or ("table" if len(standard) == 1 else "images")
    estimator.given_shape_ = tuple(given_shape or standard)
    if not _fits(estimator.layout_, estimator.given_shape_, standard):
        raise ValueError(
            f"samples given as {estimator.given_shape_} have no layout {estimator.layout_!r} of the shape "
            f"{standard}"
        )


def _fits(layout: Layout, given: tuple[int, ...], standard: tuple[int, ...]) -> bool:
    """Whether samples given in a shape have a standard shape in a layout."""
    if layout == "channels-first":
        return len(given) in (2, 3) and (*given[1:], given[0]) == standard
    if layout == "table":
        return len(standard) == 1 and prod(given) == standard[0]
    return given == standard and (len(given) == 2 if layout == "series" else len(given) in (2, 3))


def standard_layout(layout: Layout, n_axes: int) -> Layout:
    """Return what samples of a layout are once they are arranged, with this many axes in all.

    Examples
    --------
    >>> standard_layout("channels-first", 4), standard_layout("channels-first", 3)
    ('images', 'series')
    """
    if n_axes == 2:
        return "table"
    return "series" if is_series(layout, n_axes) else "images"


def is_series(layout: str | None, n_axes: int) -> bool:
    """Whether samples of a layout, with this many axes in all, have channels with units of their own."""
    return layout == "series" or (layout == "channels-first" and n_axes == 3)
