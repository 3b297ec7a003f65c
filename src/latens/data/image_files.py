"""One image file: what its header says, and its pixels at the size and in the colors asked for.

Only the formats of the allow-list are tried, the number of pixels is checked before any is decoded, and
damaged files are refused, never filled up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from latens._memory import check_memory
from latens._regular_files import open_regular
from latens._text import shortened
from latens.data.high_bit_depth import DEEP_GREY, Depth, depth_of, read_deep
from latens.data.png_files import check_png, check_png_pixels
from latens.exceptions import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["ENDINGS", "ImageFacts", "probe_image", "read_image"]

ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"),
    # Other endings of the same kinds: JPEG as Windows saves it, animated PNG, bitmaps without a file header.
    *(".jfif", ".jpe", ".jif", ".jfi", ".pjpeg", ".pjp", ".apng", ".dib", ".pbm", ".pnm"),
)
_FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM")

_GREY = ("1", "L", "LA", "La", *DEEP_GREY)
# Red, green and blue in the luma of ITU-R BT.601, which Pillow takes for bytes.
_LUMA = np.array([0.299, 0.587, 0.114])
_ORIENTATION_TAG = 0x0112
# 64 megapixels, a quarter of a gigabyte when decoded. Phones go beyond, to 108 and 200: such a JPEG
# is decoded at a half, a quarter or an eighth, which its coefficients allow.
MAX_PIXELS = 64 * 10**6
_MOST_REDUCED = 500 * 10**6
_REDUCTIONS = (1, 2, 4, 8)


@dataclass(frozen=True)
class ImageFacts:
    """What the header of an image file says.

    Attributes
    ----------
    height, width : int
        In pixels, as the image is meant to be seen.
    is_color : bool
        Whether it has more than shades of grey.
    is_deep : bool
        Whether it has more than 8 bits per pixel of grey.
    is_animated : bool
        Whether it has more than one frame.
    is_signed : bool
        Whether its values may be negative.
    is_inverted : bool
        Whether 0 is white in the file.
    is_transparent : bool
        Whether it can have transparent parts.
    is_reduced : bool
        Whether it has more than `MAX_PIXELS` pixels, and is decoded at a part of its size.
    working_bytes : int
        The memory that decoding it takes at most, until it has the size asked for.
    """

    height: int
    width: int
    is_color: bool
    is_deep: bool
    is_animated: bool
    working_bytes: int
    is_signed: bool = False
    is_inverted: bool = False
    is_transparent: bool = False
    is_reduced: bool = False


@dataclass(frozen=True)
class _Opening:
    """What is known of an opened image: its values, the part of its sides to decode, the memory it takes."""

    depth: Depth
    part: int
    working_bytes: int


def probe_image(path: Path) -> ImageFacts:
    """Read the header of an image file, no pixels.

    Raises
    ------
    DataError
        If the file is no image of an allowed format, has more than `MAX_PIXELS` pixels, or would take
        too much memory. The message is the reason alone, for the caller to name the file.
    """
    with _opened(path) as (image, _, opening):
        depth = opening.depth
        is_turned = _orientation(image) >= 5
        width, height = image.size[::-1] if is_turned else image.size
        return ImageFacts(
            height=height,
            width=width,
            is_color=not (depth.is_grey or _is_grey(image)),
            is_deep=depth.is_deep,
            is_animated=bool(getattr(image, "is_animated", False)),
            working_bytes=opening.working_bytes,
            is_signed=depth.is_signed,
            is_inverted=depth.is_inverted,
            is_transparent=_is_transparent(image) and not depth.is_deep,
            is_reduced=opening.part > 1,
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
        uint8; uint16 for images with more than 8 bits, int32 for those whose values have a sign.

    Raises
    ------
    DataError
        If the pixels cannot be decoded. The message is the reason alone.
    """
    with _opened(path) as (image, file, opening):
        if image.format == "PNG":
            check_png(file)
        orientation = _orientation(image)
        height, width = size[::-1] if orientation >= 5 else size
        # JPEG can be decoded at 1/2, 1/4 or 1/8 of its size for a fraction of the time; twice the
        # target leaves enough for a clean last step.
        largest = [side // opening.part for side in image.size]
        image.draft(None, (min(2 * width, largest[0]), min(2 * height, largest[1])))
        if opening.depth.is_deep:
            pixels = _read_deep(image, file, (width, height), orientation, opening.depth)
            is_color = pixels.ndim == 3 and not rgb
            return np.rint(pixels @ _LUMA).astype(pixels.dtype) if is_color else pixels
        image.load()
        if image.format == "PNG" and _may_end_early(image):
            check_png_pixels(file)
        plain = _on_white(image, "RGB" if rgb else "L")
        return np.asarray(_resized(plain, width, height, orientation))


@contextmanager
def _opened(path: Path) -> Iterator[tuple["Image.Image", BinaryIO, _Opening]]:
    """Open an image file for its header; every way in which it can fail becomes a DataError."""
    from PIL import Image, UnidentifiedImageError

    try:
        # Given a name, Pillow 13 maps an uncompressed TIFF and garbles one that is to be turned.
        with open_regular(path) as file, _identified(file, Image) as image:
            part = _reduction(image)
            _check_pixels(image, part)
            depth = depth_of(image)
            needed = _working_bytes(image, depth, part)
            check_memory(needed, "decoding it", stored=path.stat().st_size)
            yield image, file, _Opening(depth, part, needed)
    except UnidentifiedImageError as error:
        raise DataError(_unknown(path)) from error
    except DataError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"it has more than {MAX_PIXELS // 10**6} million pixels") from error
    except OSError as error:
        raise DataError(error.strerror or shortened(error)) from error
    except Exception as error:  # Pillow's readers raise anything on damaged files
        raise DataError(f"it is damaged ({shortened(error) or type(error).__name__})") from error


