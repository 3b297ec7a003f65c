"""Pixels from printers, satellites, microscopes and scanners."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from latens.data import load
from latens.exceptions import DataError

R = np.random.default_rng(41)


def put(folder, image: Image.Image, name: str, **options: object) -> None:
    (folder / "photos").mkdir(exist_ok=True)
    image.save(folder / "photos" / name, **options)


def test_a_fax_in_black_and_white_has_black_ink(tmp_path) -> None:
    page = np.full((16, 16), 255, np.uint8)
    page[4] = 0
    put(tmp_path, Image.fromarray(page).convert("1"), "fax.tif", compression="group4")
    np.testing.assert_array_equal(load(tmp_path / "photos").X[0], page)


def test_colors_of_a_printer_stay_what_they_are(tmp_path) -> None:
    red = Image.new("RGB", (16, 16), (250, 10, 10)).convert("CMYK")
    put(tmp_path, red, "a.jpg", quality=95)
    pixel = load(tmp_path / "photos").X[0, 8, 8].astype(int)
    assert pixel[0] > 200
    assert pixel[1:].max() < 60


def test_infrared_beside_colors_is_no_transparency(tmp_path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[338] = (0,)  # a band that says nothing of itself
    pixels = R.integers(0, 256, (8, 8, 4)).astype(np.uint8)
    put(tmp_path, Image.fromarray(pixels, "RGBX"), "a.tif", tiffinfo=tags)
    with pytest.raises(DataError, match="4 bands"):
        load(tmp_path / "photos")


def test_lab_is_read_in_its_colors(tmp_path) -> None:
    put(tmp_path, Image.new("LAB", (8, 8), (128, 128, 128)), "a.tif")
    put(tmp_path, Image.new("RGB", (8, 8), (9, 9, 9)), "b.png")
    found = load(tmp_path / "photos")
    assert len(found) == 2
    assert abs(found.X[0].astype(int) - 119).max() < 6


def test_microscopes_of_the_other_byte_order(tmp_path) -> None:
    pixels = R.integers(0, 4096, (5, 7)).astype(">u2")
    raw = pixels.tobytes()
    entries = [
        (256, 3, 1, 7), (257, 3, 1, 5), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 5), (279, 4, 1, len(raw)),
    ]  # fmt: skip
    body = b"".join(
        struct.pack(">HHI", tag, kind, n)
        + (struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value))
        for tag, kind, n, value in entries
    )
    head = b"MM\0*" + struct.pack(">I", 8 + len(raw))
    (tmp_path / "a.tif").write_bytes(
        head + raw + struct.pack(">H", len(entries)) + body + b"\0" * 4
    )
    np.testing.assert_array_equal(load(tmp_path / "a.tif").X[0], pixels)


def test_masks_of_zero_and_one_are_no_black_images(tmp_path) -> None:
    pixels = R.integers(0, 2, (8, 8)).astype(np.uint8)
    put(tmp_path, Image.fromarray(pixels), "a.png")
    np.testing.assert_array_equal(load(tmp_path / "photos").X[0], pixels)


def test_colors_that_are_all_grey_are_what_the_file_says(tmp_path) -> None:
    put(tmp_path, Image.new("RGB", (8, 8), (7, 7, 7)), "a.png")
    found = load(tmp_path / "photos")
    assert found.X.shape in ((1, 8, 8, 3), (1, 8, 8))
    assert (found.X == 7).all()


def test_numbers_of_cells_in_32_bits_are_refused_with_the_reason(tmp_path) -> None:
    put(tmp_path, Image.fromarray(np.full((8, 8), 70_000, np.int32)), "a.tif")
    with pytest.raises(DataError, match="more than 16 bits per pixel"):
        load(tmp_path / "photos")


def test_a_stack_of_a_microscope_is_said_to_have_further_pages(tmp_path, said) -> None:
    pages = [Image.fromarray(np.full((8, 8), value, np.uint16)) for value in (100, 200, 300)]
    put(tmp_path, pages[0], "z.tif", save_all=True, append_images=pages[1:])
    found = load(tmp_path / "photos")
    assert (found.X == 100).all()
    assert said(found, "first")


def test_a_photo_of_ten_bits_in_pgm_is_scaled_as_its_header_says(tmp_path) -> None:
    (tmp_path / "photos").mkdir()
    pixels = R.integers(0, 1024, (4, 4)).astype(">u2")
    (tmp_path / "photos" / "a.pgm").write_bytes(b"P5 4 4 1023\n" + pixels.tobytes())
    found = load(tmp_path / "photos").X[0].astype(float)
    np.testing.assert_allclose(found / 65535, pixels.astype(float) / 1023, atol=2e-5)


def test_a_download_that_is_a_page_of_html_is_left_out(tmp_path, said) -> None:
    put(tmp_path, Image.new("L", (8, 8), 5), "a.png")
    (tmp_path / "photos" / "b.jpg").write_text("<!DOCTYPE html><html>403 Forbidden</html>")
    found = load(tmp_path / "photos")
    assert len(found) == 1
    assert said(found, "--strict")


def test_a_png_with_colors_by_number_and_transparency(tmp_path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 30, 30, 0, 0, 0])
    image.putpixel((0, 0), 0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(buffer.getvalue())
    found = load(tmp_path / "photos")
    assert found.X[0, 4, 4].tolist() == [200, 30, 30]
    assert found.X[0, 0, 0].tolist() == [255, 255, 255]
