"""How well every sample lies in its cluster, cluster by cluster."""

import numpy as np
import numpy.typing as npt
import pandas
from matplotlib.ticker import MaxNLocator

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet

__all__ = ["silhouette_profiles"]

# The outline of a cluster of thousands of samples is as smooth with this many points.
_MOST_POINTS = 80
# Gaps between the blades, in shares of all blades: with them the names of tiny clusters do not touch.
_GAPS, _INCHES, _MOST_NAMES = 0.9, 0.3, 25


@in_style
def silhouette_profiles(values: npt.ArrayLike, clusters: npt.ArrayLike) -> Picture:
    """Show which clusters are solid and which hold samples that would rather be elsewhere.

    Each cluster is a blade: as high as it has samples, which are sorted by their silhouette. What lies
    left of 0 is closer to another cluster. The dashed line is the mean over all samples.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        The silhouette of every sample, in [-1, 1]; see `latens.metrics.silhouette_samples`.
    clusters : array-like of shape (n_samples,)
        The cluster of every sample.

    Returns
    -------
    Picture
        Its frame has the columns cluster, size, mean, smallest and below_zero (a share).

    Raises
    ------
    DataError
        If there is no sample, or the two differ in length.

    References
    ----------
    P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis", doi:10.1016/0377-0427(87)90125-7.

    Examples
    --------
    >>> frame = silhouette_profiles([0.5, 0.7, -0.1, 0.3], [0, 0, 1, 1]).frame
    >>> frame["below_zero"].tolist()
    [0.0, 0.5]
    """
    scores, labels = np.asarray(values, dtype=np.float64), np.asarray(clusters)
    if scores.ndim != 1 or len(scores) == 0 or scores.shape != labels.shape:
        raise DataError(
            f"'values' and 'clusters' must be equally long, and not empty. Got {scores.shape} and "
            f"{labels.shape}."
        )
    found = np.unique(labels)
    gap = _GAPS / len(found)
    height = _INCHES * min(len(found), _MOST_NAMES) + 1.0
    figure = new_figure(max(2.4, height), width=0.72 * WIDTH)
    axes = figure.subplots()
    top, middles = 0.0, []
    for cluster in found:
        share = float(np.mean(labels == cluster))
        outline = _outline(scores[labels == cluster])
        places = top + share * np.linspace(0, 1, len(outline))
        axes.fill_betweenx(places, 0, outline, color=ACCENT, alpha=0.8, lw=0)
        middles.append(top + share / 2)
        top += share + gap
    axes.axvline(0, color=INK, lw=0.8)
    mean = float(scores.mean())
    axes.axvline(mean, color=MUTED, lw=1, ls=(0, (4, 3)))
    axes.annotate(
        f"mean {mean:.3f}".replace("-", "−"),
        (mean, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8.5,
        color=MUTED,
    )
    axes.set_ylim(top, -gap)
    step = int(np.ceil(len(found) / _MOST_NAMES))
    axes.set_yticks(middles[::step], [f"cluster {one}" for one in found[::step]])
    quiet(axes, grid="x")
    axes.tick_params(axis="y", labelcolor=INK, labelsize=8.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.set_xlabel("silhouette of each sample (−1 to 1, higher is better)")
    return Picture(figure, _frame(scores, labels, found))


def _outline(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The scores of a cluster, the highest first, as at least two points and at most 80."""
    ordered = np.sort(scores)[::-1]
    if 1 < len(ordered) <= _MOST_POINTS:
        return ordered
    points = _MOST_POINTS if len(ordered) > 1 else 2
    outline: npt.NDArray[np.float64] = np.quantile(ordered, np.linspace(1, 0, points))
    return outline


def _frame(
    scores: npt.NDArray[np.float64], labels: npt.NDArray[np.generic], found: npt.NDArray[np.generic]
) -> pandas.DataFrame:
    members = [scores[labels == cluster] for cluster in found]
    return pandas.DataFrame(
        {
            "cluster": found,
            "size": [len(one) for one in members],
            "mean": [float(one.mean()) for one in members],
            "smallest": [float(one.min()) for one in members],
            "below_zero": [float(np.mean(one < 0)) for one in members],
        }
    )
