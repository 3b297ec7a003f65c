"""How much noise there is, from noisy samples alone."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from latens.applications.denoise.items import read_items
from latens.exceptions import DataError

__all__ = ["estimate_noise", "every_window", "noise_in_image", "noise_in_table"]

_LARGEST_WINDOW, _SMALLEST_WINDOW = 7, 2
# Windows for each number of a window, and rows for each column: with fewer, the smallest eigenvalues are
# those of chance.
_WINDOWS_PER_VALUE = _ROWS_PER_COLUMN = 12
_MOST_WINDOWS = 200_000


def estimate_noise(X: Any) -> np.ndarray:
    """Return the standard deviation of the noise in each image, or in a table.

    Clean images fill few of the directions that small windows of pixels can vary in; noise fills all of
    them alike. So the smallest eigenvalues of the windows' covariance are the variance of the noise; as
    many are averaged as have their mean at their median. It is right for noise that is independent from
    pixel to pixel, too large for images that are texture all over, and too small where the noise was
    clipped. For a table its rows take the part of the windows, all columns have noise alike, and there must
    be 12 rows for each column.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features), (n_samples, height, width[, channels]), or list
        A list holds images of many sizes.

    Returns
    -------
    ndarray of shape (n_images,), or () for a table
        In the units of `X`.

    Raises
    ------
    DataError
        If `X` cannot be used, or an image or a table is too small to tell.

    References
    ----------
    Chen, Zhu and Heng (2015), An efficient statistical method for image noise level estimation. ICCV.
    https://doi.org/10.1109/ICCV.2015.62

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noisy = np.ones((1, 64, 64)) + rng.normal(scale=0.1, size=(1, 64, 64))
    >>> bool(abs(estimate_noise(noisy)[0] - 0.1) < 0.005)
    True
    """
    items = read_items(X)
    if items.is_table:
        return np.array(noise_in_table(items.stacks[0]))
    return np.array([noise_in_image(image) for stack in items.stacks for image in stack])


def noise_in_table(rows: np.ndarray) -> float:
    """Return the standard deviation of the noise in rows, shape (n_samples, n_features).

    Raises
    ------
    DataError
        If there are less than two columns, or less than 12 rows for each.
    """
    n_samples, n_features = rows.shape
    if n_features < 2 or n_samples < _ROWS_PER_COLUMN * n_features:
        raise DataError(
            f"The noise of a table can be estimated from two columns or more, and {_ROWS_PER_COLUMN} rows "
            f"for each column. Got the shape {rows.shape}; give the noise level instead."
        )
    return _smallest_deviation(rows)


def noise_in_image(image: np.ndarray) -> float:
    """Return the standard deviation of the noise in an image, shape (height, width[, channels]).

    Channels are estimated apart, and their variances averaged.

    Raises
    ------
    DataError
        If it has less than about 7 x 7 pixels.
    """
    channels = image[..., None] if image.ndim == 2 else image
    side = _window(*image.shape[:2])
    variances = [
        _smallest_deviation(_windows(channels[..., channel], side)) ** 2
        for channel in range(channels.shape[2])
    ]
    return float(np.sqrt(np.mean(variances)))


def _window(height: int, width: int) -> int:
    """The side of the windows: the largest that the image has enough of."""
    for side in range(_LARGEST_WINDOW, _SMALLEST_WINDOW - 1, -1):
        if (height - side + 1) * (width - side + 1) >= _WINDOWS_PER_VALUE * side**2 and side <= min(
            height, width
        ):
            return side
    raise DataError(
        f"An image of {height} x {width} pixels is too small to estimate its noise. Give the noise level "
        "instead."
    )


def _windows(plane: np.ndarray, side: int) -> np.ndarray:
    windows = sliding_window_view(plane, (side, side))
    n_windows = windows.shape[0] * windows.shape[1]
    return every_window(windows, -(-n_windows // _MOST_WINDOWS))


def every_window(windows: np.ndarray, step: int) -> np.ndarray:
    """Return every so many windows as rows, and copy no others.

    Parameters
    ----------
    windows : ndarray of shape (n_down, n_across, ...)
        A view, such as `sliding_window_view` gives.
    step : int
    """
    down, across = np.divmod(
        np.arange(0, windows.shape[0] * windows.shape[1], step), windows.shape[1]
    )
    return windows[down, across].reshape(len(down), -1)


def _smallest_deviation(rows: np.ndarray) -> float:
    """Square root of the mean of as many small eigenvalues as have it at their median."""
    covariance = np.atleast_2d(np.cov(rows.astype(np.float64), rowvar=False))
    largest_first = np.linalg.eigvalsh(covariance)[::-1].clip(min=0)
    for left_out in range(len(largest_first)):
        rest = largest_first[left_out:]
        if rest.mean() <= np.median(rest):
            break
    return float(np.sqrt(rest.mean()))
