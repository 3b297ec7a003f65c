"""The classes that a cluster merges, by the pairs of samples where they touch."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.metrics import MergedClasses, NearPair
from latens.plots.mosaics import Images, colored, shrunk
from latens.plots.picture import Picture
from latens.plots.style import INK, MUTED, WIDTH, in_style, new_figure, short

__all__ = ["merges"]

_PAIRS, _MOST_CLUSTERS = 6, 10
_LABELS = 0.95


@in_style
def merges(
    found: Sequence[MergedClasses],
    images: npt.ArrayLike,
    *,
    limits: tuple[float, float],
    names: Sequence[str] | None = None,
) -> Picture:
    """Show why a cluster holds several classes: the nearest two samples of each two of them.

    A row for each cluster, at most ten; in it at most six pairs, the nearest first.

    Parameters
    ----------
    found : sequence of MergedClasses
        What `latens.metrics.merged_classes` found; there must be at least one.
    images : array-like of shape (n_samples, h, w) or (n_samples, h, w, channels)
        The pictures of the samples that the pairs refer to.
    limits : (float, float)
        The values of black and white.
    names : sequence of str, optional
        The name of class 0, 1, ...

    Returns
    -------
    Picture
        Its frame has the columns cluster, first_class, second_class, first_sample, second_sample and
        distance, one row per pair shown.

    Raises
    ------
    DataError
        If there is nothing to show.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.metrics import merged_classes
    >>> found = merged_classes([[0.0], [1.0], [3.0]], [0, 1, 1], [0, 0, 0], n_pairs=1)
    >>> merges(found, np.zeros((3, 4, 4)), limits=(0, 1)).frame["second_sample"].tolist()
    [0]
    """
    X = np.asarray(images)
    shown = {one.cluster: one.pairs[:_PAIRS] for one in found[:_MOST_CLUSTERS]}
    if not any(shown.values()) or X.ndim not in (3, 4):
        raise DataError(
            "There must be a cluster that merges classes, and images of shape (n, h, w[, channels]). "
            f"Got {len(found)} clusters and {X.shape}."
        )
    side = (WIDTH - _LABELS) / _PAIRS
    height = side / 2.15 * X.shape[1] / X.shape[2] + 0.36
    figure = new_figure(len(shown) * height + 0.1)
    panels = figure.subplots(len(shown), _PAIRS, squeeze=False)
    for row, (cluster, pairs) in zip(panels, shown.items(), strict=True):
        for panel, pair in zip(row, pairs, strict=False):
            image = panel.imshow(_side_by_side(colored(shrunk(X[list(pair.samples)]), limits)))
            image.set_interpolation("none")
            image.set_gid(f"mosaic-{figure.axes.index(panel) + 1}")
            panel.set_xticks([])
            panel.set_yticks([])
            panel.spines[:].set_visible(False)
            words = [short(_word(one, names), 11) for one in pair.classes]
            panel.set_xlabel(" | ".join(words), fontsize=7.5, color=MUTED, labelpad=3)
        row[0].set_ylabel(
            f"cluster {cluster}", rotation=0, ha="right", va="center", fontsize=9, color=INK
        )
        for panel in row[len(pairs) :]:
            panel.remove()
    return Picture(figure, _frame(shown, names))


def _side_by_side(tiles: Images) -> Images:
    gap = np.zeros((tiles.shape[1], max(1, round(tiles.shape[2] / 14)), 4))
    return np.concatenate([tiles[0], gap, tiles[1]], axis=1)


def _word(value: object, names: Sequence[str] | None) -> str:
    if names is not None and isinstance(value, int) and 0 <= value < len(names):
        return str(names[value])
    return str(value)


def _frame(
    shown: dict[object, tuple[NearPair, ...]], names: Sequence[str] | None
) -> pandas.DataFrame:
    rows = [
        (cluster, *(_word(one, names) for one in pair.classes), *pair.samples, pair.distance)
        for cluster, pairs in shown.items()
        for pair in pairs
    ]
    columns = ["cluster", "first_class", "second_class", "first_sample", "second_sample"]
    return pandas.DataFrame(rows, columns=[*columns, "distance"])
