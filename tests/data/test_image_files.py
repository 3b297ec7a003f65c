"""Single image files of every allowed kind, and what only calls itself an image."""

import contextlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.data.image_files import ENDINGS, probe_image, read_image
from latens.exceptions import DataError

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (6, 9), dtype=np.uint8)
COLOR = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)

# Top left, top right, bottom left, bottom right: every turn makes another picture of it.
QUARTERS = np.kron(np.array([[0, 85], [170, 255]], dtype=np.uint8), np.ones((8, 16), np.uint8))


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tif", ".tiff", ".pgm", ".gif"])
def test_grey_pixels_come_back_exactly(tmp_path: Path, save_image, ending: str) -> None:
    path = save_image(tmp_path / f"x{ending}", GREY)
    facts = probe_image(path)
    assert (facts.height, facts.width, facts.is_color) == (6, 9, False)
    np.testing.assert_array_equal(read_image(path, (6, 9), rgb=False), GREY)


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tif", ".ppm", ".webp"])
def test_color_pixels_come_back_exactly(tmp_path: Path, save_image, ending: str) -> None:
    options = {"lossless": True} if ending == ".webp" else {}
    path = save_image(tmp_path / f"x{ending}", COLOR, **options)
    assert probe_image(path).is_color
    np.testing.assert_array_equal(read_image(path, (6, 9), rgb=True), COLOR)


def test_every_allowed_ending_can_be_read(tmp_path: Path, save_image) -> None:
    # What Pillow does not write under these names is JPEG, as their makers mean it.
    jpeg = {".jif", ".jfi", ".pjpeg", ".pjp"}
    for ending in ENDINGS:
        options = {"format": "jpeg"} if ending in jpeg else {}
        path = save_image(tmp_path / f"x{ending}", GREY, **options)
        assert read_image(path, (6, 9), rgb=True).shape == (6, 9, 3)


def test_black_and_white_is_grey(tmp_path: Path) -> None:
    Image.fromarray(GREY > 128).save(tmp_path / "x.png")
    assert not probe_image(tmp_path / "x.png").is_color
    pixels = read_image(tmp_path / "x.png", (6, 9), rgb=False)
    np.testing.assert_array_equal(pixels, np.where(GREY > 128, 255, 0))


def test_transparent_pixels_are_white(tmp_path: Path, save_image) -> None:
    alpha = np.array([[0, 255, 128]], dtype=np.uint8)
    rgba = np.concatenate([np.full((1, 3, 3), 100, np.uint8), alpha[..., np.newaxis]], axis=2)
    path = save_image(tmp_path / "x.png", rgba)
    pixels = read_image(path, (1, 3), rgb=True)[0, :, 0]
    np.testing.assert_allclose(pixels, [255, 100, 100 * 128 / 255 + 255 * 127 / 255], atol=1)


def test_a_grey_image_with_alpha_stays_grey(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([GREY, np.where(GREY > 9, 255, 0).astype(np.uint8)])).save(
        tmp_path / "x.png"
    )
    assert not probe_image(tmp_path / "x.png").is_color
    pixels = read_image(tmp_path / "x.png", (6, 9), rgb=False)
    np.testing.assert_array_equal(pixels, np.where(GREY > 9, GREY, 255))


def test_palettes_become_their_colors(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "color.png")
    image.save(tmp_path / "clear.png", transparency=0)
    assert probe_image(tmp_path / "color.png").is_color
    opaque = read_image(tmp_path / "color.png", (1, 2), rgb=True)
    clear = read_image(tmp_path / "clear.png", (1, 2), rgb=True)
    assert opaque.tolist() == [[[10, 20, 30], [200, 100, 50]]]
    assert clear.tolist() == [[[255, 255, 255], [200, 100, 50]]]


def test_a_palette_of_greys_is_grey(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([value for value in range(256) for _ in range(3)])
    image.putpixel((1, 0), 77)
    image.save(tmp_path / "x.png")
    assert not probe_image(tmp_path / "x.png").is_color
    assert read_image(tmp_path / "x.png", (1, 2), rgb=False).tolist() == [[0, 77]]


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), (200, 30, 60)).convert("CMYK").save(tmp_path / "x.jpg", quality=100)
    assert probe_image(tmp_path / "x.jpg").is_color
    pixels = read_image(tmp_path / "x.jpg", (16, 16), rgb=True)
    np.testing.assert_allclose(pixels[8, 8], (200, 30, 60), atol=4)


