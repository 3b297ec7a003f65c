"""The filters of one layer of a network."""

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.figure import Figure

from latens.exceptions import DataError
from latens.plots.mosaics import colored, draw_mosaic, enlarged, signed, tiled
from latens.plots.picture import Picture
from latens.plots.style import MUTED, WIDTH, in_style, new_figure

__all__ = ["filters"]

Weights = npt.NDArray[np.float64]

_COLUMNS = 6


@in_style
def filters(weights: npt.ArrayLike, *, limits: tuple[float, float] | None = None) -> Picture:
    """Show what the units of a layer look for.

    Weights of one channel are blue below zero, white at it and orange above, those of color images are
    colors around grey. Kernels of other numbers of channels have a row for each filter and a column for
    each channel.

    Parameters
    ----------
    weights : array-like of shape (n, h, w) or (n, h, w, channels)
        Weights, or images if there are limits.
    limits : (float, float) or None, default=None
        The values of black and white of images; None for weights.

    Returns
    -------
    Picture
        Its frame has the columns filter (from 1), smallest, largest and length (the root of the sum of
        squares).

    Raises
    ------
    DataError
        If there is no filter, or the array has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[[-1.0, 0.0, 1.0]] * 3])
    >>> filters(edge).frame["largest"].tolist()
    [1.0]
    """
    W = np.asarray(weights, dtype=np.float64)
    if W.ndim not in (3, 4) or W.size == 0 or not np.isfinite(W).all():
        raise DataError(
            "'weights' must be finite and of shape (n, h, w) or (n, h, w, channels). "
            f"Got {W.shape}."
        )
    if W.ndim == 4 and W.shape[3] == 1:
        W = W[..., 0]
    is_deep = W.ndim == 4 and W.shape[3] != 3
    figure = _table_of_kernels(W) if is_deep else _grid(W, limits)
    return Picture(figure, _frame(W))


def _grid(W: Weights, limits: tuple[float, float] | None) -> Figure:
    if limits is not None:
        tiles = colored(W, limits)
    elif W.ndim == 4:
        largest = float(np.abs(W).max()) or 1.0
        tiles = colored(W, (-largest, largest))
    else:
        tiles = signed(W)
    columns = min(_COLUMNS, len(W))
    starts = range(0, len(W), columns)
    labels = [_span(start + 1, min(start + columns, len(W))) for start in starts]
    return _figure(tiled(enlarged(tiles), columns), labels)


def _table_of_kernels(W: Weights) -> Figure:
    n, _, _, channels = W.shape
    tiles = signed(np.moveaxis(W, -1, 1).reshape(n * channels, *W.shape[1:3]))
    labels = [str(at + 1) for at in range(n)]
    figure = _figure(tiled(enlarged(tiles), channels), labels)
    figure.axes[0].set_xlabel("channel that comes in", fontsize=8.5)
    return figure


def _figure(mosaic: Weights, labels: list[str]) -> Figure:
    width = 0.44 * WIDTH
    height = (width - 0.6) * mosaic.shape[0] / mosaic.shape[1]
    figure = new_figure(min(height, 0.7 * width) + 0.1, width=width)
    axes = figure.subplots()
    draw_mosaic(axes, mosaic, labels)
    axes.tick_params(labelcolor=MUTED, labelsize=8)
    return figure


def _span(first: int, last: int) -> str:
    return f"{first}–{last}" if last > first else str(first)


def _frame(W: Weights) -> pandas.DataFrame:
    flat = W.reshape(len(W), -1)
    return pandas.DataFrame(
        {
            "filter": np.arange(1, len(W) + 1),
            "smallest": flat.min(axis=1),
            "largest": flat.max(axis=1),
            "length": np.sqrt(np.square(flat).sum(axis=1)),
        }
    )
