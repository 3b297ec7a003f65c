"""Walks through the codes: along one number, and from one sample to another."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.figure import Figure

from latens.exceptions import DataError
from latens.plots.mosaics import Images, Panel, colored, figure_of_panels, joined, tiled
from latens.plots.picture import Picture
from latens.plots.style import in_style

__all__ = ["interpolations", "traversals"]


@in_style
def traversals(
    decoded: npt.ArrayLike, *, limits: tuple[float, float], numbers: Sequence[int] | None = None
) -> Picture:
    """Show what each number of a code stands for: a row of images in which it alone changes.

    Parameters
    ----------
    decoded : array-like of shape (u, steps, h, w) or (u, steps, h, w, channels)
        For each of u dimensions of the code, what is decoded as it goes from small to large.
    limits : (float, float)
        The values of black and white.
    numbers : sequence of int, optional
        Which dimensions of the code they are, from 0; the first u without it.

    Returns
    -------
    Picture
        Its frame has the columns number and change: the mean absolute difference between the ends of
        its row, in the units of the images. A number without change is not used.

    Raises
    ------
    DataError
        If there is nothing to show, or the array has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.linspace(0, 1, 6)[None, :, None, None] * np.ones((2, 6, 4, 4))
    >>> traversals(images, limits=(0, 1)).frame["change"].tolist()
    [1.0, 1.0]
    """
    X = _checked(decoded, "decoded")
    marks = list(range(len(X))) if numbers is None else [int(one) for one in numbers]
    tiles = [tiled(colored(row, limits), len(row)) for row in X]
    figure = _figure(tiles, [str(mark) for mark in marks])
    change = np.abs(X[:, -1] - X[:, 0]).reshape(len(X), -1).mean(axis=1)
    return Picture(figure, pandas.DataFrame({"number": marks, "change": change}))


@in_style
def interpolations(decoded: npt.ArrayLike, *, limits: tuple[float, float]) -> Picture:
    """Show whether the way between two samples leads through samples, or through nothing.

    Parameters
    ----------
    decoded : array-like of shape (p, steps, h, w) or (p, steps, h, w, channels), steps in [3, inf)
        For each of p pairs: a sample, what is decoded on the straight line from its code to the code of
        another sample, and that other sample.
    limits : (float, float)
        The values of black and white.

    Returns
    -------
    Picture
        Its frame has the columns pair and step (both from 1), and change: the mean absolute difference
        from the image before. Even steps have changes of one size.

    Raises
    ------
    DataError
        If there is nothing to show, or the array has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.linspace(0, 1, 5)[None, :, None, None] * np.ones((1, 5, 4, 4))
    >>> interpolations(images, limits=(0, 1)).frame["change"].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    X = _checked(decoded, "decoded")
    if X.shape[1] < 3:
        raise DataError(f"'decoded' must have three steps or more. Got {X.shape[1]}.")
    tiles = [_between(colored(row, limits)) for row in X]
    figure = _figure(tiles, [str(at + 1) for at in range(len(X))])
    steps = np.abs(np.diff(X, axis=1)).reshape(len(X), X.shape[1] - 1, -1).mean(axis=2)
    pair, step = np.indices(steps.shape).reshape(2, -1) + 1
    return Picture(figure, pandas.DataFrame({"pair": pair, "step": step, "change": steps.ravel()}))


def _checked(decoded: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    X = np.asarray(decoded, dtype=np.float64)
    if X.ndim not in (4, 5) or X.size == 0:
        raise DataError(f"'{name}' must be of shape (n, steps, h, w[, channels]). Got {X.shape}.")
    return X


def _between(tiles: Images) -> Images:
    """A sample, a gap, what lies between, a gap, and the other sample."""
    first, rest = tiled(tiles[:1], 1), tiled(tiles[1:-1], len(tiles) - 2)
    return joined(joined(first, rest), tiled(tiles[-1:], 1))


def _figure(rows: list[Images], labels: list[str]) -> Figure:
    """The rows in two panels side by side."""
    halves = np.array_split(np.arange(len(rows)), 2 if len(rows) > 1 else 1)
    panels = [
        Panel(np.concatenate([rows[at] for at in half]), [labels[at] for at in half])
        for half in halves
    ]
    return figure_of_panels(panels)