def test_of_an_animation_the_first_frame_is_read(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (50, 100, 150)]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    assert probe_image(tmp_path / "x.gif").is_animated
    assert (read_image(tmp_path / "x.gif", (4, 4), rgb=False) == 50).all()


@pytest.mark.parametrize("ending", [".png", ".tif", ".pgm"])
def test_sixteen_bits_are_kept_for_the_folder_to_scale(
    tmp_path: Path, save_image, ending: str
) -> None:
    deep = RNG.integers(0, 2**16, (5, 7), dtype=np.uint16)
    path = save_image(tmp_path / f"x{ending}", deep)
    assert probe_image(path).is_deep
    np.testing.assert_array_equal(read_image(path, (5, 7), rgb=False), deep)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif"])
def test_images_stand_upright(tmp_path: Path, orientation: int, ending: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = Image.fromarray(QUARTERS)
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turns[orientation]) if orientation > 1 else upright
    stored.save(tmp_path / f"x{ending}", exif=exif)
    facts = probe_image(tmp_path / f"x{ending}")
    assert (facts.height, facts.width) == QUARTERS.shape
    pixels = read_image(tmp_path / f"x{ending}", QUARTERS.shape, rgb=False)
    np.testing.assert_allclose(pixels[4::8, 8::16], [[0, 85], [170, 255]], atol=2)


def test_a_large_jpeg_is_reduced_faithfully(tmp_path: Path) -> None:
    ramp = np.add.outer(np.linspace(0, 120, 800), np.linspace(0, 120, 1200)).astype(np.uint8)
    Image.fromarray(ramp).save(tmp_path / "x.jpg", quality=95)
    pixels = read_image(tmp_path / "x.jpg", (40, 60), rgb=False)
    expected = ramp.reshape(40, 20, 60, 20).mean(axis=(1, 3))
    np.testing.assert_allclose(pixels, expected, atol=2)


def test_resizing_averages_and_does_not_pick_pixels(tmp_path: Path, save_image) -> None:
    board = np.kron(np.indices((32, 32)).sum(axis=0) % 2, np.ones((2, 2))).astype(np.uint8) * 255
    path = save_image(tmp_path / "x.png", board)
    pixels = read_image(path, (8, 8), rgb=False)
    np.testing.assert_allclose(pixels[2:-2, 2:-2], 127.5, atol=12)


@pytest.mark.parametrize("side", [8_001, 10_000])
def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    # Valid images of black pixels in a few kilobytes. Pillow says nothing of the first and warns of
    # the second; the test of folders has one that it refuses.
    Image.new("1", (side, side)).save(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size < 10**5
    with pytest.raises(DataError, match="64 million"):
        probe_image(tmp_path / "x.png")


def damaged(kind: str, path: Path) -> None:
    Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path)
    content = path.read_bytes()
    if kind == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "text":
        path.write_text("these are not the pixels you are looking for\n")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "svg":
        path.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    elif kind == "scrambled":
        path.write_bytes(content[:40] + RNG.bytes(len(content) - 40))


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("kind", ["cut", "text", "empty", "svg", "scrambled"])
@pytest.mark.parametrize("ending", [".png", ".jpg", ".gif", ".tif", ".bmp", ".webp", ".ppm"])
def test_damage_is_a_reason_in_one_line(tmp_path: Path, kind: str, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    damaged(kind, path)
    if kind == "scrambled" and ending in (".ppm", ".bmp", ".jpg", ".webp"):
        return  # any bytes are pixels there
    with pytest.raises(DataError) as caught:  # a cut file may still have a whole header
        (probe_image(path), read_image(path, (64, 64), rgb=True))
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_formats_outside_the_allow_list_are_not_tried(tmp_path: Path) -> None:
    Image.fromarray(COLOR).save(tmp_path / "x.pdf")
    (tmp_path / "x.pdf").rename(tmp_path / "x.png")
    with pytest.raises(DataError, match="no image of a known kind"):
        probe_image(tmp_path / "x.png")


def test_floats_are_refused_with_a_way_out(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), dtype=np.float32)).save(tmp_path / "x.tif")
    with pytest.raises(DataError, match="floats; save it with 8 or 16 bits"):
        probe_image(tmp_path / "x.tif")


