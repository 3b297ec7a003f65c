"""What sets clusters apart, as a table of colors: a row for each cluster, a column for each of the user's."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import GRID, INK, PALETTE, WIDTH, in_style, new_figure, short

__all__ = ["ProfileCell", "cluster_profiles"]

_MORE, _LESS = PALETTE[0], PALETTE[5]
_MOST_COLUMNS, _MOST_ROWS = 10, 40
_STRONGEST = 0.62
_LABELS, _ROW, _HEAD = 2.7, 0.3, 0.75


@dataclass(frozen=True)
class ProfileCell:
    """How one cluster differs in one column.

    Attributes
    ----------
    cluster : str
        The name of the cluster.
    column : str
    effect : float
        From -1 to 1.
    words : str
        What the cluster has, such as a median or a text.
    """

    cluster: str
    column: str
    effect: float
    words: str


@in_style
def cluster_profiles(cells: Sequence[ProfileCell], clusters: Sequence[str]) -> Picture:
    """Show in which columns clusters have more than all other samples, and in which less.

    Parameters
    ----------
    cells : sequence of ProfileCell
        One for a cluster and a column at most; where there is none, nothing is clear.
    clusters : sequence of str
        Names of the clusters in the order of the rows, of which the first 40 are shown.

    Returns
    -------
    Picture
        Its frame has the columns cluster, column, effect and words.

    Raises
    ------
    DataError
        If there is nothing to show.

    Examples
    --------
    >>> cells = [ProfileCell("a", "age", 0.8, "64"), ProfileCell("b", "age", -0.8, "31")]
    >>> cluster_profiles(cells, ["a", "b"]).frame["effect"].tolist()
    [0.8, -0.8]
    """
    rows = {name: row for row, name in enumerate(clusters[:_MOST_ROWS])}
    known = [one for one in cells if one.cluster in rows]
    if not known:
        raise DataError("There must be a column in which a cluster differs from the others.")
    strength: dict[str, float] = {}
    for one in known:
        strength[one.column] = strength.get(one.column, 0.0) + abs(one.effect)
    columns = sorted(strength, key=lambda name: -strength[name])[:_MOST_COLUMNS]
    shown = [one for one in known if one.column in columns]
    figure = new_figure(_HEAD + _ROW * len(rows))
    panel = figure.subplots()
    panel.set_xlim(0, len(columns))
    panel.set_ylim(len(rows), 0)
    width = (WIDTH - _LABELS) / len(columns)
    letters = max(4, int(width / 0.075))
    for one in shown:
        x, y = columns.index(one.column), rows[one.cluster]
        color = _MORE if one.effect > 0 else _LESS
        tile = panel.fill_between(
            [x + 0.02, x + 0.98],
            y + 0.06,
            y + 0.94,
            color=color,
            alpha=_STRONGEST * abs(one.effect),
        )
        tile.set_linewidth(0)
        panel.text(
            x + 0.5,
            y + 0.52,
            short(one.words, letters),
            ha="center",
            va="center",
            fontsize=8,
            color=INK,
        )
    panel.set_xticks([at + 0.5 for at in range(len(columns))])
    panel.set_xticklabels([short(name, letters + 2) for name in columns], color=INK)
    panel.xaxis.tick_top()
    panel.set_yticks([row + 0.5 for row in rows.values()])
    panel.set_yticklabels([short(name, 42) for name in rows], color=INK, fontsize=8.5)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    for row in range(len(rows) + 1):
        panel.axhline(row, color=GRID, linewidth=0.6, zorder=0)
    frame = pandas.DataFrame([(one.cluster, one.column, one.effect, one.words) for one in shown])
    return Picture(figure, frame.set_axis(["cluster", "column", "effect", "words"], axis=1))
