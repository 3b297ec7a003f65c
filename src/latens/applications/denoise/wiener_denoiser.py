"""The best linear removal of noise, in closed form: what every network has to beat."""

from math import prod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from latens._fitting import fitting
from latens._validation import Constraints, Integer, Nothing, Real, check_parameters
from latens.applications.denoise.items import ImageItems, items_to_fit, items_to_transform
from latens.applications.denoise.noise_level import every_window, noise_in_image, noise_in_table
from latens.exceptions import DataError

__all__ = ["WienerDenoiser"]

# The most values of a sample that is filtered whole; its covariance has the square of them.
_MOST_VALUES = 1_024
_MOST_WINDOWS = 500_000
_ROWS_AT_A_TIME = 64


class WienerDenoiser(TransformerMixin, BaseEstimator):
    """Shrinks what varies little in clean samples: the Wiener filter in their principal components.

    A component of variance v under noise of variance s is multiplied by v / (v + s). Tables and stacks
    of small images are filtered whole, larger images window by window, and overlapping windows are
    averaged.

    Parameters
    ----------
    noise_level : float in (0, inf) or None, default=None
        The standard deviation of the noise in the units of the data. None: estimated for each image, or
        for the table.
    window : int in [2, 16], default=8
        The side of the windows of larger images.

    Attributes
    ----------
    mean_ : ndarray of shape (n_values,)
    components_ : ndarray of shape (n_values, n_values)
        In columns.
    variances_ : ndarray of shape (n_values,)
        Of clean samples along the components.
    n_features_in_ : int

    References
    ----------
    Wiener (1949), Extrapolation, interpolation, and smoothing of stationary time series. MIT Press.
    Muresan and Parks (2003), Adaptive principal components and image denoising. ICIP.
    https://doi.org/10.1109/ICIP.2003.1246908

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 1)) * np.ones(5)
    >>> noisy = X + rng.normal(scale=0.5, size=X.shape)
    >>> cleaned = WienerDenoiser(0.5).fit(X).transform(noisy)
    >>> bool(np.square(cleaned - X).mean() < np.square(noisy - X).mean() / 4)
    True
    """

    _constraints: ClassVar[Constraints] = {
        "noise_level": (Real(0, closed="right"), Nothing()),
        "window": (Integer(2, 16),),
    }

    variances_: np.ndarray

    def __init__(self, noise_level: float | None = None, *, window: int = 8) -> None:
        self.noise_level = noise_level
        self.window = window

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn mean and covariance of clean samples.

        Parameters
        ----------
        X : array-like or list of images
            As `Denoiser.fit` takes them.
        y : ignored

        Raises
        ------
        DataError
            If the data cannot be used.
        """
        with fitting(self):
            self._learn(X)
        return self

    def fit_noisy(self, X: Any) -> Self:
        """Learn mean and covariance from noisy samples: the noise adds its variance to every component.

        Parameters
        ----------
        X : array-like or list of images
            As `Denoiser.fit` takes them, all with noise of one level.

        Raises
        ------
        DataError
            If the data cannot be used, or are too small to estimate the noise.
        """
        with fitting(self):
            items = self._learn(X)
            level = np.median(np.concatenate([self._levels(stack) for stack in items.stacks]))
            self.variances_ = np.maximum(self.variances_ - level**2, 0)
        return self

    def transform(self, X: Any) -> Any:
        """Return the clean samples that noisy ones stand for, float64, in the form in which they came.

        Raises
        ------
        DataError
            If the samples have other columns or channels than the fitted ones, or an image is smaller than
            a window.
        """
        check_is_fitted(self)
        ndim = len(self.sample_shape_)
        items = items_to_transform(self, X, None if ndim == 1 else ndim)
        cleaned = []
        for stack in items.stacks:
            levels = self._levels(stack)
            rows = zip(stack, levels, strict=True)
            self._check(stack.shape[1:])
            if self.is_whole_:
                cleaned.append(self._filtered(stack.reshape(len(stack), -1), levels[:, None]))
                cleaned[-1] = cleaned[-1].reshape(stack.shape)
            else:
                cleaned.append(np.stack([self._filtered_image(*row) for row in rows]))
        return items.restored(cleaned)

    def _learn(self, X: Any) -> ImageItems:
        check_parameters(self)
        items = items_to_fit(self, X)
        shape = items.stacks[0].shape[1:]
        if items.is_table and shape[0] > _MOST_VALUES:
            raise DataError(
                f"WienerDenoiser takes tables of up to {_MOST_VALUES:,} columns, as their covariance has the "
                f"square of them. Got {shape[0]:,}; leave out some, or use Denoiser."
            )
        self.is_whole_ = len(items.stacks) == 1 and len(items) > 1 and prod(shape) <= _MOST_VALUES
        self.sample_shape_ = shape
        rows = (
            items.stacks[0].reshape(len(items), -1) if self.is_whole_ else self._windows_of(items)
        )
        rows = rows.astype(np.float64)
        self.mean_ = rows.mean(0)
        variances, self.components_ = np.linalg.eigh(np.atleast_2d(np.cov(rows, rowvar=False)))
        self.variances_ = np.maximum(variances, 0)
        return items

    def _windows_of(self, items: ImageItems) -> np.ndarray:
        """Windows of all images, thinned out evenly."""
        images = [image for stack in items.stacks for image in stack]
        images = [image for image in images if min(image.shape[:2]) >= self.window]
        if not images:
            raise DataError(
                f"No image has the {self.window} x {self.window} pixels of a window. Make it smaller."
            )
        pixels = sum(image.shape[0] * image.shape[1] for image in images)
        every = -(-pixels // _MOST_WINDOWS)
        return np.concatenate([self._windows(image, every) for image in images])

    def _windows(self, image: np.ndarray, every: int = 1) -> np.ndarray:
        """The windows of an image, or every so many, shape (n, values)."""
        planes = image[..., None] if image.ndim == 2 else image
        windows = sliding_window_view(planes, (self.window, self.window), axis=(0, 1))
        return every_window(windows, every)

    def _levels(self, stack: np.ndarray) -> np.ndarray:
        if self.noise_level is not None:
            return np.full(len(stack), float(self.noise_level))
        if stack.ndim == 2:
            return np.full(len(stack), noise_in_table(stack))
        return np.array([noise_in_image(image) for image in stack])

    def _check(self, shape: tuple[int, ...]) -> None:
        fits = (
            shape == self.sample_shape_
            if self.is_whole_
            else shape[2:] == self.sample_shape_[2:] and min(shape[:2]) >= self.window
        )
        if not fits:
            raise DataError(
                f"X has samples of shape {shape}, which this WienerDenoiser cannot filter. It was fitted on "
                f"samples of shape {self.sample_shape_}"
                + ("." if self.is_whole_ else f", in windows of {self.window} pixels.")
            )

    def _filtered(self, rows: np.ndarray, levels: np.ndarray | float) -> np.ndarray:
        noise = np.square(levels)
        kept = self.variances_ / np.maximum(self.variances_ + noise, np.finfo(float).tiny)
        along = (rows - self.mean_) @ self.components_
        return np.asarray((along * kept) @ self.components_.T + self.mean_)

    def _filtered_image(self, image: np.ndarray, level: float) -> np.ndarray:
        """The mean of all filtered windows that a pixel lies in, some rows of windows at a time."""
        planes = image[..., None] if image.ndim == 2 else image
        height, width, channels = planes.shape
        side = self.window
        sums, counts = np.zeros(planes.shape), np.zeros((height, width, 1))
        across = width - side + 1
        for top in range(0, height - side + 1, _ROWS_AT_A_TIME):
            rows = min(_ROWS_AT_A_TIME, height - side + 1 - top)
            windows = self._windows(planes[top : top + rows + side - 1])
            filtered = self._filtered(windows, level).reshape(rows, across, channels, side, side)
            for i in range(side):
                for j in range(side):
                    there = np.s_[top + i : top + i + rows, j : j + across]
                    sums[there] += filtered[..., i, j]
                    counts[there] += 1
        return np.asarray((sums / counts).reshape(image.shape))
