"""Many small images as one picture, with transparent gaps between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latens.plots.style import INK, WIDTH, balanced, new_figure, short

__all__ = [
    "Panel",
    "colored",
    "draw_mosaic",
    "enlarged",
    "figure_of_panels",
    "figure_of_rows",
    "joined",
    "shrunk",
    "signed",
    "tiled",
]

Images = npt.NDArray[np.float64]

_LABELS_WIDTH = 1.5
# Wide enough for the names beside the rows of a panel, and for its title.
_PANEL_LABELS, _PANEL_TITLE = 0.95, 0.3
_LEAST_SIDE = 12
# Blue, white and orange: no weight is white, on a dark page as well.
_NEGATIVE, _NONE, _POSITIVE = (
    np.array([0.04, 0.42, 0.67]),
    np.ones(3),
    np.array([0.84, 0.37, 0.0]),
)


def colored(images: npt.ArrayLike, limits: tuple[float, float]) -> Images:
    """Return images of shape (n, h, w[, channels]) as RGBA in [0, 1], black and white at the limits."""
    low, high = limits
    values = (np.asarray(images, dtype=np.float64) - low) / ((high - low) or 1.0)
    shaped = values if values.ndim == 4 else values[..., None]
    rgb = shaped[..., :3] if shaped.shape[-1] >= 3 else np.repeat(shaped[..., :1], 3, axis=-1)
    return _opaque(np.nan_to_num(rgb, nan=0.5).clip(0, 1))


def signed(weights: npt.ArrayLike) -> Images:
    """Return weights of shape (n, h, w) as RGBA: blue below zero, white at it, orange above.

    All of them share one scale, so that a weak filter looks weak.
    """
    values = np.asarray(weights, dtype=np.float64)
    # Hundredths are as fine as the eye, and few enough for a palette in the file.
    shares = (np.nan_to_num(values) / (np.abs(values).max() or 1.0)).round(2)[..., None]
    ends = np.where(shares < 0, _NEGATIVE, _POSITIVE)
    return _opaque(_NONE + np.abs(shares) * (ends - _NONE))


def enlarged(tiles: Images) -> Images:
    """Return tiny tiles with larger pixels, as the gap between 3x3 kernels would be as wide as a pixel."""
    scale = max(1, round(_LEAST_SIDE / max(tiles.shape[1:3])))
    return tiles.repeat(scale, axis=1).repeat(scale, axis=2)


def shrunk(images: npt.NDArray[np.generic], most: int = 96) -> npt.NDArray[np.generic]:
    """Return images of shape (n, h, w[, channels]) with a longer side of at most `most` pixels.

    Whole blocks of pixels are averaged; what is left over at the right and at the bottom is cut off.
    """
    n, h, w = images.shape[:3]
    step = -(-max(h, w) // most)
    if step == 1:
        return images
    rows, columns = max(1, h // step), max(1, w // step)
    kept = images[:, : rows * min(step, h), : columns * min(step, w)]
    blocks = kept.reshape(n, rows, min(step, h), columns, min(step, w), *images.shape[3:])
    smaller: npt.NDArray[np.generic] = blocks.mean(axis=(2, 4))
    return smaller


def tiled(tiles: Images, columns: int) -> Images:
    """Return RGBA tiles of shape (n, h, w, 4) in rows of some columns, with a gap after each."""
    n, h, w = tiles.shape[:3]
    gap = max(1, round(w / 12))
    mosaic = np.zeros((-(-n // columns) * (h + gap), columns * (w + gap), 4))
    for at, tile in enumerate(tiles):
        top, left = (at // columns) * (h + gap), (at % columns) * (w + gap)
        mosaic[top : top + h, left : left + w] = tile
    return mosaic


def draw_mosaic(axes: Axes, mosaic: Images, labels: list[str]) -> None:
    """Draw a mosaic with a label beside each of its rows, which are equally high."""
    # "none" keeps the pixels as they are in an SVG; the browser enlarges them without blurring.
    image = axes.imshow(mosaic, interpolation="none", aspect="equal")
    # Two equal mosaics of one figure would get the same identifier in its file.
    figure = axes.get_figure()
    assert figure is not None, "axes are made by a figure"
    image.set_gid(f"mosaic-{figure.axes.index(axes) + 1}")
    height = mosaic.shape[0] / len(labels)
    axes.set_yticks([(at + 0.5) * height - 0.5 for at in range(len(labels))], labels)
    axes.set_xticks([])
    axes.tick_params(length=0, labelcolor=INK, labelsize=9.5)
    axes.spines[:].set_visible(False)


def figure_of_rows(
    rows: Mapping[str, Images], *, columns: int, head: float = 0.1
) -> tuple[Figure, Axes]:
    """Return a figure of RGBA tiles, a row (or several lines) for each name.

    Parameters
    ----------
    rows : mapping of str to ndarray of shape (n, h, w, 4)
        As many tiles for each.
    columns : int
        Tiles side by side.
    head : float
        Inches of room above.
    """
    mosaic = np.concatenate([tiled(tiles, columns) for tiles in rows.values()])
    height = (WIDTH - _LABELS_WIDTH) * mosaic.shape[0] / mosaic.shape[1] + head
    figure = new_figure(height)
    axes = figure.subplots()
    draw_mosaic(axes, mosaic, [short(name, 18) for name in rows])
    return figure, axes


@dataclass(frozen=True, eq=False)
class Panel:
    """A mosaic with a label for each of its rows, and a title that may be empty."""

    mosaic: Images
    labels: list[str]
    title: str = ""


def figure_of_panels(panels: Sequence[Panel], *, most_columns: int = 2) -> Figure:
    """Return a figure of mosaics side by side, all of them drawn with pixels of one size."""
    columns = balanced(len(panels), most_columns)
    rows = -(-len(panels) // columns)
    width = WIDTH / most_columns
    longest = max(max(len(label) for label in panel.labels) for panel in panels)
    room = min(_PANEL_LABELS, 0.18 + 0.085 * longest)
    highest = max(panel.mosaic.shape[0] / panel.mosaic.shape[1] for panel in panels)
    title = _PANEL_TITLE if any(panel.title for panel in panels) else 0.12
    figure = new_figure(rows * ((width - room) * highest + title) + 0.1, width=width * columns)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for one, panel in zip(axes, panels, strict=False):
        draw_mosaic(one, panel.mosaic, panel.labels)
        one.tick_params(labelsize=8.5)
        one.set_anchor("NW")
        if panel.title:
            one.set_title(panel.title, fontsize=9, fontweight="normal", pad=4)
    for one in axes[len(panels) :]:
        one.remove()
    return figure


def joined(left: Images, right: Images) -> Images:
    """Return two mosaics of equal height as one, with a gap that sets them apart."""
    height, width = left.shape[:2]
    gap = np.zeros((height, max(2, round(height / 24), round(width / 60)), 4))
    return np.concatenate([left, gap, right], axis=1)


def _opaque(rgb: Images) -> Images:
    return np.concatenate([rgb, np.ones((*rgb.shape[:-1], 1))], axis=-1)