def _identified(file: BinaryIO, pillow: ModuleType) -> "Image.Image":
    try:
        image: Image.Image = pillow.open(file, formats=_FORMATS)
    except pillow.DecompressionBombError:
        from PIL import JpegImagePlugin

        # Pillow stops at 179 million pixels; of JPEG a part of them is decoded.
        file.seek(0)
        if file.read(3) != b"\xff\xd8\xff":
            raise
        file.seek(0)
        return JpegImagePlugin.JpegImageFile(file)
    return image


def _unknown(path: Path) -> str:
    """Why an image is not known, where its first bytes tell more than that."""
    with open_regular(path) as file:
        start = file.read(4)
    if not start:
        return "it is empty"
    if start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return (
            "it is a TIFF with bands or bits that are not read. Save it with one or three bands of 8 or 16 "
            "bits, or all images as a table in .npy"
        )
    return "its content is no image of a known kind"


def _reduction(image: "Image.Image") -> int:
    """The part of its sides at which an image is decoded at the most."""
    n_pixels = image.size[0] * image.size[1]
    if n_pixels <= MAX_PIXELS or image.format not in ("JPEG", "MPO"):
        return 1
    fitting = (part for part in _REDUCTIONS if n_pixels <= MAX_PIXELS * part**2)
    return next(fitting, _REDUCTIONS[-1])


def _check_pixels(image: "Image.Image", part: int) -> None:
    width, height = image.size
    limit = MAX_PIXELS if part == 1 else _MOST_REDUCED
    if width * height > limit:
        raise DataError(
            f"it has {width} x {height} pixels, more than the limit of {limit // 10**6} million"
            + ("; save it as JPEG, which is read reduced" if limit == MAX_PIXELS else "")
        )
    if image.mode == "F":
        raise DataError("it holds floats; save it with 8 or 16 bits, or all images as .npy")


def _may_end_early(image: "Image.Image") -> bool:
    """Whether the last row is black, or the one above, which comes last of interlaced images."""
    width, height = image.size
    rows = np.asarray(image.crop((0, max(0, height - 2), width, height)))
    return not rows.reshape(len(rows), -1).any(axis=1).all()


def _working_bytes(image: "Image.Image", depth: Depth, part: int) -> int:
    """What decoding takes: the image as Pillow keeps it, and every copy on the way."""
    width, height = image.size
    if part > 1:
        # The coefficients of progressive files are kept whole, two bytes for each.
        kept = 6 * width * height if image.info.get("progressive") else 0
        return kept + 9 * (width // part + 1) * (height // part + 1)
    if depth.is_deep:
        per_pixel = 16 if depth.is_grey else 40
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


def _read_deep(
    image: "Image.Image", file: BinaryIO, size: tuple[int, int], orientation: int, depth: Depth
) -> np.ndarray:
    """Read and resize pixels that bytes do not hold, band by band."""
    from PIL import Image

    pixels = read_deep(image, file)
    if image.format == "PNG" and not pixels[-2:].reshape(-1, pixels[0].size).any(axis=1).all():
        check_png_pixels(file)
    bands = [pixels] if pixels.ndim == 2 else list(np.moveaxis(pixels, -1, 0))
    resized = [
        np.asarray(_resized(Image.fromarray(band.astype(np.float32)), *size, orientation))
        for band in bands
    ]
    whole = np.rint(resized[0] if pixels.ndim == 2 else np.stack(resized, axis=-1))
    # Resizing overshoots at edges.
    low = -(2**15) if depth.is_signed else 0
    return np.clip(whole, low, 2**16 - 1).astype(pixels.dtype)
