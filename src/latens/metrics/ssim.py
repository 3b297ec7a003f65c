"""The structural similarity index (SSIM) scores how alike two images look.

In every window, SSIM compares the mean (brightness), the variance (contrast) and the covariance
(structure) of the two images::

    (2 mx my + C1) (2 cov + C2) / ((mx^2 + my^2 + C1) (vx + vy + C2))
    C1 = (0.01 data_range)^2,  C2 = (0.03 data_range)^2

The windows are 7 x 7 with equal weights and lie fully inside the image; variances are those of a
sample (n - 1). These are scikit-image's defaults, and the numbers are the same.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from latens._validation import Real, check_value
from latens.exceptions import DataError
from latens.metrics.inputs import as_numbers
from latens.metrics.reconstruction import per_sample

__all__ = ["ssim", "ssim_samples"]

Images = npt.NDArray[np.float64]

_WINDOW = 7


def ssim(X: npt.ArrayLike, X_hat: npt.ArrayLike, data_range: float) -> float:
    """Score how alike reconstructed images look to their originals, mean over images.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, height, width) or (..., channels)
        Originals and reconstructions, in the same units. Images with a side under 7 pixels are
        compared in the largest odd window that fits.
    data_range : float in (0, inf)
        The largest value possible minus the smallest: 255 for 8-bit images, 1 for [0, 1].

    Returns
    -------
    float
        In [-1, 1]; higher is better, 1 means equal.

    Raises
    ------
    DataError
        If the shapes differ, are not those of images, or a value is not finite.
    ParameterError
        If `data_range` is not above zero.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli (2004), "Image quality assessment: from
    error visibility to structural similarity", IEEE Transactions on Image Processing 13,
    doi:10.1109/TIP.2003.819861.

    Examples
    --------
    >>> images = np.arange(128.0).reshape(2, 8, 8)
    >>> round(ssim(images, images, data_range=127), 6)
    1.0
    """
    return float(ssim_samples(X, X_hat, data_range).mean())


def ssim_samples(X: npt.ArrayLike, X_hat: npt.ArrayLike, data_range: float) -> Images:
    """Score every reconstructed image by its structural similarity to the original.

    Parameters
    ----------
    X, X_hat : array-likes of shape (n_samples, height, width) or (..., channels)
        Originals and reconstructions, in the same units. Images with a side under 7 pixels are
        compared in the largest odd window that fits.
    data_range : float in (0, inf)
        The largest value possible minus the smallest: 255 for 8-bit images, 1 for [0, 1].

    Returns
    -------
    ndarray of shape (n_samples,)
        In [-1, 1]; higher is better. The mean over windows and channels.

    Raises
    ------
    DataError
        If the shapes differ, are not those of images, or a value is not finite.
    ParameterError
        If `data_range` is not above zero.

    Examples
    --------
    >>> images = np.arange(128.0).reshape(2, 8, 8)
    >>> ssim_samples(images, images[:, ::-1], data_range=127).round(2)
    array([-0.89, -0.91])
    """
    check_value("ssim", "data_range", data_range, (Real(0, closed="right"),))
    shape = as_numbers(X, "X").shape
    if len(shape) not in (3, 4):
        raise DataError(
            "X must hold images of shape (n_samples, height, width) or (n_samples, height, width, "
            f"channels) for SSIM. Got an array of shape {shape}: reshape the rows to images."
        )
    # Everything is compared in units of the range, which a huge range cannot overflow.
    compare = partial(_similarity, shape=shape[1:], data_range=float(data_range))
    # Same result either way: how many samples at once.
    return per_sample(X, X_hat, compare, copies=16)


def _similarity(
    x: Images, x_hat: Images, *, shape: tuple[int, ...], data_range: float
) -> npt.NDArray[np.float64]:
    window = min(_WINDOW, shape[0], shape[1])
    window -= 1 - window % 2
    index = _index_map(
        (x / data_range).reshape(-1, *shape), (x_hat / data_range).reshape(-1, *shape), window
    )
    edge = window // 2
    inside = index[:, edge : shape[0] - edge, edge : shape[1] - edge]
    means: npt.NDArray[np.float64] = inside.reshape(len(x), -1).mean(axis=1)
    return means


def _index_map(x: Images, x_hat: Images, window: int) -> Images:
    """Return the index of the window around every pixel."""
    size = (1, window, window, 1)[: x.ndim]
    mean = partial(uniform_filter, size=size, mode="reflect")
    pixels = window**2
    correction = pixels / max(pixels - 1, 1)  # a window of one pixel has no variance to correct
    mean_x, mean_y = mean(x), mean(x_hat)
    both, product = mean_x**2 + mean_y**2, mean_x * mean_y
    variances = correction * (mean(x * x + x_hat * x_hat) - both)
    covariance = correction * (mean(x * x_hat) - product)
    c1, c2 = 0.01**2, 0.03**2
    index: Images = (2 * product + c1) * (2 * covariance + c2)
    index /= (both + c1) * (variances + c2)
    return index
