"""How each dimension of the code is distributed."""

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet

__all__ = ["code_histograms"]

_BINS = 40
_MOST = 64
# More outlines than this cost more bytes as lines than as pixels.
_MOST_OUTLINES = 24
_UNUSED = 1e-3
_HALF_WIDTH, _PRIOR_REACH = 0.44, 3.3
# The outermost thousandth on either side would only stretch the axis.
_TAILS = (0.1, 99.9)


@in_style
def code_histograms(codes: npt.ArrayLike, *, prior: bool = False) -> Picture:
    """Show which dimensions of the code are used, whether they share a scale, and how far from a prior.

    Each number gets an upright histogram, mirrored so that its outline is easy to compare with the
    next. Numbers that hardly vary are grey.

    Parameters
    ----------
    codes : array-like of shape (n_samples, latent_dim)
        At most the first 64 numbers are shown.
    prior : bool, default=False
        Also outline what N(0, 1) would look like.

    Returns
    -------
    Picture
        Its frame has the columns number (from 0), mean, sd, smallest, largest and used.

    Raises
    ------
    DataError
        If the codes are not a table, or hold no finite value.

    Examples
    --------
    >>> codes = [[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]
    >>> code_histograms(codes).frame["used"].tolist()
    [True, False]
    """
    Z = np.asarray(codes, dtype=np.float64)
    if Z.ndim != 2 or Z.size == 0 or not np.isfinite(Z).any():
        raise DataError(
            f"'codes' must be of shape (n_samples, latent_dim) with finite values. Got {Z.shape}."
        )
    Z = np.where(np.isfinite(Z), Z, np.nan)[:, :_MOST]
    frame = _frame(Z)
    figure = new_figure(3.4, width=min(WIDTH, max(0.6 * WIDTH, 1.2 + 0.6 * Z.shape[1])))
    axes = figure.subplots()
    edges = _edges(Z, prior=prior)
    for place, used in enumerate(frame["used"]):
        counts = np.histogram(Z[:, place], edges)[0]
        width = _HALF_WIDTH * np.append(counts, counts[-1]) / max(counts.max(), 1)
        axes.fill_betweenx(
            edges,
            place - width,
            place + width,
            step="post",
            color=ACCENT if used else MUTED,
            alpha=0.75 if used else 0.5,
            lw=0,
            rasterized=Z.shape[1] > _MOST_OUTLINES,
        )
        if prior:
            _outline_prior(axes, place)
    quiet(axes)
    axes.set_xlim(-0.7, Z.shape[1] - 0.3)
    step = int(np.ceil(Z.shape[1] / 24))
    axes.xaxis.set_major_locator(FixedLocator(range(0, Z.shape[1], step)))
    axes.set_xlabel("dimension of the code, counted from 0")
    axes.set_ylabel("value")
    if prior:
        axes.set_ylim(edges[0], edges[-1])
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
    return Picture(figure, frame)


def _outline_prior(axes: Axes, place: int) -> None:
    """The density of N(0, 1), as wide at its peak as every histogram is at its own."""
    values = np.linspace(-_PRIOR_REACH, _PRIOR_REACH, 61)
    width = _HALF_WIDTH * np.exp(-0.5 * values**2)
    axes.plot(place - width, values, color=INK, lw=0.9, label="N(0, 1)" if place == 0 else None)
    axes.plot(place + width, values, color=INK, lw=0.9)


def _frame(Z: npt.NDArray[np.float64]) -> pandas.DataFrame:
    has_values = np.isfinite(Z).any(axis=0)
    safe = np.where(has_values, Z, 0.0)
    # Asked of the values: the mean of many equal ones is rounded, and so is their deviation.
    varies = np.nanmax(safe, axis=0) > np.nanmin(safe, axis=0)
    spread = np.where(varies, np.nanstd(safe, axis=0), 0.0)
    return pandas.DataFrame(
        {
            "number": np.arange(Z.shape[1]),
            "mean": np.nanmean(safe, axis=0),
            "sd": spread,
            "smallest": np.nanmin(safe, axis=0),
            "largest": np.nanmax(safe, axis=0),
            "used": has_values & (spread > _UNUSED * max(float(spread.max()), 1e-12)),
        }
    )


def _edges(Z: npt.NDArray[np.float64], *, prior: bool) -> npt.NDArray[np.float64]:
    low, high = np.nanpercentile(Z, _TAILS)
    if prior:
        low, high = min(low, -_PRIOR_REACH), max(high, _PRIOR_REACH)
    margin = 0.02 * (high - low) or 0.5
    return np.linspace(low - margin, high + margin, _BINS + 1)
