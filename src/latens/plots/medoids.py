"""The sample in the middle of each cluster."""

import math

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import colored, shrunk
from latens.plots.picture import Picture
from latens.plots.style import INK, MUTED, WIDTH, balanced, in_style, new_figure

__all__ = ["medoids"]

_MOST_COLUMNS = 12


@in_style
def medoids(
    codes: npt.ArrayLike,
    clusters: npt.ArrayLike,
    images: npt.ArrayLike,
    *,
    limits: tuple[float, float],
) -> Picture:
    """Show what each cluster is about by one real sample: the one whose code lies closest to the mean.

    Parameters
    ----------
    codes : array-like of shape (n_samples, latent_dim)
        Distances are Euclidean.
    clusters : array-like of shape (n_samples,)
        The cluster of every sample.
    images : array-like of shape (n_samples, h, w) or (n_samples, h, w, channels)
        The pictures of the samples.
    limits : (float, float)
        The values of black and white.

    Returns
    -------
    Picture
        Its frame has the columns cluster, sample (its position), size and distance (to the mean).

    Raises
    ------
    DataError
        If there is no sample, or the three differ in length.

    Examples
    --------
    >>> import numpy as np
    >>> picture = medoids([[0.0], [1.0], [2.0], [9.0]], [0, 0, 0, 1], np.ones((4, 2, 2)), limits=(0, 1))
    >>> picture.frame["sample"].tolist()
    [1, 3]
    """
    Z, labels, tiles = np.asarray(codes, dtype=np.float64), np.asarray(clusters), np.asarray(images)
    if Z.ndim != 2 or tiles.ndim not in (3, 4) or not len(Z) == len(labels) == len(tiles) > 0:
        raise DataError(
            "'codes', 'clusters' and 'images' must be of shapes (n, d), (n,) and (n, h, w[, channels]). "
            f"Got {Z.shape}, {labels.shape} and {tiles.shape}."
        )
    frame = _frame(Z, labels)
    shown = colored(shrunk(tiles[frame["sample"]]), limits)
    columns = balanced(len(frame), _MOST_COLUMNS)
    rows = math.ceil(len(frame) / columns)
    side = WIDTH / _MOST_COLUMNS
    height = rows * (side * tiles.shape[1] / tiles.shape[2] + 0.5)
    figure = new_figure(height, width=max(3.0, side * columns))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, (panel, row) in enumerate(zip(panels, frame.itertuples(), strict=False)):
        image = panel.imshow(shown[place], interpolation="none")
        image.set_gid(f"mosaic-{place + 1}")
        panel.set_xticks([])
        panel.set_yticks([])
        panel.spines[:].set_visible(False)
        panel.set_title(f"{row.cluster}", fontsize=9, pad=3, loc="center", color=INK)
        panel.set_xlabel(f"{row.size}", fontsize=8, color=MUTED, labelpad=2)
    for panel in panels[len(frame) :]:
        panel.remove()
    return Picture(figure, frame)


def _frame(Z: npt.NDArray[np.float64], labels: npt.NDArray[np.generic]) -> pandas.DataFrame:
    rows = []
    for cluster in np.unique(labels):
        members = np.flatnonzero(labels == cluster)
        distances = np.linalg.norm(Z[members] - Z[members].mean(axis=0), axis=1)
        nearest = int(distances.argmin())
        rows.append((cluster, int(members[nearest]), len(members), float(distances[nearest])))
    return pandas.DataFrame(rows, columns=["cluster", "sample", "size", "distance"])
