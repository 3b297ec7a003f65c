"""How well separated the clusters are, for every number of clusters tried."""

from collections.abc import Sequence

import numpy as np
import pandas
from matplotlib.ticker import MaxNLocator

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet

__all__ = ["silhouettes"]

_LEAST_TOP = 0.1


@in_style
def silhouettes(ks: Sequence[int], scores: Sequence[float], *, chosen: int) -> Picture:
    """Show why a number of clusters was chosen, or what the chosen one costs.

    Parameters
    ----------
    ks : sequence of int
        The numbers of clusters tried.
    scores : sequence of float in [-1, 1]
        The mean silhouette for each of them; higher is better.
    chosen : int
        The number used. It may lie outside `ks`, when a convention decided and not the silhouette.

    Returns
    -------
    Picture
        Its frame has the columns k, silhouette and chosen.

    Raises
    ------
    DataError
        If there is nothing to show, or the two sequences differ in length.

    Examples
    --------
    >>> silhouettes([2, 3], [0.25, 0.5], chosen=3).frame["chosen"].tolist()
    [False, True]
    """
    if len(ks) == 0 or len(ks) != len(scores):
        raise DataError(
            f"'ks' and 'scores' must be equally long and not empty. Got {len(ks)} and {len(scores)}."
        )
    values = np.array([np.nan if score is None else score for score in scores], dtype=float)
    frame = pandas.DataFrame({"k": ks, "silhouette": values})
    frame["chosen"] = frame["k"] == chosen
    figure = new_figure(2.9, width=0.72 * WIDTH)
    axes = figure.subplots()
    axes.axvline(chosen, color=MUTED, lw=1, ls=(0, (4, 3)))
    axes.plot(frame["k"], frame["silhouette"], "o-", color=ACCENT, ms=4.5)
    mark = frame[frame["chosen"]]
    axes.plot(mark["k"], mark["silhouette"], "o", ms=9, mfc=ACCENT, mec=INK, mew=1.2, ls="none")
    # A tenth at least: smaller differences of silhouettes mean nothing.
    lowest, highest = np.nanmin([0.0, *values]), np.nanmax([_LEAST_TOP, *values])
    axes.set_ylim(lowest - 0.04 * (lowest < 0), highest + 0.18 * (highest - lowest))
    axes.annotate(
        f"k = {chosen} used",
        (chosen, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(5, -2) if chosen <= np.mean([min(ks), max(ks)]) else (-5, -2),
        textcoords="offset points",
        ha="left" if chosen <= np.mean([min(ks), max(ks)]) else "right",
        va="top",
        fontweight="bold",
        fontsize=9,
    )
    quiet(axes)
    axes.set_xlabel("number of clusters k")
    axes.set_ylabel("mean silhouette\n(−1 to 1, higher is better)")
    axes.xaxis.set_major_locator(MaxNLocator(15, integer=True))
    return Picture(figure, frame)
