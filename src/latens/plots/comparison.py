"""One metric over several representations."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet, short

__all__ = ["comparison"]

# Of an axis with no natural zero, such as that of decibels, where 3 are half the squared error.
_LEAST_SPAN = 3.0
# Shares of the axis: room for a dot at the end, and for the figure beside it.
_LEFT, _RIGHT = 0.05, 0.25


@in_style
def comparison(
    values: Mapping[str, Sequence[float]],
    *,
    label: str,
    better: str | None = "higher",
    limits: tuple[float, float] | None = None,
) -> Picture:
    """Show at a glance which representation scores best, and whether the seeds agree.

    The axis starts at 0 and goes on to the largest value possible where there is one, so that pictures of
    several scores compare and a difference looks as large as it is. Where there is no zero, it covers at
    least 3 units and says so.

    Parameters
    ----------
    values : mapping of str to sequence of float
        From the name of a representation to the scores of its seeds.
    label : str
        The metric, with its unit.
    better : {"higher", "lower"} or None, default="higher"
        The direction; the best mean, and what equals it to three digits, is filled and bold. None: no
        direction is known.
    limits : (float, float), optional
        The smallest and the largest value possible; infinite where there is none.

    Returns
    -------
    Picture
        Its frame has the columns representation, mean, sd, seeds and best; `sd` is missing for a
        single seed.

    Raises
    ------
    DataError
        If no representation has a score.

    Examples
    --------
    >>> picture = comparison({"PCA": [0.40], "autoencoder": [0.50, 0.52]}, label="ARI")
    >>> picture.frame["best"].tolist()
    [False, True]
    """
    frame = _frame(values, better)
    if frame.empty:
        raise DataError(f"No representation has a value of '{label}' to show.")
    figure = new_figure(0.36 * len(frame) + 0.85, width=0.48 * WIDTH)
    axes = figure.subplots()
    for place, row in enumerate(frame.itertuples()):
        _draw(axes, place, row, [one for one in values[row.representation] if _is_number(one)])
    axes.set_yticks(range(len(frame)), [short(name, 26) for name in frame["representation"]])
    axes.set_ylim(len(frame) - 0.5, -0.5)
    words = f"{label}, {better} is better" if better else label
    if not _scale(axes, limits or (0.0, math.inf)):
        words += "; not from 0"
    quiet(axes, grid="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", labelcolor=INK, labelsize=9.5)
    axes.set_xlabel(words)
    return Picture(figure, frame)


def _scale(axes: Axes, limits: tuple[float, float]) -> bool:
    """Set the range of the axis; return whether 0 is in it."""
    smallest, largest = axes.dataLim.intervalx
    low, high = limits
    has_zero = math.isfinite(low) or math.isfinite(high)
    if has_zero:
        start = min(0.0, smallest)
        end = high if math.isfinite(high) and high <= 1 else max(0.0, largest)
        end = max(end, largest)
    else:
        missing = max(0.0, _LEAST_SPAN - (largest - smallest)) / 2
        start, end = smallest - missing, largest + missing
    span = (end - start) or 1.0
    ticks = MaxNLocator(5).tick_values(start, start + span)
    axes.set_xticks(ticks[(ticks >= start - 1e-9 * span) & (ticks <= start + (1 + 1e-9) * span)])
    axes.set_xlim(start - _LEFT * span, start + (1 + _RIGHT) * span)
    return has_zero


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _frame(values: Mapping[str, Sequence[float]], better: str | None) -> pandas.DataFrame:
    rows = []
    for name, scores in values.items():
        numbers = [float(score) for score in scores if _is_number(score)]
        if numbers:
            spread = stdev(numbers) if len(numbers) > 1 else math.nan
            rows.append((name, fmean(numbers), spread, len(numbers)))
    frame = pandas.DataFrame(rows, columns=["representation", "mean", "sd", "seeds"])
    best = {"higher": frame["mean"].max(), "lower": frame["mean"].min()}.get(better or "")
    # Equal figures are a tie, whatever comes after them.
    frame["best"] = [best is not None and _figure(mean) == _figure(best) for mean in frame["mean"]]
    return frame


def _figure(mean: float) -> str:
    return f"{mean:#.3g}"


def _draw(axes: Axes, place: int, row: object, scores: list[float]) -> None:
    mean, spread, best = row.mean, row.sd, row.best  # type: ignore[attr-defined]
    if not math.isnan(spread):
        axes.plot([mean - spread, mean + spread], [place, place], color=MUTED, lw=1.4)
        axes.plot(scores, [place] * len(scores), "|", color=MUTED, ms=7, mew=0.8)
    axes.plot(
        mean,
        place,
        "o",
        ms=8,
        mfc=ACCENT if best else "none",
        mec=ACCENT if best else MUTED,
        mew=1.6,
    )
    axes.annotate(
        _figure(mean),
        (max([mean, *scores]) if math.isnan(spread) else max(mean + spread, *scores), place),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=INK,
        fontweight="bold" if best else "normal",
        annotation_clip=False,
    )
