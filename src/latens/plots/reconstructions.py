"""Samples above what each model makes of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from latens.exceptions import DataError
from latens.plots.mosaics import colored, figure_of_rows, signed
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, GRID, INK, MUTED, WIDTH, in_style, new_figure, quiet, short

__all__ = ["reconstructions"]

Samples = npt.NDArray[np.float64]

_MOST_PANELS, _MOST_COLUMNS, _MOST_TICKS = 6, 80, 12
_LINES = ("-", "--", "-.", ":")
_COLORS = (ACCENT, "#d55e00", "#009e73", "#aa3377")


@in_style
def reconstructions(
    originals: npt.ArrayLike,
    reconstructed: Mapping[str, npt.ArrayLike],
    *,
    groups: Sequence[str] | None = None,
    limits: tuple[float, float] | None = None,
    feature_names: Sequence[str] | None = None,
    difference: str | None = None,
) -> Picture:
    """Let the eye judge what a code keeps and what it loses.

    Images stand in columns: the original on top, each reconstruction under it. Rows of a table are
    drawn as lines over their columns, each column in its own standard deviations.

    Parameters
    ----------
    originals : array-like of shape (e, h, w), (e, h, w, channels) or (e, features)
        The samples.
    reconstructed : mapping of str to array-like of the same shape
        What each representation makes of them.
    groups : sequence of str, optional
        For every sample what it stands for, such as "best", "middle" or "worst"; equal neighbors
        share a heading.
    limits : (float, float), optional
        The values of black and white; the smallest and the largest original without it.
    feature_names : sequence of str, optional
        Names of the columns of a table.
    difference : str, optional
        The representation whose errors are drawn in a last row, for images: blue where it is too dark,
        orange where it is too bright, white where it is right.

    Returns
    -------
    Picture
        Its frame has the columns sample, group, representation and mean_squared_error (in the units
        of the samples).

    Raises
    ------
    DataError
        If there is no sample, or the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.zeros((2, 4, 4))
    >>> reconstructions(X, {"PCA": X + 0.5}).frame["mean_squared_error"].tolist()
    [0.25, 0.25]
    """
    X = np.asarray(originals, dtype=np.float64)
    others = {name: np.asarray(value, dtype=np.float64) for name, value in reconstructed.items()}
    _check(X, others, groups, difference)
    marks = list(groups) if groups is not None else [""] * len(X)
    frame = _frame(X, others, marks)
    if X.ndim > 2:
        return Picture(_image_figure(X, others, marks, limits, difference), frame)
    return Picture(_line_figure(X, others, marks, feature_names), frame)


def _check(
    X: Samples,
    others: Mapping[str, Samples],
    groups: Sequence[str] | None,
    difference: str | None,
) -> None:
    if X.ndim not in (2, 3, 4) or X.size == 0:
        raise DataError(f"'originals' must be images or rows, at least one. Got shape {X.shape}.")
    for name, value in others.items():
        if value.shape != X.shape:
            raise DataError(
                f"The reconstructions of '{name}' must be of shape {X.shape}, as the originals are. "
                f"Got {value.shape}."
            )
    if difference is not None and difference not in others:
        raise DataError(f"'difference' must be one of {', '.join(others)}. Got {difference!r}.")
    if groups is not None and len(groups) != len(X):
        raise DataError(f"'groups' must have {len(X)} entries. Got {len(groups)}.")


def _frame(X: Samples, others: Mapping[str, Samples], marks: list[str]) -> pandas.DataFrame:
    rows = []
    for name, value in others.items():
        errors = np.square(value - X).reshape(len(X), -1).mean(axis=1)
        rows += [(at, marks[at], name, float(error)) for at, error in enumerate(errors)]
    names = ["sample", "group", "representation", "mean_squared_error"]
    return pandas.DataFrame(rows, columns=names)


def _image_figure(
    X: Samples,
    others: Mapping[str, Samples],
    marks: list[str],
    limits: tuple[float, float] | None,
    difference: str | None,
) -> Figure:
    limits = limits or (float(np.nanmin(X)), float(np.nanmax(X)))
    rows = {name: colored(value, limits) for name, value in {"original": X, **others}.items()}
    if difference is not None:
        error = others[difference] - X
        rows[f"error, {difference}"] = signed(error if X.ndim == 3 else error.mean(axis=3))
    figure, axes = figure_of_rows(rows, columns=len(X), head=0.4)
    _headings(axes, marks, (axes.get_xlim()[1] + 0.5) / len(X))
    return figure


def _headings(axes: Axes, marks: list[str], step: float) -> None:
    """Write each run of equal marks once, over a line that spans it."""
    # Over every single column there is room for a short word in small type only.
    each = len(set(marks)) > len(marks) / 2
    size, length = (7.5, 13) if each else (9, 40)
    start = 0
    for at in range(1, len(marks) + 1):
        if at < len(marks) and marks[at] == marks[start]:
            continue
        if marks[start]:
            left, right = start * step - 0.5, (at - 0.1) * step - 0.5
            transform = axes.get_xaxis_transform()
            line = axes.plot([left, right], [1.015] * 2, color=MUTED, lw=1, transform=transform)[0]
            line.set_clip_on(False)
            word = short(marks[start], length)
            axes.text(left, 1.03, word, transform=transform, fontsize=size, va="bottom")
        start = at


def _line_figure(
    X: Samples,
    others: Mapping[str, Samples],
    marks: list[str],
    feature_names: Sequence[str] | None,
) -> Figure:
    # Asked of the values: the deviation of a constant column is what its mean was rounded by.
    spread = np.where(X.max(axis=0) > X.min(axis=0), X.std(axis=0), 1.0)
    center = X.mean(axis=0)
    shown = np.unique(np.linspace(0, len(X) - 1, min(len(X), _MOST_PANELS)).round().astype(int))
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = new_figure(2.15 * rows + 0.8, width=WIDTH if columns > 1 else 0.6 * WIDTH)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for panel, at in zip(panels, shown, strict=False):
        _draw_lines(
            panel,
            {k: ((v - center) / spread)[at] for k, v in others.items()},
            ((X - center) / spread)[at],
        )
        panel.set_title(marks[at] or f"sample {at + 1}", fontsize=9.5)
        quiet(panel)
    for panel in panels[len(shown) :]:
        panel.remove()
    _name_columns(panels[max(0, len(shown) - columns) : len(shown)], X.shape[1], feature_names)
    figure.supylabel("value in standard deviations\nof the samples shown", fontsize=9, color=MUTED)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=4)
    return figure


def _draw_lines(panel: Axes, others: Mapping[str, Samples], original: Samples) -> None:
    few = slice(_MOST_COLUMNS)
    places = np.arange(len(original[few])) + 1
    panel.plot(places, original[few], "o", color=INK, ms=4.5, label="original")
    for at, (name, value) in enumerate(others.items()):
        line, color = _LINES[at % len(_LINES)], _COLORS[at % len(_COLORS)]
        panel.plot(places, value[few], line, color=color, lw=1.4, label=short(name, 24))
    panel.axhline(0, color=GRID, lw=0.8)


def _name_columns(
    panels: npt.NDArray[np.object_], n_columns: int, names: Sequence[str] | None
) -> None:
    shown = min(n_columns, _MOST_COLUMNS)
    for panel in panels:
        if names is not None and len(names) == n_columns and shown <= _MOST_TICKS:
            words = [short(name, 12) for name in names]
            panel.set_xticks(range(1, shown + 1), words, rotation=55, ha="right", fontsize=7.5)
        else:
            panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
            more = f" (the first {shown} of {n_columns})" if n_columns > shown else ""
            panel.set_xlabel("column" + more)
