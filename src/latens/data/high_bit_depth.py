"""Pixels of more than 8 bits, or with a sign, of which Pillow alone would cut bits or signs away.

Pillow has no mode for colors of 16 bits: it keeps one byte of each value and drops the other. Both can
be had, one after the other, since it has a reader for either order of bytes.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from latens.exceptions import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["DEEP_GREY", "Depth", "depth_of", "read_deep"]

# More than 8 bits of grey: 16-bit PNG and TIFF, 32-bit integers as older 16-bit files are opened.
DEEP_GREY = ("I;16", "I;16B", "I;16L", "I;16N", "I")
_DEEP_FORMATS = ("PNG", "TIFF", "PPM")
_GREY_AND_ALPHA = "LA;16B"
_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_WHITE_IS_ZERO, _SIGNED = 0, 2
_MOST = 2**16 - 1


@dataclass(frozen=True)
class Depth:
    """What the values of an image file are.

    Attributes
    ----------
    is_deep : bool
        Whether they have more than 8 bits or a sign, so that bytes do not hold them.
    is_signed : bool
        Whether they may be negative.
    is_inverted : bool
        Whether 0 is white in the file; what is read is black at 0.
    is_grey : bool
        Whether deep values are shades of grey.
    """

    is_deep: bool = False
    is_signed: bool = False
    is_inverted: bool = False
    is_grey: bool = False


_BYTES = Depth()


def depth_of(image: "Image.Image") -> Depth:
    """Return what the header of an opened image says about its values.

    Raises
    ------
    DataError
        If they could only be read in part: bands beyond those of a color, 16 bits of CMYK. The message is
        the reason alone.
    """
    if image.format not in _DEEP_FORMATS:
        return _BYTES
    raw = _raw_mode(image)
    is_grey = image.mode in DEEP_GREY
    if image.format == "TIFF":
        _check_bands(image, raw)
        is_signed = _tag(image, _SAMPLE_FORMAT) == _SIGNED
        is_inverted = _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO
        is_deep = is_grey or is_signed or ";16" in raw
        return Depth(is_deep, is_signed, is_inverted, is_grey or is_signed)
    if is_grey or ";16" in raw or (image.format == "PPM" and _largest_of_ppm(image) > 255):
        return Depth(is_deep=True, is_grey=is_grey or raw == _GREY_AND_ALPHA)
    return _BYTES


def read_deep(image: "Image.Image", file: BinaryIO) -> np.ndarray:
    """Return all pixels of an image that `depth_of` calls deep, as they lie in the file.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, 3)
        uint16, or int32 where values have a sign.

    Raises
    ------
    DataError
        If they have more than 16 bits, or some are transparent.
    """
    depth = depth_of(image)
    if image.mode not in DEEP_GREY and not depth.is_signed:
        return _wide_ppm(image, file) if image.format == "PPM" else _wide_colors(image, file)
    image.load()
    pixels = np.asarray(image)
    if depth.is_signed:
        pixels = pixels.view(np.int8) if pixels.dtype == np.uint8 else pixels
    elif depth.is_inverted:
        pixels = 2 ** _tag(image, _BITS) - 1 - pixels.astype(np.int64)
    if pixels.size and (pixels.max() > _MOST or pixels.min() < -_MOST - 1):
        raise DataError("it has more than 16 bits per pixel; save it with 8 or 16")
    return pixels.astype(np.int32 if depth.is_signed else np.uint16)


def _raw_mode(image: "Image.Image") -> str:
    """How Pillow calls the layout of the pixels in the file."""
    tiles: Any = getattr(image, "tile", ())
    if not tiles:
        return image.mode
    arguments = tiles[0][3]
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else image.mode


def _check_bands(image: "Image.Image", raw: str) -> None:
    bits = getattr(image, "tag_v2", {}).get(_BITS, (8,))
    n_bands = len(bits)
    n_read = len(image.getbands())
    # YCbCr that comes out of libtiff as RGBX has three bands in the file.
    if "X" in raw and n_bands > n_read:
        raise DataError(
            f"it has {n_bands} bands, of which only {n_read} would be read. Save the one or three that are "
            "meant, or all of them as a table in .npy"
        )
    if raw.startswith("CMYK;16"):
        raise DataError("it is CMYK of 16 bits, of which 8 would be cut. Save it as RGB")
    if ";16" in raw and n_bands > 1 and _tag(image, 284) == 2:
        raise DataError("its 16-bit colors lie in separate planes. Save it with interleaved ones")


def _tag(image: "Image.Image", number: int) -> int:
    """The first value of a tag of a TIFF file; -1 where it is missing."""
    value = getattr(image, "tag_v2", {}).get(number, -1)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else -1


def _largest_of_ppm(image: "Image.Image") -> int:
    """The value that a color PPM file calls its largest; 0 for other layouts."""
    arguments: Any = image.tile[0][3] if getattr(image, "tile", ()) else ""  # type: ignore[attr-defined]
    is_scaled = image.mode == "RGB" and isinstance(arguments, tuple) and len(arguments) > 1
    return int(arguments[1]) if is_scaled else 0


def _wide_ppm(image: "Image.Image", file: BinaryIO) -> np.ndarray:
    decoder, _, offset, _ = image.tile[0]  # type: ignore[attr-defined]
    if decoder != "ppm":
        raise DataError(
            "it is a plain-text PPM of more than 8 bits. Save it as a binary one, or as PNG"
        )
    width, height = image.size
    file.seek(offset)
    content = file.read(6 * width * height)
    if len(content) < 6 * width * height:
        raise DataError("it is cut short")
    return np.frombuffer(content, ">u2").reshape(height, width, 3).astype(np.uint16)


def _wide_colors(image: "Image.Image", file: BinaryIO) -> np.ndarray:
    """Colors, or grey with transparency, of 16 bits, from PNG and TIFF."""
    from PIL import Image as Pillow

    raw = _raw_mode(image)
    if raw == _GREY_AND_ALPHA:  # its four bytes, read as if they were four bands
        image.tile = [tile._replace(args="RGBA") for tile in image.tile]  # type: ignore[attr-defined]
        image.load()
        values = np.array(image).view(">u2").astype(np.uint16)
    else:
        image.load()
        high = np.array(image).astype(np.uint16)
        file.seek(0)
        with Pillow.open(file, formats=(str(image.format),)) as again:
            other = _other_order(raw)
            again.tile = [tile._replace(args=_renamed(tile.args, other)) for tile in again.tile]
            again.load()
            values = high << 8 | np.asarray(again)
    n_colors = 1 if raw == _GREY_AND_ALPHA else 3
    if (values[..., n_colors:] < _MOST).any():
        raise DataError("it has 16 bits and transparent parts; save it without transparency")
    return values[..., 0] if n_colors == 1 else values[..., :3]


def _other_order(raw: str) -> str:
    native, foreign = ("L", "B") if sys.byteorder == "little" else ("B", "L")
    return raw[:-1] + {"L": "B", "B": "L", "N": foreign}.get(raw[-1], native)


def _renamed(arguments: Any, raw: str) -> Any:
    return (raw, *arguments[1:]) if isinstance(arguments, tuple) else raw
