"""How all pictures look: one palette, one size of type, thin lines, no frames."""

import functools
import warnings
from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from latens._text import one_line

__all__ = [
    "ACCENT",
    "CLUSTERS",
    "GRID",
    "INK",
    "MUTED",
    "PALETTE",
    "PAPER",
    "RC",
    "WIDTH",
    "balanced",
    "clean",
    "in_style",
    "lay_out",
    "new_figure",
    "quiet",
    "short",
]

# The four tones of the page. They are unusual on purpose: a dark page finds and replaces them.
INK, MUTED, GRID, PAPER = "#1d1f24", "#666c76", "#e2e4e9", "#fefefe"
# Not a color of the palette, so that a page can lighten it without touching a class.
ACCENT = "#0a6cab"

# The first six are those of M. Okabe and K. Ito (2008), "Color Universal Design". The others were
# added one by one, each as far as possible from those before it under normal sight, deuteranopia and
# protanopia (simulated as in Machado, Oliveira and Fernandes, 2009, doi:10.1109/TVCG.2009.113), and
# all of them stand out from white and from near-black. Past ten the differences get small, which is
# why maps also write the names where the points are.
PALETTE = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#a33a2a", "#7d5fff"),
    *("#aa3377", "#bab0ac", "#3f90da", "#b9ac70", "#ee7733", "#ee6677", "#832db6", "#aa4499"),
    *("#9e9ac8", "#e45756", "#cc3311", "#7b6ccb"),
)

# Of clusters, so that nobody takes them for classes: muted, without reds and pinks, and drawn as squares.
# They were added one by one in the same way, and differ by more.
CLUSTERS = (
    *("#2f937a", "#2e4b83", "#b7b5fc", "#5e4b0c", "#a5c47d", "#928fd4", "#4f6ea9", "#856b1b"),
    *("#306964", "#89ada9", "#a19c4e", "#4b89a8", "#37515f", "#a4754e", "#366188", "#94c4ae"),
    *("#77563a", "#a5a4dc", "#437786", "#7799a2"),
)

# Inches, the width of a report's column at 100 pixels per inch.
WIDTH = 10.0

RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 9.5,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.titlecolor": INK,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    # So that a figure without a layout engine does not get one of the user's choice.
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "latens",
    "image.composite_image": False,
}

Parameters = ParamSpec("Parameters")


class HasFigure(Protocol):
    """What a function draws, a `Picture`."""

    @property
    def figure(self) -> Figure: ...


Drawn = TypeVar("Drawn", bound=HasFigure)


def in_style(plot: Callable[Parameters, Drawn]) -> Callable[Parameters, Drawn]:
    """Let a function draw in the style of this module, and leave the user's settings as they were."""

    @functools.wraps(plot)
    def styled(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Drawn:
        with matplotlib.rc_context(RC), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            picture = plot(*args, **kwargs)
            # Tick labels take their style when they are first laid out, so this must happen in here.
            lay_out(picture.figure)
            # The layout is settled now; doing it again for every file written would double the time. "none"
            # would leave a placeholder, for which matplotlib draws every figure once more before it saves it.
            picture.figure.set_layout_engine(None)
            return picture

    return styled


def new_figure(height: float, *, width: float = WIDTH) -> Figure:
    """Return an empty figure, in inches, that belongs to no window."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def lay_out(figure: Figure) -> None:
    """Give everything in a figure its place: all that `draw_without_rendering` does, but for the drawing."""
    engine = figure.get_layout_engine()
    if engine is not None and figure.axes:
        engine.execute(figure)


def quiet(axes: Axes, *, grid: Literal["x", "y"] | None = "y") -> None:
    """Take the tick marks away and draw a thin grid across one axis, or none."""
    axes.tick_params(length=0)
    if grid is not None:
        axes.grid(axis=grid)


def balanced(n: int, most: int) -> int:
    """Return how many columns hold `n` things in rows as equal as possible, with no more than `most`.

    Examples
    --------
    >>> balanced(10, 8)
    5
    """
    rows = -(-n // max(1, most))
    return -(-n // max(1, rows))


def clean(text: object) -> str:
    r"""Return any text as one line that matplotlib draws as it stands: `$` would start a formula.

    Examples
    --------
    >>> clean("price in $\n(approx.)")
    'price in \\$ (approx.)'
    """
    return one_line(text).replace("$", r"\$")


def short(text: object, length: int = 24) -> str:
    """Return text as `clean` does, cut to a number of characters with an ellipsis, and never empty.

    Examples
    --------
    >>> short("trouser, wide and long", 8)
    'trouser…'
    """
    # Long before cleaning, a label of megabytes is cut, so that it costs nothing.
    text = str(text)[: 4 * length + 100]
    cleaned = one_line(text)
    if len(cleaned) > length:
        cleaned = cleaned[: length - 1].rstrip() + "…"
    if cleaned.startswith("_"):
        cleaned = "\u200a" + cleaned  # matplotlib hides labels that start with an underscore
    return cleaned.replace("$", r"\$") or "(no name)"
