"""What several criteria say about the number of clusters, and where they disagree."""

import numpy as np
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from latens.clustering import ChosenK
from latens.clustering.choosing import Criterion
from latens.plots.picture import Picture
from latens.plots.style import (
    ACCENT,
    INK,
    MUTED,
    WIDTH,
    balanced,
    in_style,
    new_figure,
    quiet,
    short,
)

__all__ = ["criteria"]

_COLUMNS, _HEIGHT = 3, 2.5


@in_style
def criteria(chosen: ChosenK) -> Picture:
    """Show every criterion for every number of clusters tried, and the number that each would choose.

    The dashed line is the choice of the silhouette, the same in all panels; a criterion that would
    choose another number has its mark away from the line, and says so in its title.

    Parameters
    ----------
    chosen : ChosenK
        What `latens.clustering.choose_k` found.

    Returns
    -------
    Picture
        Its frame has the columns criterion, k, value, better and chosen, one row per criterion and k.
        A value that is infinite is in the frame and not in the figure.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from latens.clustering import choose_k
    >>> Z, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> frame = criteria(choose_k(Z, range(2, 6), random_state=0)).frame
    >>> frame.loc[frame["chosen"], "k"].tolist()
    [3, 3, 3]
    """
    shown = chosen.criteria
    columns = balanced(len(shown), _COLUMNS)
    rows = -(-len(shown) // columns)
    figure = new_figure(_HEIGHT * rows, width=WIDTH * columns / _COLUMNS)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, criterion in zip(panels, shown, strict=False):
        _draw(axes, chosen, criterion)
    for axes in panels[len(shown) :]:
        axes.remove()
    for axes in panels[max(0, len(shown) - columns) : len(shown)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("number of clusters k")
    return Picture(figure, _frame(chosen))


def _draw(axes: Axes, chosen: ChosenK, criterion: Criterion) -> None:
    order = np.argsort(chosen.ks, kind="stable")
    ks = np.array(chosen.ks)[order]
    values = np.where(np.isfinite(criterion.values), criterion.values, np.nan)[order]
    axes.axvline(chosen.best, color=MUTED, lw=1, ls=(0, (4, 3)))
    axes.plot(ks, values, "o-", color=ACCENT, ms=4)
    mark = ks == criterion.best
    axes.plot(ks[mark], values[mark], "o", ms=8.5, mfc=ACCENT, mec=INK, mew=1.2, ls="none")
    quiet(axes)
    axes.margins(y=0.15)
    axes.set_title(f"{short(criterion.label, 40)}: k = {criterion.best}")
    axes.set_ylabel(f"{criterion.better} is better")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))


def _frame(chosen: ChosenK) -> pandas.DataFrame:
    parts = [
        pandas.DataFrame(
            {
                "criterion": criterion.name,
                "k": chosen.ks,
                "value": criterion.values,
                "better": criterion.better,
                "chosen": [k == criterion.best for k in chosen.ks],
            }
        )
        for criterion in chosen.criteria
    ]
    return pandas.concat(parts, ignore_index=True)
