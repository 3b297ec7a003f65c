"""A figure together with the numbers it shows."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import pandas
from matplotlib.figure import Figure

from latens.exceptions import DataError
from latens.plots.style import RC

__all__ = ["Picture"]

# Empty entries keep the date and the name of the drawing library out of the file, so that the same
# result gives the same bytes.
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True, eq=False)
class Picture:
    r"""A figure and the table behind it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Free of pyplot; draw it, change it or save it as any figure.
    frame : pandas.DataFrame
        The numbers shown, one row per mark.

    Examples
    --------
    >>> from latens.plots import silhouettes
    >>> picture = silhouettes([2, 3, 4], [0.3, 0.5, 0.4], chosen=3)
    >>> picture.frame.shape
    (3, 3)
    >>> picture.svg()[-7:]
    '</svg>\n'
    """

    figure: Figure
    frame: pandas.DataFrame

    def svg(self, *, dpi: int = 200) -> str:
        """Return the picture as SVG, with real text and without a date.

        Parameters
        ----------
        dpi : int, default=200
            Of the parts that are pixels, such as clouds of thousands of points.
        """
        return self._drawn("svg", dpi, metadata=_NO_METADATA).decode("utf-8")

    def png(self, *, dpi: int = 200) -> bytes:
        """Return the picture as a PNG file, on white."""
        return self._drawn("png", dpi, facecolor="white")

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, as its ending says.

        Parameters
        ----------
        path : str or path
            Ending in ``.svg`` or ``.png``.

        Raises
        ------
        DataError
            If the ending is another one.
        """
        path = Path(path)
        if path.suffix == ".svg":
            path.write_text(self.svg(), encoding="utf-8")
        elif path.suffix == ".png":
            path.write_bytes(self.png())
        else:
            raise DataError(f"'{path}' must end in .svg or .png for a picture to be saved there.")
        return path

    def _repr_png_(self) -> bytes:
        """Notebooks show the picture by this."""
        return self.png()

    def _drawn(self, file_format: str, dpi: int, **options: Any) -> bytes:
        buffer = io.BytesIO()
        with matplotlib.rc_context(RC), warnings.catch_warnings():
            # A class name may be in any script; the browser has the glyphs that the layout lacks.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            self.figure.savefig(buffer, format=file_format, dpi=dpi, **options)
        return buffer.getvalue()
