"""Images over their codes, drawn as small images themselves."""

import math

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import colored, figure_of_rows, signed
from latens.plots.picture import Picture
from latens.plots.style import in_style

__all__ = ["code_tiles", "is_square"]


def is_square(numbers: int) -> bool:
    """Return whether this many values can be drawn as a square of at least 4 x 4."""
    return numbers >= 16 and math.isqrt(numbers) ** 2 == numbers


@in_style
def code_tiles(
    images: npt.ArrayLike, codes: npt.ArrayLike, *, limits: tuple[float, float]
) -> Picture:
    """Show what of an image is still to be seen in its code, where the code is a square number long.

    Parameters
    ----------
    images : array-like of shape (n, h, w) or (n, h, w, channels)
    codes : array-like of shape (n, side * side)
        The code of each image, in the same order.
    limits : (float, float)
        The values of black and white of the images. In the codes white is 0, orange above, blue below.

    Returns
    -------
    Picture
        Its frame has the columns sample, mean and active, the share of numbers that are not 0.

    Raises
    ------
    DataError
        If the codes are not as many as the images, or do not form squares.

    Examples
    --------
    >>> import numpy as np
    >>> code_tiles(np.ones((2, 8, 8)), np.eye(2, 16), limits=(0, 1)).frame["active"].tolist()
    [0.0625, 0.0625]
    """
    X, Z = np.asarray(images, dtype=np.float64), np.asarray(codes, dtype=np.float64)
    if X.ndim not in (3, 4) or Z.ndim != 2 or len(X) != len(Z) or not len(X):
        raise DataError(
            f"'images' and 'codes' must be equally many. Got shapes {X.shape} and {Z.shape}."
        )
    if not is_square(Z.shape[1]):
        raise DataError(
            f"Codes must have 16, 25, 36, ... numbers to be drawn. Got {Z.shape[1]} instead."
        )
    side = math.isqrt(Z.shape[1])
    tiles = _fitted(signed(Z.reshape(len(Z), side, side)), X.shape[1], X.shape[2])
    shown = _fitted(colored(X, limits), *tiles.shape[1:3])
    figure, _ = figure_of_rows({"image": shown, "its code": tiles}, columns=len(X))
    rows = [(at, float(z.mean()), float((z != 0).mean())) for at, z in enumerate(Z)]
    return Picture(figure, pandas.DataFrame(rows, columns=["sample", "mean", "active"]))


def _fitted(tiles: npt.NDArray[np.float64], height: int, width: int) -> npt.NDArray[np.float64]:
    """Tiles with larger pixels as far as there is room, and a transparent border for the rest."""
    scale = max(1, min(height // tiles.shape[1], width // tiles.shape[2]))
    large = tiles.repeat(scale, axis=1).repeat(scale, axis=2)
    rows, columns = max(0, height - large.shape[1]), max(0, width - large.shape[2])
    around = [(0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)]
    return np.pad(large, around)
