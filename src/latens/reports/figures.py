"""Our own drawings, made fit for the inside of a page."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from latens._text import one_line
from latens.plots import Picture
from latens.plots.style import ACCENT, GRID, INK, MUTED, PAPER

__all__ = ["inline_svg"]

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
# The tones of the drawing become the tones of the page, light or dark.
_TONES = {INK: "ink", MUTED: "muted", GRID: "rule", PAPER: "paper", ACCENT: "figure-accent"}
_TONE = re.compile("|".join(_TONES), re.IGNORECASE)
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PNG = "data:image/png;base64,"
# Of a description in words; nobody listens to more.
_LONGEST = 4_000
_PALETTE_COLORS, _CLOUD_COLORS, _MANY_PIXELS = 256, 128, 100_000


def inline_svg(picture: Picture, name: str, alt: str, *, dpi: int = 200) -> Markup:
    """Return a picture as SVG to stand inside a page.

    The file is parsed and written anew: identifiers get a prefix, as several drawings share the page; tones
    become variables of the style sheet; the whole gets a role and an alternative text.

    Parameters
    ----------
    picture : Picture
    name : str
        Unique on the page.
    alt : str
        What the picture shows, in words.
    dpi : int, default=200
        Of the parts that are pixels.
    """
    root = ElementTree.fromstring(picture.svg(dpi=dpi))
    for metadata in root.findall(f"{_SVG}metadata"):
        root.remove(metadata)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _rewrite(element, name)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.attrib |= {"role": "img", "aria-label": one_line(alt)[:_LONGEST], "id": name}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _rewrite(element: ElementTree.Element, name: str) -> None:
    target = element.attrib.pop(_LINK, None)
    if target is not None:
        element.set("href", f"#{name}-{target[1:]}" if target[0] == "#" else _fewer_colors(target))
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key != "href":
            value = _REFERENCE.sub(rf"url(#{name}-\1)", value)
            element.set(key, _TONE.sub(lambda tone: f"var(--{_TONES[tone[0].lower()]})", value))
    if element.tag == "text":
        # The type face is the page's; matplotlib asks for its own.
        element.set(
            "style", element.get("style", "").replace("'DejaVu Sans'", "var(--figure-type)")
        )


def _fewer_colors(source: str) -> str:
    """Store pixels with a palette, which takes a third of the bytes: exactly, if they have few colors."""
    if not source.startswith(_PNG):
        return source
    image = Image.open(io.BytesIO(base64.b64decode(source.removeprefix(_PNG)))).convert("RGBA")
    if image.getcolors(_PALETTE_COLORS) is not None:
        fewer = _with_palette(np.asarray(image))
    elif image.width * image.height >= _MANY_PIXELS:
        fewer = image.quantize(_CLOUD_COLORS, method=Image.Quantize.FASTOCTREE)
    else:
        return source
    buffer = io.BytesIO()
    fewer.save(buffer, "PNG", optimize=True)
    smaller = base64.b64encode(buffer.getvalue()).decode("ascii")
    return _PNG + smaller if len(smaller) < len(source) - len(_PNG) else source


def _with_palette(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """The same pixels, of at most 256 colors, as numbers of a palette."""
    colors, places = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    image = Image.fromarray(places.reshape(pixels.shape[:2]).astype(np.uint8), "P")
    image.putpalette(colors.tobytes(), rawmode="RGBA")
    return image
