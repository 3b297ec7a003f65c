"""Codes drawn on a plane, colored by what the samples are or by where they were put."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import (
    CLUSTERS,
    INK,
    MUTED,
    PALETTE,
    PAPER,
    WIDTH,
    balanced,
    in_style,
    lay_out,
    new_figure,
    short,
)

__all__ = ["maps"]

_COLUMNS = 3
_GREY = "#8d939c"
_SPIRAL = [(0.0, 0.0)] + [
    (radius * math.cos(angle), radius * math.sin(angle))
    for radius in (9.0, 16.0, 24.0, 34.0)
    for angle in np.linspace(0, 2 * math.pi, 9)[:-1]
]

# Of more groups hardly one more name finds room, and looking for it takes time.
_MOST_NAMES = 200


@in_style
def maps(
    points: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    title: str = "",
    are_clusters: bool = False,
) -> Picture:
    """Compare what representations put together: one map each, with the same colors.

    The name of a group stands where most of its points are, so that nobody has to match colors by
    eye. With more than 20 groups, colors would no longer tell them apart: the points are grey.

    Parameters
    ----------
    points : mapping of str to array-like of shape (n_samples, 2)
        From the name of a representation to its map. Points that are not finite are left out.
    groups : array-like of shape (n_samples,), integers
        The class or the cluster of every sample.
    names : sequence of str, optional
        The name of group 0, 1, ...; numbers without it.
    title : str, optional
        What the groups are, such as "cluster", for the legend.
    are_clusters : bool, default=False
        Clusters are squares in colors of their own, so that nobody takes them for classes, which are round.

    Returns
    -------
    Picture
        Its frame has the columns map, sample, x, y and group.

    Raises
    ------
    DataError
        If there is no map, or a map and `groups` do not fit together.

    Examples
    --------
    >>> picture = maps({"PCA": [[0, 0], [1, 1], [5, 5]]}, [0, 0, 1], names=["cat", "dog"])
    >>> picture.frame["group"].tolist()
    ['cat', 'cat', 'dog']
    """
    labels = np.asarray(groups)
    clouds = {name: _checked(name, cloud, len(labels)) for name, cloud in points.items()}
    if not clouds or len(labels) == 0:
        raise DataError("There is no map to draw: give at least one, of at least one point.")
    found = np.unique(labels)
    words = {int(group): _word(int(group), names) for group in found}
    colors = _colors(found, CLUSTERS if are_clusters else PALETTE)
    mark = "s" if are_clusters else "o"
    columns = balanced(len(clouds), _COLUMNS)
    rows = math.ceil(len(clouds) / columns)
    side = WIDTH / max(columns, 2)
    figure = new_figure(rows * (side + 0.25) + 0.75, width=side * columns)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, (name, cloud) in zip(panels, clouds.items(), strict=False):
        _draw(panel, cloud, labels, colors, mark)
        panel.set_title(short(name, 30))
    for panel in panels[len(clouds) :]:
        panel.remove()
    _legend(figure, found, words, colors, title, mark)
    lay_out(figure)  # the places of the names depend on the layout
    for panel, cloud in zip(panels, clouds.values(), strict=False):
        _write_names(panel, cloud, labels, words)
    return Picture(figure, _frame(clouds, labels, words))


def _checked(name: str, cloud: npt.ArrayLike, n: int) -> npt.NDArray[np.float64]:
    array = np.asarray(cloud, dtype=np.float64)
    if array.shape != (n, 2):
        raise DataError(f"The map '{name}' must be of shape ({n}, 2). Got {array.shape} instead.")
    return array


def _word(group: int, names: Sequence[str] | None) -> str:
    return str(names[group]) if names is not None and 0 <= group < len(names) else str(group)


def _colors(found: npt.NDArray[Any], palette: Sequence[str]) -> dict[int, str]:
    if len(found) > len(palette):
        return {int(group): _GREY for group in found}
    return {int(group): palette[place] for place, group in enumerate(found)}


def _draw(
    panel: Axes,
    cloud: npt.NDArray[np.float64],
    labels: npt.NDArray[Any],
    colors: dict[int, str],
    mark: str,
) -> None:
    # In a random order no group hides another just because its number is larger.
    order = np.random.default_rng(0).permutation(len(cloud))
    order = order[np.isfinite(cloud[order]).all(axis=1)]
    panel.scatter(
        cloud[order, 0],
        cloud[order, 1],
        s=float(np.clip(9_000 / max(len(order), 1), 2.2, 22.0)),
        c=[colors[int(label)] for label in labels[order]],
        marker=mark,
        alpha=0.8,
        linewidths=0,
        rasterized=True,
    )
    panel.set_xticks([])
    panel.set_yticks([])
    panel.set_box_aspect(1)
    panel.margins(0.06)
    for spine in panel.spines.values():
        spine.set_visible(True)


def _write_names(
    panel: Axes, cloud: npt.NDArray[np.float64], labels: npt.NDArray[Any], words: dict[int, str]
) -> None:
    """Write the groups' names on the map, the largest first, wherever one fits beside the others."""
    renderer = FigureCanvasAgg(panel.get_figure(root=True)).get_renderer()
    taken: list[Any] = []
    groups, counts = np.unique(labels, return_counts=True)
    for group in groups[np.argsort(-counts, kind="stable")][:_MOST_NAMES]:
        members = cloud[(labels == group) & np.isfinite(cloud).all(axis=1)]
        if len(members) == 0:
            continue
        text = _name_at(panel, _center(members), short(words[int(group)], 14))
        box = _find_room(panel, text, taken, renderer)
        if box is None:
            text.remove()
        else:
            taken.append(box)


