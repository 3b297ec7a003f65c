"""How the errors of held-out samples fell while models were trained, whatever they minimized."""

import math
from collections.abc import Mapping
from typing import Any

import pandas
from matplotlib.ticker import MaxNLocator

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import PALETTE, WIDTH, in_style, new_figure, quiet, short
from latens.runs import HistoryRecord
from latens.training import History

__all__ = ["ERRORS", "error_curves"]

ERRORS = {
    "mean_squared_error": "squared error",
    "mean_absolute_error": "absolute error",
}
_LINES = ("-", "--", "-.", ":")


@in_style
def error_curves(histories: Mapping[str, Mapping[Any, History | HistoryRecord]]) -> Picture:
    """Compare models that minimize different losses: one panel per error, one color per model.

    Parameters
    ----------
    histories : mapping of str to mapping
        From the name of a model and a seed to its `history_`, or to what a run holds of it.

    Returns
    -------
    Picture
        Its frame has the columns model, seed, epoch, error and value.

    Raises
    ------
    DataError
        If no epoch noted an error, because nothing was held out.

    Examples
    --------
    >>> from latens.training import Epoch, History
    >>> errors = {"mean_squared_error": 0.1, "mean_absolute_error": 0.2}
    >>> epoch = Epoch(1, 1.0, 0.1, 0.5, validation_loss=0.6, terms={}, errors=errors)
    >>> error_curves({"autoencoder": {0: History([epoch])}}).frame["value"].tolist()
    [0.1, 0.2]
    """
    frame = _frame(histories)
    if frame.empty:
        raise DataError("There are no errors to show: no training held samples out.")
    figure = new_figure(3.1, width=WIDTH)
    panels = figure.subplots(1, len(ERRORS))
    models = list(dict.fromkeys(frame["model"]))
    for panel, (error, title) in zip(panels, ERRORS.items(), strict=True):
        for place, model in enumerate(models):
            mine = frame[(frame["model"] == model) & (frame["error"] == error)]
            for at, (_, rows) in enumerate(mine.groupby("seed", sort=False)):
                panel.plot(
                    rows["epoch"],
                    rows["value"],
                    _LINES[place % len(_LINES)],
                    color=PALETTE[place % len(PALETTE)],
                    lw=1.4,
                    marker="o" if len(rows) == 1 else "",
                    ms=4,
                    label=None if at or error != "mean_squared_error" else short(model, 30),
                )
        quiet(panel)
        panel.set_title(f"{title} of held-out samples")
        panel.set_xlabel("epoch")
        panel.set_ylabel("scaled units (lower is better)")
        values = frame.loc[frame["error"] == error, "value"]
        panel.set_ylim(0, (1.05 * values.max() if len(values) else 0.0) or 1.0)
        panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    figure.legend(loc="outside lower left", ncols=4)
    return Picture(figure, frame)


def _frame(histories: Mapping[str, Mapping[Any, History | HistoryRecord]]) -> pandas.DataFrame:
    rows = [
        (model, str(seed), epoch.number, error, float(value))
        for model, seeds in histories.items()
        for seed, history in seeds.items()
        for epoch in history.epochs
        for error, value in epoch.errors.items()
        if error in ERRORS and value is not None and math.isfinite(value)
    ]
    return pandas.DataFrame(rows, columns=["model", "seed", "epoch", "error", "value"])
