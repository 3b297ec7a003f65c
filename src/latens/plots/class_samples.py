"""Some samples of every class, side by side."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas

from latens.exceptions import DataError
from latens.plots.mosaics import colored, figure_of_rows
from latens.plots.picture import Picture
from latens.plots.style import in_style

__all__ = ["class_samples"]

_MOST_CLASSES = 20


@in_style
def class_samples(
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    limits: tuple[float, float],
    names: Sequence[str] | None = None,
    columns: int = 16,
) -> Picture:
    """Show what the classes look like: the first images of each, not chosen.

    Parameters
    ----------
    images : array-like of shape (n, h, w) or (n, h, w, channels)
    labels : array-like of int of shape (n,)
        The class of each image, in the same order.
    limits : (float, float)
        The values of black and white.
    names : sequence of str, optional
        The name of class 0, 1, ...; numbers without it.
    columns : int in [1, inf), default=16
        Images of each class; a class with fewer ends early. The 20 classes with most images are drawn.

    Returns
    -------
    Picture
        Its frame has the columns label, name, sample (the place in `images`) and mean.

    Raises
    ------
    DataError
        If there is no image, or images and labels differ in number.

    Examples
    --------
    >>> import numpy as np
    >>> picture = class_samples(np.zeros((3, 4, 4)), [0, 1, 0], limits=(0, 1))
    >>> picture.frame["sample"].tolist()
    [0, 2, 1]
    """
    X, y = np.asarray(images, dtype=np.float64), np.asarray(labels)
    if X.ndim not in (3, 4) or len(X) == 0 or y.shape != (len(X),):
        raise DataError(
            f"'images' must be images, at least one, each with a label. Got shapes {X.shape} and "
            f"{y.shape}."
        )
    found, counts = np.unique(y, return_counts=True)
    kept = np.sort(found[np.argsort(-counts, kind="stable")][:_MOST_CLASSES])
    rows, tiles = [], {}
    for label in kept.tolist():
        members = np.flatnonzero(y == label)[:columns]
        known = names is not None and 0 <= label < len(names)
        name = str(names[label]) if known and names is not None else str(label)
        shown = colored(X[members], limits)
        # An image that is not there is transparent.
        missing = np.zeros((columns - len(members), *shown.shape[1:]))
        # Two classes may have one name; a space keeps the rows apart.
        tiles[name if name not in tiles else f"{name} {label}"] = np.concatenate([shown, missing])
        rows += [(label, name, int(at), float(X[at].mean())) for at in members]
    figure, _ = figure_of_rows(tiles, columns=columns)
    return Picture(figure, pandas.DataFrame(rows, columns=["label", "name", "sample", "mean"]))
