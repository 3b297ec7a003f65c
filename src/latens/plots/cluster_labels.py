"""Which classes the clusters hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from latens.metrics import contingency
from latens.plots.picture import Picture
from latens.plots.style import (
    ACCENT,
    INK,
    PALETTE,
    PAPER,
    WIDTH,
    balanced,
    in_style,
    new_figure,
    quiet,
    short,
)

__all__ = ["cluster_label_counts", "cluster_label_shares", "cluster_label_table"]

# More classes than colors would not be told apart; the smallest are counted together.
_MOST_CLASSES = 20


@dataclass(frozen=True, eq=False)
class _Counts:
    """Counts of (clusters, classes), at most 20 classes, with their names."""

    clusters: npt.NDArray[Any]
    names: list[str]
    counts: npt.NDArray[np.intp]

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        return self.counts / self.counts.sum(axis=1, keepdims=True)

    def frame(self) -> pandas.DataFrame:
        """One row per cluster and class."""
        return pandas.DataFrame(
            {
                "cluster": np.repeat(self.clusters, len(self.names)),
                "label": self.names * len(self.clusters),
                "count": self.counts.ravel(),
                "share": self.shares.ravel(),
            }
        )


@in_style
def cluster_label_shares(
    y: npt.ArrayLike, clusters: npt.ArrayLike, *, names: Sequence[str] | None = None
) -> Picture:
    """Show how pure each cluster is: one bar per cluster, stacked by class.

    Parameters
    ----------
    y : array-like of shape (n_samples,), integers
        The true classes; they score the clusters and did not make them.
    clusters : array-like of shape (n_samples,), integers
        The cluster of every sample.
    names : sequence of str, optional
        The name of class 0, 1, ...

    Returns
    -------
    Picture
        Its frame has the columns cluster, label, count and share (of the cluster).

    Raises
    ------
    DataError
        If the two do not have the same length.

    Examples
    --------
    >>> picture = cluster_label_shares([0, 0, 1, 1], [0, 0, 0, 1], names=["cat", "dog"])
    >>> picture.frame["share"].round(2).tolist()
    [0.67, 0.33, 0.0, 1.0]
    """
    counts = _counted(y, clusters, names)
    n_clusters = len(counts.clusters)
    figure = new_figure(0.29 * n_clusters + 1.3)
    axes = figure.subplots()
    left = np.zeros(n_clusters)
    for place, name in enumerate(counts.names):
        share = counts.shares[:, place]
        axes.barh(range(n_clusters), share, left=left, height=0.74, **_bar(place, name))
        _name_inside(axes, left, share, name, place)
        left += share
    axes.set_yticks(range(n_clusters), [f"cluster {one}" for one in counts.clusters])
    axes.set_ylim(n_clusters - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("share of the cluster's samples")
    quiet(axes, grid=None)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.spines[["left", "bottom"]].set_visible(False)
    _legend(figure, axes, counts.names)
    return Picture(figure, counts.frame())


@in_style
def cluster_label_counts(
    y: npt.ArrayLike, clusters: npt.ArrayLike, *, names: Sequence[str] | None = None
) -> Picture:
    """Show which classes merge or split: a group of bars per cluster, side by side.

    Parameters, result and errors are those of `cluster_label_shares`.

    Examples
    --------
    >>> picture = cluster_label_counts([0, 0, 1, 1], [0, 0, 0, 1])
    >>> picture.frame["count"].tolist()
    [2, 1, 0, 1]
    """
    counts = _counted(y, clusters, names)
    n_clusters, n_classes = counts.counts.shape
    columns = balanced(n_clusters, int(np.clip(80 // n_classes, 1, 8)))
    rows = -(-n_clusters // columns)
    figure = new_figure(1.35 * rows + 0.75)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for panel, cluster, heights in zip(panels, counts.clusters, counts.counts, strict=False):
        for place, height in enumerate(heights):
            label = {"label": short(counts.names[place], 18)}
            panel.bar(place, height, width=0.86, **(_bar(place, "") | label))
        panel.set_title(f"cluster {cluster}", fontsize=9, fontweight="normal", pad=4)
        panel.set_xticks([])
        panel.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        quiet(panel)
        panel.spines["left"].set_visible(False)
    for panel in panels[n_clusters:]:
        panel.remove()
    figure.supylabel("samples", fontsize=9.5)
    _legend(figure, panels[0], counts.names)
    return Picture(figure, counts.frame())


@in_style
def cluster_label_table(
    y: npt.ArrayLike, clusters: npt.ArrayLike, *, names: Sequence[str] | None = None
) -> Picture:
    """Give the exact counts: a heat map with the number of samples of every class in every cluster.

    Parameters, result and errors are those of `cluster_label_shares`. The shade is the share of the
    cluster.

    Examples
    --------
    >>> cluster_label_table([0, 1], [0, 1]).frame["share"].tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    counts = _counted(y, clusters, names)
    n_clusters, n_classes = counts.counts.shape
    width = float(np.clip(1.6 + 0.72 * n_classes, 0.45 * WIDTH, WIDTH))
    figure = new_figure(0.3 * n_clusters + 1.25, width=width)
    axes = figure.subplots()
    for row, column in np.ndindex(counts.counts.shape):
        share = float(counts.shares[row, column])
        # Opacity and not a lighter blue, so that the shades are right on a dark page as well.
        axes.barh(
            row, 0.94, left=column - 0.47, height=0.9, color=ACCENT, alpha=0.05 + 0.95 * share, lw=0
        )
        if counts.counts[row, column]:
            axes.text(
                column,
                row,
                f"{counts.counts[row, column]}",
                ha="center",
                va="center",
                fontsize=8.5 if n_classes <= 12 else 7,
                color="white" if share > 0.85 else INK,
            )
    axes.set_xlim(-0.55, n_classes - 0.45)
    axes.set_ylim(n_clusters - 0.45, -0.55)
    axes.xaxis.tick_top()
    crowded = any(len(name) > 8 for name in counts.names) or n_classes > 12
    axes.set_xticks(
        range(n_classes),
        [short(name, 16) for name in counts.names],
        rotation=35 if crowded else 0,
        ha="left" if crowded else "center",
    )
    axes.set_yticks(range(n_clusters), [f"cluster {one}" for one in counts.clusters])
    quiet(axes, grid=None)
    axes.tick_params(labelcolor=INK)
    axes.spines[:].set_visible(False)
    return Picture(figure, counts.frame())


