"""How the loss fell while models were trained."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet, short
from latens.runs import HistoryRecord
from latens.training import History

__all__ = ["loss_curves"]

_COLUMNS = 3
# Beyond this ratio of the largest to the smallest loss, a linear axis hides what happens at the end.
_LOG_RATIO = 20.0
# Of losses below zero, such as negative log-likelihoods, which have no natural zero.
_LEAST_SHARE = 0.05


@in_style
def loss_curves(histories: Mapping[str, Mapping[Any, History | HistoryRecord]]) -> Picture:
    """Show whether training had converged, and whether it fits held-out samples as well.

    One panel per model, one thin line per seed; solid for held-out samples, dashed for the samples
    trained on, and a dot at the epoch whose weights were kept (of the first seed).

    Parameters
    ----------
    histories : mapping of str to mapping
        From the name of a model and a seed to its `history_`, or to what a run holds of it.

    Returns
    -------
    Picture
        Its frame has the columns model, seed, epoch, loss, validation_loss and kept.

    Raises
    ------
    DataError
        If there is no epoch at all.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(40, 3))
    >>> model = Autoencoder(2, trainer=Trainer(max_epochs=3), random_state=0).fit(X)
    >>> picture = loss_curves({"autoencoder": {0: model.history_}})
    >>> picture.frame["epoch"].tolist()
    [1, 2, 3]
    """
    frame = _frame(histories)
    if frame.empty:
        raise DataError("There are no epochs to show: no model was trained for even one.")
    models = list(dict.fromkeys(frame["model"]))
    columns = min(len(models), _COLUMNS)
    rows = math.ceil(len(models) / columns)
    figure = new_figure(2.6 * rows + 0.5, width=WIDTH if columns > 1 else 0.72 * WIDTH)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, model in zip(panels, models, strict=False):
        _draw(panel, frame[frame["model"] == model])
        panel.set_title(short(model, 60 // columns))
    for panel in panels[len(models) :]:
        panel.remove()
    figure.legend(*_legend(panels), loc="outside lower left", ncols=3)
    return Picture(figure, frame)


def _frame(histories: Mapping[str, Mapping[Any, History | HistoryRecord]]) -> pandas.DataFrame:
    rows = []
    for model, seeds in histories.items():
        for seed, history in seeds.items():
            kept = history.best.number if history.epochs else None
            for epoch in history.epochs:
                losses = _number(epoch.loss), _number(epoch.validation_loss)
                rows.append((model, str(seed), epoch.number, *losses, epoch.number == kept))
    names = ["model", "seed", "epoch", "loss", "validation_loss", "kept"]
    return pandas.DataFrame(rows, columns=names)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _draw(panel: Axes, frame: pandas.DataFrame) -> None:
    has_held_out = bool(frame["validation_loss"].notna().any())
    seeds = list(dict.fromkeys(frame["seed"]))
    thin = 1.6 if len(seeds) == 1 else 1.0
    single = "o" if frame["epoch"].max() == 1 else ""
    for seed in seeds:
        rows = frame[frame["seed"] == seed]
        # Only the first line of a kind is named, or the legend would repeat itself for every seed.
        is_first = seed == seeds[0]
        look: dict[str, Any] = {"lw": thin, "marker": single, "ms": 4}
        name = "samples trained on" if is_first else None
        panel.plot(rows["epoch"], rows["loss"], "--", color=MUTED, label=name, **look)
        if has_held_out:
            name = "held-out samples" if is_first else None
            panel.plot(rows["epoch"], rows["validation_loss"], color=ACCENT, label=name, **look)
    _mark_kept(panel, frame[frame["kept"] & (frame["seed"] == seeds[0])], has_held_out)
    _axes(panel, frame)


def _mark_kept(panel: Axes, kept: pandas.DataFrame, has_held_out: bool) -> None:
    losses = kept["validation_loss" if has_held_out else "loss"]
    panel.plot(
        kept["epoch"], losses, "o", ms=6, mfc=ACCENT, mec=INK, zorder=5, label="weights kept"
    )


def _axes(panel: Axes, frame: pandas.DataFrame) -> None:
    quiet(panel)
    panel.set_xlabel("epoch")
    panel.set_ylabel("loss (lower is better)")
    panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    panel.set_xlim(left=0.5)  # there is no epoch 0
    values = frame[["loss", "validation_loss"]].to_numpy()
    values = values[np.isfinite(values)]
    if len(values) and values.min() > 0 and values.max() / values.min() > _LOG_RATIO:
        panel.set_yscale("log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        panel.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        panel.yaxis.set_minor_formatter(NullFormatter())
        panel.set_ylabel("loss, log scale (lower is better)")
    elif len(values) and values.min() >= 0:
        panel.set_ylim(0, 1.05 * values.max() or 1.0)
    elif len(values):
        _widen(panel, _LEAST_SHARE * float(np.abs(values).max()))


def _widen(panel: Axes, least: float) -> None:
    """Let the axis span so much at least, so that losses that nearly agree look as if they did."""
    low, high = panel.get_ylim()
    missing = max(0.0, least - (high - low)) / 2
    panel.set_ylim(low - missing, high + missing)
    if not low - missing <= 0 <= high + missing:
        panel.set_ylabel("loss (lower is better),\nnot from 0")


def _legend(panels: Any) -> tuple[list[Any], list[str]]:
    """One entry of each kind, from whichever panel has it."""
    entries: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    return list(entries.values()), list(entries)
