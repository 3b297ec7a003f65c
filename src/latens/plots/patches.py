"""The parts of images that excite the units of one layer most."""

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import colored, draw_mosaic, enlarged, tiled
from latens.plots.picture import Picture
from latens.plots.style import MUTED, WIDTH, in_style, new_figure

__all__ = ["patches"]


@in_style
def patches(excerpts: npt.ArrayLike, *, limits: tuple[float, float]) -> Picture:
    """Show what the units of a layer respond to, a row for each, the most exciting patch first.

    Parameters
    ----------
    excerpts : array-like of shape (n, k, h, w) or (n, k, h, w, channels)
        For each of n units, k parts of images.
    limits : (float, float)
        The values of black and white.

    Returns
    -------
    Picture
        Its frame has the columns unit, patch (both from 1) and mean.

    Raises
    ------
    DataError
        If there is no patch, or the array has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> picture = patches(np.zeros((2, 6, 3, 3)), limits=(0, 1))
    >>> len(picture.frame)
    12
    """
    P = np.asarray(excerpts, dtype=np.float64)
    if P.ndim not in (4, 5) or P.size == 0:
        raise DataError(
            f"'excerpts' must be of shape (n, k, h, w) or (n, k, h, w, channels). Got {P.shape}."
        )
    n, k = P.shape[:2]
    halves = np.array_split(np.arange(n), 2 if n > 1 else 1)
    tiles = [enlarged(colored(P[half].reshape(-1, *P.shape[2:]), limits)) for half in halves]
    mosaics = [tiled(half, k) for half in tiles]
    width = 0.56 * WIDTH
    height = (width - 0.9) / len(halves) * mosaics[0].shape[0] / mosaics[0].shape[1]
    figure = new_figure(min(height, 1.1 * width) + 0.1, width=width)
    for axes, half, mosaic in zip(
        figure.subplots(1, len(halves), squeeze=False)[0], halves, mosaics, strict=True
    ):
        draw_mosaic(axes, mosaic, [str(at + 1) for at in half])
        axes.tick_params(labelcolor=MUTED, labelsize=8)
        axes.set_anchor("N")
    return Picture(figure, _frame(P))


def _frame(P: npt.NDArray[np.float64]) -> pandas.DataFrame:
    n, k = P.shape[:2]
    unit, patch = np.indices((n, k)).reshape(2, -1) + 1
    means = P.reshape(n * k, -1).mean(axis=1)
    return pandas.DataFrame({"unit": unit, "patch": patch, "mean": means})
