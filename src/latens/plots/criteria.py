"""What several criteria say about the number of clusters, and where they disagree."""

from collections.abc import Sequence

import numpy as np
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from latens.clustering import Criterion
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
from latens.runs import ClusterCriterion

__all__ = ["criteria"]

_COLUMNS, _HEIGHT = 3, 2.5


@in_style
def criteria(
    ks: Sequence[int], found: Sequence[Criterion | ClusterCriterion], *, best: int | None = None
) -> Picture:
    """Show every criterion for every number of clusters tried, and the number that each would choose.

    The dashed line is the best number, the same in all panels; a criterion that would choose another
    number has its mark away from the line, and says so in its title.

    Parameters
    ----------
    ks : sequence of int
        The numbers of clusters tried, such as `ChosenK.ks`.
    found : sequence of Criterion or ClusterCriterion
        What each criterion says of them, such as `ChosenK.criteria`.
    best : int or None, default=None
        Where the line is, such as `ChosenK.best`; None: there is none.

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
    >>> chosen = choose_k(Z, range(2, 6), random_state=0)
    >>> frame = criteria(chosen.ks, chosen.criteria, best=chosen.best).frame
    >>> frame.loc[frame["chosen"], "k"].tolist()
    [3, 3, 3]
    """
    columns = balanced(len(found), _COLUMNS)
    rows = -(-len(found) // columns)
    figure = new_figure(_HEIGHT * rows, width=WIDTH * columns / _COLUMNS)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, criterion in zip(panels, found, strict=False):
        _draw(axes, ks, criterion, best)
    for axes in panels[len(found) :]:
        axes.remove()
    for axes in panels[max(0, len(found) - columns) : len(found)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("number of clusters k")
    return Picture(figure, _frame(ks, found))


def _draw(
    axes: Axes, ks: Sequence[int], criterion: Criterion | ClusterCriterion, best: int | None
) -> None:
    order = np.argsort(ks, kind="stable")
    places = np.array(ks)[order]
    values = np.asarray(criterion.values, dtype=float)
    values = np.where(np.isfinite(values), values, np.nan)[order]
    if best is not None:
        axes.axvline(best, color=MUTED, lw=1, ls=(0, (4, 3)))
    axes.plot(places, values, "o-", color=ACCENT, ms=4)
    mark = places == criterion.best
    axes.plot(places[mark], values[mark], "o", ms=8.5, mfc=ACCENT, mec=INK, mew=1.2, ls="none")
    quiet(axes)
    axes.margins(y=0.15)
    axes.set_title(f"{short(criterion.label, 40)}: k = {criterion.best}")
    axes.set_ylabel(f"{criterion.better} is better")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))


def _frame(ks: Sequence[int], found: Sequence[Criterion | ClusterCriterion]) -> pandas.DataFrame:
    parts = [
        pandas.DataFrame(
            {
                "criterion": criterion.name,
                "k": ks,
                "value": np.asarray(criterion.values, dtype=float),
                "better": criterion.better,
                "chosen": [k == criterion.best for k in ks],
            }
        )
        for criterion in found
    ]
    return pandas.concat(parts, ignore_index=True)
