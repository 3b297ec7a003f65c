"""The samples that are reconstructed worst, and what is wrong with them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from latens._text import one_line
from latens.exceptions import DataError
from latens.plots.mosaics import colored, draw_mosaic, signed, tiled
from latens.plots.picture import Picture
from latens.plots.style import (
    ACCENT,
    INK,
    MUTED,
    WIDTH,
    in_style,
    new_figure,
    quiet,
)

__all__ = ["anomalies"]

_FEWEST_BINS, _MOST_BINS = 10, 60
_ROWS = ("original", "reconstructed", "difference")
_CURVE, _LABELS = 2.0, 1.4


@in_style
def anomalies(
    errors: npt.ArrayLike,
    shown: Sequence[int] | npt.NDArray[np.integer],
    originals: npt.ArrayLike | None = None,
    reconstructed: npt.ArrayLike | None = None,
    *,
    limits: tuple[float, float] | None = None,
    unit: str = "reconstruction error",
) -> Picture:
    """Show how far the worst samples stand out from all others, and where in the image they fail.

    Above, the distribution of the errors of all samples, with a tick for each one shown; below, each of
    these, what the model makes of it, and the difference: blue where the model is too dark, orange where
    it is too bright.

    Parameters
    ----------
    errors : array-like of shape (n_samples,)
        The reconstruction error of every sample.
    shown : sequence of int
        The samples to show.
    originals, reconstructed : array-like of shape (len(shown), h, w[, channels]), optional
        Their pictures; without them, only the distribution is drawn.
    limits : (float, float), optional
        The values of black and white; the smallest and the largest original without it.
    unit : str
        What the errors are.

    Returns
    -------
    Picture
        Its frame has the columns sample, error, percentile (the share of samples with a smaller error,
        in per cent) and times_median, one row per sample shown.

    Raises
    ------
    DataError
        If there is no error, or the arrays do not fit together.

    Examples
    --------
    >>> anomalies([0.1, 0.2, 0.1, 0.9], [3]).frame["percentile"].tolist()
    [75.0]
    """
    values, places = np.asarray(errors, dtype=np.float64), np.asarray(shown, dtype=np.intp)
    if values.ndim != 1 or len(values) == 0 or len(places) == 0:
        raise DataError("There must be errors, and samples to show. Got none of one of them.")
    frame = _frame(values, places)
    if originals is None or reconstructed is None:
        figure = new_figure(_CURVE + 0.6, width=0.72 * WIDTH)
        _distribution(figure.subplots(), values, places, unit)
        return Picture(figure, frame)
    X, Y = np.asarray(originals, dtype=np.float64), np.asarray(reconstructed, dtype=np.float64)
    if X.shape != Y.shape or X.ndim not in (3, 4) or len(X) != len(places):
        raise DataError(
            f"'originals' and 'reconstructed' must be {len(places)} images of one shape. "
            f"Got {X.shape} and {Y.shape}."
        )
    limits = limits or (float(np.nanmin(X)), float(np.nanmax(X)))
    difference = Y - X if X.ndim == 3 else (Y - X).mean(axis=3)
    tiles = [colored(X, limits), colored(Y, limits), signed(difference)]
    mosaic = np.concatenate([tiled(one, len(places)) for one in tiles])
    height = (WIDTH - _LABELS) * mosaic.shape[0] / mosaic.shape[1]
    figure = new_figure(_CURVE + height + 0.9)
    above, below = figure.subplots(2, 1, height_ratios=[_CURVE, height])
    _distribution(above, values, places, unit)
    draw_mosaic(below, mosaic, list(_ROWS))
    _ratios(below, frame["times_median"].to_numpy(), mosaic.shape[1])
    return Picture(figure, frame)


def _frame(values: npt.NDArray[np.float64], places: npt.NDArray[np.intp]) -> pandas.DataFrame:
    error = values[places]
    below = np.searchsorted(np.sort(values), error, side="left")
    return pandas.DataFrame(
        {
            "sample": places,
            "error": error,
            "percentile": 100 * below / len(values),
            "times_median": error / (float(np.median(values)) or np.nan),
        }
    )


def _distribution(
    axes: Axes, values: npt.NDArray[np.float64], places: npt.NDArray[np.intp], unit: str
) -> None:
    low, high = float(values.min()), float(values.max())
    bins = int(np.clip(2 * np.sqrt(len(values)), _FEWEST_BINS, _MOST_BINS))
    edges = np.linspace(low, high if high > low else low + 1.0, bins + 1)
    counts = np.histogram(values, edges)[0]
    axes.stairs(counts, edges, fill=True, color=ACCENT, alpha=0.75)
    # Ticks stand below the axis, where no bar hides them.
    axes.plot(
        values[places],
        np.full(len(places), -0.05),
        "|",
        transform=axes.get_xaxis_transform(),
        color=INK,
        ms=7,
        mew=1.1,
        clip_on=False,
        label="shown",
    )
    quiet(axes)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(8))
    if low >= 0:
        axes.set_xlim(left=0)
    axes.tick_params(axis="x", pad=14)
    axes.set_xlabel(f"{one_line(unit)} (a tick is a sample shown)")
    axes.set_ylabel("samples")


def _ratios(axes: Axes, ratios: npt.NDArray[np.float64], width: int) -> None:
    """Over each sample, how many times the median its error is."""
    step = width / len(ratios)
    for place, ratio in enumerate(ratios):
        if np.isfinite(ratio):
            axes.text(
                (place + 0.46) * step,
                1.015,
                f"{ratio:.3g} ×",
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=8.5,
                color=MUTED,
            )
