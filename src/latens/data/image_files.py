"""One image file: what its header says, and its pixels at the size and in the colours asked for.

Only the formats of the allow-list are tried, the number of pixels is checked before any is decoded, and
damaged files are refused, never filled up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from latens._memory import check_memory
from latens._regular_files import open_regular
from latens._text import shortened
from latens.data.png_files import check_png, check_png_pixels
from latens.exceptions import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["ENDINGS", "ImageFacts", "probe_image", "read_image"]

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")

# More than 8 bits of grey: 16-bit PNG and TIFF, 32-bit integers as older 16-bit files are opened.
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I")
_GREY = ("1", "L", "LA", "La", *_DEEP)
_ORIENTATION_TAG = 0x0112
# 64 megapixels: above any phone's camera, a quarter of a gigabyte when decoded.
MAX_PIXELS = 64 * 10**6


@dataclass(frozen=True)
class ImageFacts:
    """What the header of an image file says.

    Attributes
    ----------
    height, width : int
        In pixels, as the image is meant to be seen.
    is_colour : bool
        Whether it has more than shades of grey.
    is_deep : bool
        Whether it has more than 8 bits per pixel of grey.
    is_animated : bool
        Whether it has more than one frame.
    working_bytes : int
        The memory that decoding it takes at most, until it has the size asked for.
    """

    height: int
    width: int
    is_colour: bool
    is_deep: bool
    is_animated: bool
    working_bytes: int


def probe_image(path: Path) -> ImageFacts:
    """Read the header of an image file, no pixels.

    Raises
    ------
    DataError
        If the file is no image of an allowed format, has more than `MAX_PIXELS` pixels, or would take
        too much memory. The message is the reason alone, for the caller to name the file.
    """
    with _opened(path) as (image, _):
        is_turned = _orientation(image) >= 5
        width, height = image.size[::-1] if is_turned else image.size
        return ImageFacts(
            height=height,
            width=width,
            is_colour=not _is_grey(image),
            is_deep=image.mode in _DEEP,
            is_animated=bool(getattr(image, "is_animated", False)),
            working_bytes=_working_bytes(image),
        )


def read_image(path: Path, size: tuple[int, int], *, rgb: bool) -> np.ndarray:
    """Read the first frame of an image at a size, upright, on white where it is transparent.

    Parameters
    ----------
    path : Path
        The file.
    size : (int, int)
        Height and width in pixels. The image is resized without cropping where its own size differs.
    rgb : bool
        Whether to give three channels; deep grey images stay grey either way.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, 3)
        uint8; uint16 for images with more than 8 bits of grey.

    Raises
    ------
    DataError
        If the pixels cannot be decoded. The message is the reason alone.
    """
    with _opened(path) as (image, file):
        if image.format == "PNG":
            check_png(file)
        orientation = _orientation(image)
        height, width = size[::-1] if orientation >= 5 else size
        # JPEG can be decoded at 1/2, 1/4 or 1/8 of its size for a fraction of the time; twice the
        # target leaves enough for a clean last step.
        image.draft(None, (2 * width, 2 * height))
        image.load()
        if image.format == "PNG" and _may_end_early(image):
            check_png_pixels(file)
        if image.mode in _DEEP:
            return _deep_pixels(_resized(image.convert("F"), width, height, orientation))
        plain = _on_white(image, "RGB" if rgb else "L")
        return np.asarray(_resized(plain, width, height, orientation))


@contextmanager
def _opened(path: Path) -> Iterator[tuple["Image.Image", BinaryIO]]:
    """Open an image file for its header; every way in which it can fail becomes a DataError."""
    from PIL import Image, UnidentifiedImageError

    try:
        # Given a name, Pillow 13 maps an uncompressed TIFF and garbles one that is to be turned.
        with open_regular(path) as file, Image.open(file, formats=_FORMATS) as image:
            _check_pixels(image)
            check_memory(_working_bytes(image), "decoding it", stored=path.stat().st_size)
            yield image, file
    except UnidentifiedImageError as error:
        raise DataError("its content is no image of a known kind") from error
    except DataError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"it has more than {MAX_PIXELS // 10**6} million pixels") from error
    except OSError as error:
        raise DataError(error.strerror or shortened(error)) from error
    except Exception as error:  # Pillow's readers raise anything on damaged files
        raise DataError(f"it is damaged ({shortened(error) or type(error).__name__})") from error


def _check_pixels(image: "Image.Image") -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise DataError(
            f"it has {width} x {height} pixels, more than the limit of {MAX_PIXELS // 10**6} million"
        )
    if image.mode == "F":
        raise DataError("it holds floats; save it with 8 or 16 bits, or all images as .npy")


def _may_end_early(image: "Image.Image") -> bool:
    """Whether the last row is black, or the one above, which comes last of interlaced images."""
    width, height = image.size
    rows = np.asarray(image.crop((0, max(0, height - 2), width, height)))
    return not rows.reshape(len(rows), -1).any(axis=1).all()


def _working_bytes(image: "Image.Image") -> int:
    """What decoding takes: the image as Pillow keeps it, and every copy on the way."""
    width, height = image.size
    if image.mode in _DEEP:
        per_pixel = 16
    elif _is_transparent(image):
        per_pixel = 20
    else:
        per_pixel = 2 if image.mode in ("1", "L") else 9
    # Resizing keeps a weight for every pixel of a row and of a column, six times over.
    return per_pixel * width * height + 48 * (width + height)


def _orientation(image: "Image.Image") -> int:
    """The EXIF orientation that is still to be undone, 1 to 8.

    Pillow turns TIFF itself. Of PNG only data before the pixels count, since asking Pillow for the
    rest would decode the whole image.
    """
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return 1
    value = image.getexif().get(_ORIENTATION_TAG, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _is_grey(image: "Image.Image") -> bool:
    if image.mode != "P":
        return image.mode in _GREY
    palette = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    return bool((palette == palette[:, :1]).all())


def _on_white(image: "Image.Image", mode: str) -> "Image.Image":
    from PIL import Image

    if _is_transparent(image):
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    elif image.mode == "P":
        image = image.convert("RGB")
    return image.convert(mode)


def _is_transparent(image: "Image.Image") -> bool:
    return image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info


def _resized(image: "Image.Image", width: int, height: int, orientation: int) -> "Image.Image":
    from PIL import Image

    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    turn = Image.Transpose
    turns = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _deep_pixels(image: "Image.Image") -> np.ndarray:
    pixels = np.rint(np.asarray(image))
    if pixels.max() > 2**16 - 1 and image.size:
        raise DataError("it has more than 16 bits per pixel; save it with 8 or 16")
    return np.clip(pixels, 0, 2**16 - 1).astype(np.uint16)
