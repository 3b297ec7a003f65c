"""How much of the variance is kept, by PCA of every size and by models of one size."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from latens.exceptions import DataError
from latens.plots.picture import Picture
from latens.plots.style import ACCENT, INK, MUTED, WIDTH, in_style, new_figure, quiet, short

__all__ = ["explained_variance"]

_MARKS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")


@in_style
def explained_variance(
    shares: Sequence[float], others: Mapping[str, tuple[int, float]] | None = None
) -> Picture:
    """Show what a model is worth in components of PCA: how many would keep as much as it does.

    Parameters
    ----------
    shares : sequence of float
        The share of the variance that each component of PCA keeps, the first component first.
    others : mapping of str to (int, float), optional
        From the name of a model to the numbers in its code and the share that it keeps,
        ``1 - mean squared error / variance``; below 0 it is worse than the mean sample.

    Returns
    -------
    Picture
        Its frame has the columns representation, numbers, share and components: as many of PCA keep as
        much, missing where those given do not.

    Raises
    ------
    DataError
        If there is no component.

    Examples
    --------
    >>> picture = explained_variance([0.5, 0.25, 0.125], {"autoencoder": (1, 0.7)})
    >>> picture.frame.loc[3, "components"]
    np.float64(2.0)
    """
    if len(shares) == 0:
        raise DataError("There is no component to show: 'shares' is empty.")
    kept = np.cumsum(np.asarray(shares, dtype=np.float64))
    frame = _frame(kept, others or {})
    figure = new_figure(3.2, width=0.72 * WIDTH)
    axes = figure.subplots()
    single = "o" if len(kept) == 1 else ""
    axes.plot(np.arange(len(kept)) + 1, kept, color=MUTED, marker=single, ms=4, label="PCA")
    for place, row in enumerate(frame.iloc[len(kept) :].itertuples()):
        _mark(axes, row, _MARKS[place % len(_MARKS)], is_first=place == 0)
    quiet(axes)
    axes.set_xlim(left=0.5)
    axes.set_ylim(min(0.0, float(frame["share"].min())), max(1.0, float(frame["share"].max())))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, steps=[1, 2, 5, 10]))
    axes.set_xlabel("latent dimensions")
    axes.set_ylabel("variance kept (higher is better)")
    figure.legend(loc="outside lower left", ncols=3)
    return Picture(figure, frame)


def _frame(kept: np.ndarray, others: Mapping[str, tuple[int, float]]) -> pandas.DataFrame:
    rows: list[tuple[str, int, float, float]] = [
        ("PCA", at + 1, float(share), at + 1.0) for at, share in enumerate(kept)
    ]
    for name, (numbers, share) in others.items():
        enough = np.flatnonzero(kept >= share)
        rows.append((name, int(numbers), float(share), enough[0] + 1.0 if len(enough) else np.nan))
    return pandas.DataFrame(rows, columns=["representation", "numbers", "share", "components"])


def _mark(axes: Axes, row: object, mark: str, *, is_first: bool) -> None:
    """A model at its size, and from there a line to the PCA that keeps as much."""
    name, numbers, share = row.representation, row.numbers, row.share  # type: ignore[attr-defined]
    components = row.components  # type: ignore[attr-defined]
    if components > numbers:
        axes.plot([numbers, components], [share, share], color=ACCENT, lw=1, ls=(0, (2, 2)))
    axes.plot(
        numbers,
        share,
        mark,
        ms=7.5,
        mfc=ACCENT if is_first else "none",
        mec=INK if is_first else ACCENT,
        mew=1.2,
        ls="none",
        zorder=5,
        label=short(name, 30),
    )