def _center(members: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The member closest to the median: a name must stand on points of its own."""
    distances = np.square(members - np.median(members, axis=0)).sum(axis=1)
    center: npt.NDArray[np.float64] = members[int(distances.argmin())]
    return center


def _name_at(panel: Axes, place: npt.NDArray[np.float64], word: str) -> Text:
    return panel.annotate(
        word,
        (float(place[0]), float(place[1])),
        xytext=(0, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=8.5,
        fontweight="bold",
        color=INK,
        bbox={"boxstyle": "round,pad=0.18", "fc": PAPER, "ec": "none", "alpha": 0.82},
        annotation_clip=False,
    )


def _find_room(panel: Axes, text: Any, taken: list[Any], renderer: Any) -> Any:
    """Move a name around its place until it overlaps no other; None if there is no such place."""
    frame = panel.get_window_extent(renderer)
    # A margin, as a browser's font may be wider than the one measured here. It is measured once: to
    # measure is what takes time.
    here = text.get_window_extent(renderer).expanded(1.12, 1.2)
    pixels = renderer.dpi / 72
    for right, up in _SPIRAL:
        box = here.translated(right * pixels, up * pixels)
        inside = (
            frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 <= box.y1 <= frame.y1
        )
        if inside and not any(box.overlaps(other) for other in taken):
            text.set_position((right, up))
            return box
    return None


def _legend(
    figure: Any,
    found: npt.NDArray[Any],
    words: dict[int, str],
    colors: dict[int, str],
    title: str,
    mark: str,
) -> None:
    if len(found) > len(PALETTE):
        note = f"{len(found)} groups ({title}): too many for colors" if title else ""
        note = note or f"{len(found)} groups: too many for colors"
        figure.supxlabel(note + ", so all points are grey", fontsize=9, color=MUTED)
        return
    handles = [
        Line2D([], [], ls="none", marker=mark, ms=6, mec="none", mfc=colors[int(group)])
        for group in found
    ]
    labels = [short(words[int(group)], 18) for group in found]
    longest = max(len(label) for label in labels)
    fitting = int(figure.get_figwidth() / (0.45 + 0.085 * longest))
    figure.legend(
        handles,
        labels,
        title=title or None,
        alignment="left",
        loc="outside lower left",
        ncols=balanced(len(labels), min(fitting, 10)),
        handletextpad=0.2,
        columnspacing=1.2,
        title_fontsize=9,
    )


def _frame(
    clouds: Mapping[str, npt.NDArray[np.float64]], labels: npt.NDArray[Any], words: dict[int, str]
) -> pandas.DataFrame:
    parts = [
        pandas.DataFrame(
            {
                "map": name,
                "sample": np.arange(len(labels)),
                "x": cloud[:, 0],
                "y": cloud[:, 1],
                "group": [words[int(label)] for label in labels],
            }
        )
        for name, cloud in clouds.items()
    ]
    return pandas.concat(parts, ignore_index=True)