def _counted(y: npt.ArrayLike, clusters: npt.ArrayLike, names: Sequence[str] | None) -> _Counts:
    table = contingency(y, clusters)
    words = [
        str(names[one]) if names is not None and 0 <= one < len(names) else str(one)
        for one in table.classes.astype(int)
    ]
    counts = table.counts
    if len(words) > _MOST_CLASSES:
        order = np.argsort(-counts.sum(axis=0), kind="stable")
        kept, rest = np.sort(order[: _MOST_CLASSES - 1]), order[_MOST_CLASSES - 1 :]
        others = counts[:, rest].sum(axis=1, keepdims=True)
        counts = np.hstack([counts[:, kept], others])
        words = [*(words[one] for one in kept), f"{len(rest)} others"]
    return _Counts(table.clusters, words, counts)


def _bar(place: int, name: str) -> dict[str, Any]:
    """Color and edge of a class; the legend and the names inside do the telling apart."""
    return {"color": PALETTE[place], "label": short(name, 18), "lw": 0.6, "edgecolor": PAPER}


def _name_inside(
    axes: Axes, left: npt.NDArray[Any], share: npt.NDArray[Any], name: str, place: int
) -> None:
    word = short(name, 14)
    color = "white" if _is_dark(PALETTE[place]) else "black"
    for row, (start, width) in enumerate(zip(left, share, strict=True)):
        if width > 0.012 * len(word) + 0.02:
            axes.text(
                start + width / 2, row, word, ha="center", va="center", fontsize=8, color=color
            )


def _is_dark(color: str) -> bool:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 130


def _legend(figure: Any, axes: Axes, names: list[str]) -> None:
    handles = axes.containers
    labels = [short(name, 18) for name in names]
    fitting = int(WIDTH / (0.5 + 0.085 * max(len(label) for label in labels)))
    figure.legend(
        handles,
        labels,
        loc="outside lower left",
        ncols=balanced(len(labels), min(fitting, 10)),
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.2,
    )
