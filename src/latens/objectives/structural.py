"""The structural dissimilarity of images."""

from torch import Tensor
from torch.nn import functional

from latens.networks import Output

__all__ = ["structural_dissimilarity"]

_WINDOW = 7
_C1, _C2 = 0.01**2, 0.03**2  # for data whose range is 1


def structural_dissimilarity(output: Output, target: Tensor) -> Tensor:
    """Return one minus the structural similarity (SSIM) of each image, in [0, 2]: 0 for equal images.

    In windows of 7 x 7, or the largest odd ones that fit, with equal weights, as `latens.metrics.ssim`
    has them; the range of the data is taken to be 1. Structure counts more than brightness: flat and dark
    areas that hardly add to a squared error do here.

    Parameters
    ----------
    output : Output
    target : Tensor of shape (batch, channels, height, width)

    Returns
    -------
    Tensor of shape (batch,)

    References
    ----------
    Wang, Bovik, Sheikh and Simoncelli (2004), Image quality assessment: from error visibility to
    structural similarity. https://doi.org/10.1109/TIP.2003.819861
    """
    x, x_hat = target, output.x_hat
    window = min(_WINDOW, x.shape[2], x.shape[3])
    window -= 1 - window % 2

    def mean(images: Tensor) -> Tensor:
        return functional.avg_pool2d(images, window, stride=1)

    pixels = window**2
    correction = pixels / max(pixels - 1, 1)  # of the variances of a sample
    mean_x, mean_y = mean(x), mean(x_hat)
    both, product = mean_x.square() + mean_y.square(), mean_x * mean_y
    variances = correction * (mean(x.square() + x_hat.square()) - both)
    covariance = correction * (mean(x * x_hat) - product)
    index = (2 * product + _C1) * (2 * covariance + _C2)
    index = index / ((both + _C1) * (variances + _C2))
    return 1 - index.flatten(1).mean(1)


structural_dissimilarity.needs_images = True  # type: ignore[attr-defined]
