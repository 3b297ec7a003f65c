"""How many samples of each class the data have."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet, short

__all__ = ["class_frequencies"]

_MOST = 40
_COLORS = (ACCENT, MUTED)


@in_style
def class_frequencies(
    labels: Mapping[str, npt.ArrayLike], *, names: Sequence[str] | None = None
) -> Picture:
    """Show whether the classes are equally large, and whether the parts of the data are alike.

    Parameters
    ----------
    labels : mapping of str to array-like of int of shape (n,)
        From the name of a part, such as "held-out", to its labels. At most two are drawn.
    names : sequence of str, optional
        The name of class 0, 1, ...; numbers without it.

    Returns
    -------
    Picture
        Its frame has the columns part, label, name, count and share. The 40 largest classes are drawn.

    Raises
    ------
    DataError
        If there is no label.

    Examples
    --------
    >>> class_frequencies({"all": [0, 0, 1]}, names=["cat", "dog"]).frame["count"].tolist()
    [2, 1]
    """
    frame = _frame({part: np.asarray(one) for part, one in labels.items()}, names)
    if frame.empty:
        raise DataError("There is no class to count: 'labels' is empty.")
    totals = frame.groupby("label")["count"].sum().sort_values(ascending=False, kind="stable")
    shown = sorted(totals.index[:_MOST])
    parts = list(dict.fromkeys(frame["part"]))[: len(_COLORS)]
    figure = new_figure(0.3 * len(shown) + 0.9, width=0.72 * WIDTH)
    axes = figure.subplots()
    height = 0.8 / len(parts)
    for at, part in enumerate(parts):
        counts = frame[frame["part"] == part].set_index("label")["count"].reindex(shown).fillna(0)
        places = np.arange(len(shown)) + (at - (len(parts) - 1) / 2) * height
        axes.barh(places, counts, 0.9 * height, color=_COLORS[at], label=short(part, 30))
    words = frame.drop_duplicates("label").set_index("label")["name"]
    axes.set_yticks(range(len(shown)), [short(words[label], 24) for label in shown])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.invert_yaxis()
    quiet(axes, grid="x")
    axes.set_xlabel("samples")
    if len(parts) > 1:
        figure.legend(loc="outside lower left", ncols=2)
    return Picture(figure, frame)


def _frame(
    labels: Mapping[str, npt.NDArray[np.generic]], names: Sequence[str] | None
) -> pandas.DataFrame:
    rows = []
    for part, one in labels.items():
        found, counts = np.unique(one, return_counts=True)
        for label, count in zip(found.tolist(), counts.tolist(), strict=True):
            known = names is not None and 0 <= label < len(names)
            name = str(names[label]) if known and names is not None else str(label)
            rows.append((part, label, name, count, count / len(one)))
    return pandas.DataFrame(rows, columns=["part", "label", "name", "count", "share"])
