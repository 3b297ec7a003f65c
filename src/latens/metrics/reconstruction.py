"""Reconstruction errors compare reconstructions with their originals, sample by sample.

Samples have any shape, `(n, features)`, `(n, h, w)` or `(n, h, w, channels)`, and any real type.
Each is compared on its own, in float64 and in blocks, so that the memory needed does not grow with
the number of samples; memory-mapped arrays are read piece by piece.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from latens._validation import Real, check_value
from latens.exceptions import DataError
from latens.metrics.inputs import as_numbers
from latens.pairwise import row_blocks

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_samples",
    "mean_absolute_error",
    "mean_absolute_error_samples",
    "mean_squared_error",
    "mean_squared_error_samples",
    "per_sample",
    "psnr",
    "psnr_samples",
]

Vector = npt.NDArray[np.float64]
Compare = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], Vector]

_CLIP = 1e-7  # Keras' constant: a probability of exactly 0 or 1 would cost infinitely much


def mean_squared_error(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> float:
    """Score reconstructions by their squared error, mean over all values of all samples.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.

    Returns
    -------
    float
        In [0, inf), in the square of the data's units; lower is better, 0 is perfect.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> mean_squared_error([[0.0, 1.0]], [[0.5, 1.0]])
    0.125
    """
    return float(mean_squared_error_samples(X, X_hat).mean())


def mean_squared_error_samples(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> Vector:
    """Score every reconstruction by its mean squared error, as for finding anomalies.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.

    Returns
    -------
    ndarray of shape (n_samples,)
        In [0, inf), in the square of the data's units; lower is better.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> mean_squared_error_samples([[0.0, 1.0], [1.0, 1.0]], [[0.5, 1.0], [1.0, 1.0]])
    array([0.125, 0.   ])
    """
    return per_sample(X, X_hat, _squared_error)


def mean_absolute_error(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> float:
    """Score reconstructions by their absolute error, mean over all values of all samples.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.

    Returns
    -------
    float
        In [0, inf), in the data's units; lower is better, 0 is perfect.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> mean_absolute_error([[0.0, 1.0]], [[0.5, 1.0]])
    0.25
    """
    return float(mean_absolute_error_samples(X, X_hat).mean())


def mean_absolute_error_samples(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> Vector:
    """Score every reconstruction by its mean absolute error.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.

    Returns
    -------
    ndarray of shape (n_samples,)
        In [0, inf), in the data's units; lower is better.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> mean_absolute_error_samples([[0.0, 1.0], [1.0, 1.0]], [[0.5, 1.0], [1.0, 1.0]])
    array([0.25, 0.  ])
    """
    return per_sample(X, X_hat, lambda x, x_hat: np.abs(x - x_hat).mean(axis=1))


def binary_cross_entropy(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> float:
    """Score reconstructions of pixels in [0, 1] as probabilities, mean over all pixels.

    ``-(x log x_hat + (1 - x) log(1 - x_hat))``, with `x_hat` kept 1e-7 away from 0 and 1 as Keras
    does. The best value is the entropy of the gray pixels themselves, above 0 for gray images, so
    it only compares models on the same data.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions in [0, 1].

    Returns
    -------
    float
        In nats per pixel, in [0, 16.2]; lower is better.

    Raises
    ------
    DataError
        If the shapes differ or a value lies outside [0, 1].

    Examples
    --------
    >>> round(binary_cross_entropy([[0.0, 1.0]], [[0.5, 0.5]]), 4)
    0.6931
    """
    return float(binary_cross_entropy_samples(X, X_hat).mean())


def binary_cross_entropy_samples(X: npt.ArrayLike, X_hat: npt.ArrayLike) -> Vector:
    """Score every reconstruction by its binary cross-entropy, mean over its pixels.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions in [0, 1].

    Returns
    -------
    ndarray of shape (n_samples,)
        In nats per pixel, in [0, 16.2]; lower is better.

    Raises
    ------
    DataError
        If the shapes differ or a value lies outside [0, 1].

    Examples
    --------
    >>> binary_cross_entropy_samples([[1.0], [0.0]], [[0.5], [0.0]]).round(4)
    array([0.6931, 0.    ])
    """
    return per_sample(X, X_hat, _cross_entropy)


def psnr(X: npt.ArrayLike, X_hat: npt.ArrayLike, data_range: float) -> float:
    """Score reconstructions by the peak signal-to-noise ratio, mean over samples.

    ``10 log10(data_range^2 / MSE)`` of each sample, then the mean. This mean over images lies above
    the ratio of the mean error, which other programs print.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.
    data_range : float in (0, inf)
        The largest value possible minus the smallest: 255 for 8-bit images, 1 for [0, 1].

    Returns
    -------
    float
        In decibels, in (-inf, inf]; higher is better. A sample that equals its original has an
        infinite ratio, which is not capped: one such sample makes the mean infinite.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.
    ParameterError
        If `data_range` is not above zero.

    Examples
    --------
    >>> round(psnr([[0.0, 1.0]], [[0.1, 0.9]], data_range=1), 2)
    20.0
    """
    return float(psnr_samples(X, X_hat, data_range).mean())


def psnr_samples(X: npt.ArrayLike, X_hat: npt.ArrayLike, data_range: float) -> Vector:
    """Score every reconstruction by its peak signal-to-noise ratio.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions, in the same units.
    data_range : float in (0, inf)
        The largest value possible minus the smallest: 255 for 8-bit images, 1 for [0, 1].

    Returns
    -------
    ndarray of shape (n_samples,)
        In decibels, in (-inf, inf]; higher is better, infinite for a sample that equals its
        original.

    Raises
    ------
    DataError
        If the shapes differ or a value is not finite.
    ParameterError
        If `data_range` is not above zero.

    Examples
    --------
    >>> psnr_samples([[0.0, 1.0], [1.0, 1.0]], [[0.1, 0.9], [1.0, 1.0]], data_range=1)
    array([20., inf])
    """
    check_value("psnr", "data_range", data_range, (Real(0, closed="right"),))
    errors = mean_squared_error_samples(X, X_hat)
    with np.errstate(divide="ignore"):
        # Logarithms apart, so that the square of a huge range cannot overflow.
        ratios: Vector = 20 * np.log10(float(data_range)) - 10 * np.log10(errors)
    return ratios


def per_sample(X: npt.ArrayLike, X_hat: npt.ArrayLike, compare: Compare, copies: int = 4) -> Vector:
    """Compare originals with reconstructions block by block, one number per sample.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, ...)
        Originals and reconstructions.
    compare : callable
        From two float64 matrices (samples, numbers of a sample) to one number per sample.
    copies : int, default=4
        How many arrays of the size of a block `compare` holds at once.

    Returns
    -------
    ndarray of shape (n_samples,)

    Raises
    ------
    DataError
        If the shapes differ or an answer is not finite.

    Examples
    --------
    >>> per_sample([[1.0, 2.0]], [[1.0, 5.0]], lambda x, x_hat: np.abs(x - x_hat).max(axis=1))
    array([3.])
    """
    originals, answers = as_numbers(X, "X"), as_numbers(X_hat, "X_hat")
    if originals.shape != answers.shape:
        raise DataError(
            "X and X_hat must have the same shape. "
            f"Got {originals.shape} and {answers.shape}: reshape one like the other."
        )
    scores = np.empty(len(originals))
    row_bytes = 8 * copies * (originals.size // len(originals))
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in row_blocks(len(originals), row_bytes):
            scores[rows] = compare(_as_rows(originals[rows]), _as_rows(answers[rows]))
    if not np.isfinite(scores).all():
        row = int(np.flatnonzero(~np.isfinite(scores))[0])
        raise DataError(
            "X and X_hat must hold finite numbers that can be squared. "
            f"Sample {row} has NaN, infinity or far too large numbers."
        )
    return scores


def _as_rows(block: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return block.reshape(len(block), -1).astype(np.float64, copy=False)


def _squared_error(x: npt.NDArray[np.float64], x_hat: npt.NDArray[np.float64]) -> Vector:
    difference = x - x_hat
    squares: Vector = np.einsum("ij,ij->i", difference, difference)
    return squares / x.shape[1]


def _cross_entropy(x: npt.NDArray[np.float64], x_hat: npt.NDArray[np.float64]) -> Vector:
    for name, values in (("X", x), ("X_hat", x_hat)):
        if not (values.min() >= 0 and values.max() <= 1):
            raise DataError(
                f"{name} must lie in [0, 1] for a binary cross-entropy. "
                f"Got values from {values.min():g} to {values.max():g}: divide pixels by 255."
            )
    chance = np.clip(x_hat, _CLIP, 1 - _CLIP)
    cost = x * np.log(chance) + (1 - x) * np.log1p(-chance)
    return -cost.mean(axis=1)
