"""New samples that models make, beside real ones."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import colored, figure_of_rows
from latens.plots.picture import Picture
from latens.plots.style import in_style

__all__ = ["generated"]


@in_style
def generated(
    samples: Mapping[str, npt.ArrayLike], *, limits: tuple[float, float], columns: int = 24
) -> Picture:
    """Let the eye judge whether new samples could be real ones, and whether they differ.

    Parameters
    ----------
    samples : mapping of str to array-like of shape (n, h, w) or (n, h, w, channels)
        From a name, such as that of a model or "real", to images.
    limits : (float, float)
        The values of black and white.
    columns : int in [1, inf), default=24
        Images side by side.

    Returns
    -------
    Picture
        Its frame has the columns source, sample, mean and spread, the last two over the pixels.

    Raises
    ------
    DataError
        If there is nothing to show, or the images have different shapes.

    Examples
    --------
    >>> import numpy as np
    >>> generated({"vae": np.ones((2, 4, 4))}, limits=(0, 1)).frame["mean"].tolist()
    [1.0, 1.0]
    """
    images = {name: np.asarray(value, dtype=np.float64) for name, value in samples.items()}
    shapes = {value.shape for value in images.values()}
    if len(shapes) != 1 or any(
        value.ndim not in (3, 4) or not value.size for value in images.values()
    ):
        raise DataError(
            f"'samples' must be images of one shape, as many from each source. Got {sorted(shapes)}."
        )
    tiles = {name: colored(value, limits) for name, value in images.items()}
    figure, _ = figure_of_rows(tiles, columns=columns)
    rows = [
        (name, at, float(image.mean()), float(image.std()))
        for name, value in images.items()
        for at, image in enumerate(value)
    ]
    return Picture(figure, pandas.DataFrame(rows, columns=["source", "sample", "mean", "spread"]))
