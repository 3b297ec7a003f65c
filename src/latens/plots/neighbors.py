"""The nearest neighbors of samples, by every representation."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import Images, Panel, colored, figure_of_panels, joined, tiled
from latens.plots.picture import Picture
from latens.plots.style import in_style, short

__all__ = ["neighbors"]


@in_style
def neighbors(
    found: Mapping[str, npt.ArrayLike],
    *,
    limits: tuple[float, float],
    rows: Mapping[str, npt.ArrayLike] | None = None,
    titles: Sequence[str] | None = None,
) -> Picture:
    """Show what a representation takes to be alike: a few samples, each beside its nearest neighbors.

    One panel for each sample, in it a row for each representation: first the sample itself, then its
    neighbors, the nearest first.

    Parameters
    ----------
    found : mapping of str to array-like of shape (q, 1 + k, h, w) or (q, 1 + k, h, w, channels)
        From the name of a representation to the pictures of q samples, each followed by its k
        neighbors.
    limits : (float, float)
        The values of black and white.
    rows : mapping of str to array-like of shape (q, 1 + k), optional
        The row numbers of the same samples, for the frame.
    titles : sequence of str, optional
        What to call each of the q samples.

    Returns
    -------
    Picture
        Its frame has the columns sample, representation, rank (0 is the sample itself) and row, which is
        missing without `rows`.

    Raises
    ------
    DataError
        If there is nothing to show, or the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((2, 4, 3, 3))
    >>> picture = neighbors({"raw": images, "codes": images}, limits=(0, 1))
    >>> len(picture.frame)
    16
    """
    images = {name: np.asarray(one) for name, one in found.items()}
    shapes = {one.shape for one in images.values()}
    if len(shapes) != 1 or any(one.ndim not in (4, 5) or not one.size for one in images.values()):
        raise DataError(
            "'found' must hold arrays of one shape, (q, 1 + k, h, w[, channels]). "
            f"Got {sorted(shapes)}."
        )
    queries, columns = next(iter(shapes))[:2]
    labels = [short(name, 14) for name in images]
    panels = []
    for at in range(queries):
        strips = [_strip(colored(one[at], limits)) for one in images.values()]
        title = short(titles[at], 40) if titles is not None else ""
        panels.append(Panel(np.concatenate(strips), labels, title))
    figure = figure_of_panels(panels)
    return Picture(figure, _frame(images, rows, queries, columns))


def _strip(tiles: Images) -> Images:
    """A sample, a gap, and its neighbors."""
    if len(tiles) == 1:
        return tiled(tiles, 1)
    return joined(tiled(tiles[:1], 1), tiled(tiles[1:], len(tiles) - 1))


def _frame(
    images: Mapping[str, npt.NDArray[np.generic]],
    rows: Mapping[str, npt.ArrayLike] | None,
    queries: int,
    columns: int,
) -> pandas.DataFrame:
    sample, rank = np.indices((queries, columns)).reshape(2, -1)
    parts = [
        pandas.DataFrame(
            {
                "sample": sample,
                "representation": name,
                "rank": rank,
                "row": np.nan if rows is None else np.asarray(rows[name]).ravel(),
            }
        )
        for name in images
    ]
    return pandas.concat(parts, ignore_index=True)