def part_of_png(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png_of(packed: bytes, interlaced: bool = False) -> bytes:
    """A PNG file of GREY's size with such data, every checksum right."""
    header = struct.pack(">IIBBBBB", 9, 6, 8, 0, 0, 0, interlaced)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(part_of_png(*part) for part in parts)


ROWS = b"".join(b"\0" + row.tobytes() for row in GREY)


@pytest.mark.parametrize("n_rows", range(1, 6))
def test_rows_that_a_png_lacks_are_not_black(tmp_path: Path, n_rows: int) -> None:
    # The compressed data end as they should, after too few rows: Pillow says nothing.
    (tmp_path / "x.png").write_bytes(png_of(zlib.compress(ROWS[: 10 * n_rows])))
    with pytest.raises(DataError, match=r"end before the last row|truncated"):
        read_image(tmp_path / "x.png", (6, 9), rgb=False)


def test_passes_that_an_interlaced_png_lacks_are_not_black(tmp_path: Path) -> None:
    passes = [
        GREY[y::y_step, x::x_step]
        for x, y, x_step, y_step in (
            *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
            *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
        )
    ]
    rows = [b"\0" + row.tobytes() for one in passes for row in one if row.size]
    (tmp_path / "x.png").write_bytes(png_of(zlib.compress(b"".join(rows)), interlaced=True))
    np.testing.assert_array_equal(read_image(tmp_path / "x.png", (6, 9), rgb=False), GREY)
    for n_rows in range(1, len(rows)):
        packed = zlib.compress(b"".join(rows[:n_rows]))
        (tmp_path / "x.png").write_bytes(png_of(packed, interlaced=True))
        with pytest.raises(DataError, match=r"end before the last row|truncated"):
            read_image(tmp_path / "x.png", (6, 9), rgb=False)


def test_a_png_whose_checksums_or_end_are_wrong_is_refused(tmp_path: Path) -> None:
    whole = png_of(zlib.compress(ROWS))
    place = whole.index(b"IEND") - 8  # the checksum of the pixels
    cases = {
        "a checksum is wrong": whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
        "end that a PNG file has is missing": whole[: whole.index(b"IEND") - 4],
        "cut short": whole[:-9],
    }
    for message, content in cases.items():
        (tmp_path / "x.png").write_bytes(content)
        with pytest.raises(DataError, match=message):
            read_image(tmp_path / "x.png", (6, 9), rgb=False)


def test_a_black_png_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(png_of(zlib.compress(bytes(60))))
    assert not read_image(tmp_path / "x.png", (6, 9), rgb=False).any()


@pytest.mark.parametrize(
    "name", ["x.png", "x.jpg", "x.bmp", "x.gif", "lzw.tif", "raw.tif", "x.webp", "x.pgm"]
)
def test_a_file_cut_anywhere_is_whole_or_refused(tmp_path: Path, save_image, name: str) -> None:
    options = {"lzw.tif": {"compression": "tiff_lzw"}, "x.webp": {"lossless": True}}
    path = save_image(tmp_path / name, COLOR if name != "x.pgm" else GREY, **options.get(name, {}))
    whole, content = read_image(path, (6, 9), rgb=True), path.read_bytes()
    for end in range(len(content) - 1, 0, -max(1, len(content) // 60)):
        path.write_bytes(content[:end])
        with contextlib.suppress(DataError):
            np.testing.assert_array_equal(read_image(path, (6, 9), rgb=True), whole)


@pytest.mark.parametrize(("width", "height"), [(8000, 8000), (1, 60_000_000)])
def test_a_huge_blank_image_is_refused_for_its_memory(
    tmp_path: Path, width: int, height: int
) -> None:
    header = struct.pack(">IIBBBBB", width, height, 8, 4, 0, 0, 0)  # grey and transparent
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(part_of_png(*part) for part in parts)
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(DataError, match="decoding it would grow from"):
        probe_image(tmp_path / "x.png")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.png")
    (tmp_path / "y.png").symlink_to("/dev/zero")
    (tmp_path / "z.png").mkdir()
    for name, what in (("x", "a pipe"), ("y", "a device"), ("z", "a folder")):
        with pytest.raises(DataError, match=f"it is {what}, not a file"):
            probe_image(tmp_path / f"{name}.png")
