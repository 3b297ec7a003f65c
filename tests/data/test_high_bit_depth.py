"""Images of more than 8 bits, with signs, more bands or white at 0: kept, or refused; never cut."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.data import load
from latens.data.image_files import MAX_PIXELS, probe_image, read_image
from latens.exceptions import DataError

RNG = np.random.default_rng(0)
UNSIGNED, SIGNED, FLOAT = 1, 2, 3


def deep(*channels: int, most: int = 2**16) -> np.ndarray:
    return RNG.integers(0, most, (9, 7, *channels)).astype(np.uint16)


def write_png(path: Path, pixels: np.ndarray, color: int) -> Path:
    """Write 16 bits per value, which Pillow does for grey alone; every second row as differences."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels, ">u2").view(np.uint8).reshape(height, -1)
    step = 2 * pixels[0, 0].size
    lines = []
    for number, row in enumerate(rows):
        before = np.concatenate([np.zeros(step, np.uint8), row[:-step]])
        lines.append(bytes([number % 2]) + (row - before if number % 2 else row).tobytes())
    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in parts
        )
    )
    return path


def write_tiff(
    path: Path,
    pixels: np.ndarray,
    *,
    form: int = UNSIGNED,
    photometric: int | None = None,
    order: str = "<",
) -> Path:
    """Write an uncompressed TIFF of any bands and bits, which Pillow does not."""
    pixels = np.atleast_3d(pixels)
    height, width, bands = pixels.shape
    content = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    meaning = photometric if photometric is not None else (2 if bands >= 3 else 1)
    more = [(338, [0] * (bands - 3))] if bands > 3 else []
    tags = [
        *((256, [width]), (257, [height]), (258, [8 * pixels.itemsize] * bands), (259, [1])),
        *((262, [meaning]), (273, [0]), (277, [bands]), (278, [height]), (279, [len(content)])),
        *((284, [1]), *more, (339, [form] * bands)),
    ]
    start = 8 + 2 + 12 * len(tags) + 4
    extra = b"".join(struct.pack(f"{order}{len(v)}H", *v) for _, v in tags if len(v) > 2)
    entries, place = b"", start
    for tag, values in tags:
        kind, letter = (4, "I") if tag in (273, 279) else (3, "H")
        if tag == 273:
            values = [start + len(extra)]
        raw = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(raw) > 4:
            raw, place = struct.pack(order + "I", place), place + len(raw)
        entries += struct.pack(order + "HHI", tag, kind, len(values)) + raw.ljust(4, b"\0")
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "I", 8) + struct.pack(order + "H", len(tags))
    path.write_bytes(head + entries + bytes(4) + extra + content)
    return path


def write_ppm(path: Path, pixels: np.ndarray, most: int) -> Path:
    head = f"P6\n# a remark\n{pixels.shape[1]} {pixels.shape[0]}\n{most}\n"
    path.write_bytes(head.encode() + pixels.astype(">u2").tobytes())
    return path


def test_colors_of_sixteen_bits_come_back_exactly(tmp_path: Path) -> None:
    pixels = deep(3)
    files = [
        write_png(tmp_path / "x.png", pixels, 2),
        write_tiff(tmp_path / "little.tif", pixels),
        write_tiff(tmp_path / "big.tif", pixels, order=">"),
        write_ppm(tmp_path / "x.ppm", pixels, 65535),
    ]
    for path in files:
        facts = probe_image(path)
        assert facts.is_deep
        assert facts.is_color
        np.testing.assert_array_equal(read_image(path, (9, 7), rgb=True), pixels)


def test_opaque_alpha_of_sixteen_bits_is_dropped(tmp_path: Path) -> None:
    for bands, color in ((2, 4), (4, 6)):
        pixels = deep(bands)
        pixels[..., -1] = 65535
        path = write_png(tmp_path / "x.png", pixels, color)
        assert probe_image(path).is_color == (bands == 4)
        expected = pixels[..., 0] if bands == 2 else pixels[..., :3]
        np.testing.assert_array_equal(read_image(path, (9, 7), rgb=bands == 4), expected)


@pytest.mark.parametrize(("bands", "color"), [(2, 4), (4, 6)])
def test_transparent_parts_of_sixteen_bits_are_refused(
    tmp_path: Path, bands: int, color: int
) -> None:
    path = write_png(tmp_path / "x.png", deep(bands), color)
    with pytest.raises(DataError, match="16 bits and transparent parts"):
        read_image(path, (9, 7), rgb=True)


def test_deep_colors_can_be_read_as_grey(tmp_path: Path) -> None:
    pixels = deep(3)
    path = write_png(tmp_path / "x.png", pixels, 2)
    expected = pixels @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(read_image(path, (9, 7), rgb=False), expected, atol=0.5)


def test_a_cut_deep_png_is_refused(tmp_path: Path) -> None:
    path = write_png(tmp_path / "x.png", deep(3), 2)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError):
        read_image(path, (9, 7), rgb=True)


def test_a_cut_deep_ppm_is_refused(tmp_path: Path) -> None:
    path = write_ppm(tmp_path / "x.ppm", deep(3), 65535)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="cut short"):
        read_image(path, (9, 7), rgb=True)


def test_resizing_keeps_the_range_of_each_color(tmp_path: Path) -> None:
    pixels = np.broadcast_to(np.array([100, 3000, 60_000], np.uint16), (9, 7, 3))
    path = write_png(tmp_path / "x.png", pixels, 2)
    np.testing.assert_array_equal(
        read_image(path, (3, 5), rgb=True), np.broadcast_to([100, 3000, 60_000], (3, 5, 3))
    )


@pytest.mark.parametrize("kind", [np.int8, np.int16])
def test_negative_values_are_kept_and_said(tmp_path: Path, kind: type) -> None:
    least, most = np.iinfo(kind).min, np.iinfo(kind).max
    pixels = RNG.integers(least, most + 1, (9, 7)).astype(kind)
    pixels[0, :2] = least, most
    for name in "ab":
        write_tiff(tmp_path / f"{name}.tif", pixels, form=SIGNED)
    dataset = load(tmp_path)
    np.testing.assert_array_equal(dataset.X, [pixels] * 2)
    assert dataset.X.dtype == np.int16
    assert f"kept: {least:,} to {most:,}" in dataset.notes[0]


def test_a_signed_type_without_negative_values_is_said_nothing_of(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 500, (9, 7)).astype(np.int16)
    write_tiff(tmp_path / "a.tif", pixels, form=SIGNED)
    dataset = load(tmp_path)
    assert (dataset.X.dtype, dataset.notes) == (np.uint16, ())
    np.testing.assert_array_equal(dataset.X, [pixels])


def test_negative_values_have_no_unit_in_common_with_bytes(tmp_path: Path, save_image) -> None:
    write_tiff(tmp_path / "a.tif", np.full((9, 7), -5, np.int16), form=SIGNED)
    save_image(tmp_path / "b.png", np.zeros((9, 7), np.uint8))
    with pytest.raises(DataError, match=r"no unit in common. Put either kind into a folder"):
        load(tmp_path)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_white_at_zero_becomes_black_at_zero(tmp_path: Path, kind: type) -> None:
    pixels = RNG.integers(0, 200, (9, 7)).astype(kind)
    write_tiff(tmp_path / "a.tif", pixels, photometric=0)
    dataset = load(tmp_path)
    np.testing.assert_array_equal(dataset.X[0], np.iinfo(kind).max - pixels)
    assert dataset.notes == ("1 images of which 0 is white were inverted, so that 0 is black.",)


@pytest.mark.parametrize(
    ("pixels", "form", "reason"),
    [
        (deep(5).astype(np.uint8), UNSIGNED, "5 bands, of which only 3 would be read"),
        (deep(4).astype(np.uint8), UNSIGNED, "4 bands, of which only 3 would be read"),
        (deep(4), UNSIGNED, "4 bands, of which only 3 would be read"),
        (deep(5), UNSIGNED, "bands or bits that are not read"),
        (deep().astype(np.int32) * 1000, SIGNED, "more than 16 bits"),
        (deep().astype(np.float32), FLOAT, "holds floats"),
        (deep(3).astype(np.int16), SIGNED, "bands or bits that are not read"),
    ],
)
def test_what_would_be_cut_is_refused(
    tmp_path: Path, pixels: np.ndarray, form: int, reason: str
) -> None:
    path = write_tiff(tmp_path / "a.tif", pixels, form=form)
    with pytest.raises(DataError, match=reason):
        read_image(path, (9, 7), rgb=True)


def test_three_bands_of_eight_bits_are_plain_colors(tmp_path: Path) -> None:
    pixels = deep(3).astype(np.uint8)
    path = write_tiff(tmp_path / "a.tif", pixels)
    assert not probe_image(path).is_deep
    np.testing.assert_array_equal(read_image(path, (9, 7), rgb=True), pixels)


def test_deep_colors_beside_bytes_are_scaled_by_the_bits_in_use(tmp_path: Path, save_image) -> None:
    write_png(tmp_path / "a.png", np.full((9, 7, 3), 4095, np.uint16), 2)
    save_image(tmp_path / "b.png", np.full((9, 7), 9, np.uint8))
    dataset = load(tmp_path)
    assert dataset.X[:, 0, 0].tolist() == [[255] * 3, [9] * 3]
    assert "1 images of 16 bits were scaled from 0..4095 to 0..255." in dataset.notes


def test_deep_grey_beside_deep_colors_keeps_its_bits(tmp_path: Path, save_image) -> None:
    write_png(tmp_path / "a.png", np.full((9, 7, 3), 4095, np.uint16), 2)
    save_image(tmp_path / "b.png", np.full((9, 7), 300, np.uint16))
    dataset = load(tmp_path)
    assert dataset.X[:, 0, 0].tolist() == [[4095] * 3, [300] * 3]
    assert "300 to 4,095" in dataset.read_as


def test_transparency_is_said(tmp_path: Path, save_image) -> None:
    save_image(tmp_path / "a.png", np.full((9, 7, 4), 100, np.uint8))
    save_image(tmp_path / "b.png", np.full((9, 7, 3), 100, np.uint8))
    assert load(tmp_path).notes == ("Transparent parts of 1 images were laid on white.",)


def test_photographs_of_more_than_64_megapixels_are_decoded_reduced(
    tmp_path: Path, save_image
) -> None:
    Image.new("L", (9000, 8000), 77).save(tmp_path / "phone.jpg")
    save_image(tmp_path / "plain.jpg", np.full((80, 90), 77, np.uint8))
    facts = probe_image(tmp_path / "phone.jpg")
    assert facts.is_reduced
    assert (facts.height, facts.width) == (8000, 9000)
    assert not probe_image(tmp_path / "plain.jpg").is_reduced
    dataset = load(tmp_path)
    assert (dataset.X == 77).all()
    assert "1 images of more than 64 megapixels were decoded reduced." in dataset.notes
    # No size that is asked for makes it decode all of them.
    assert read_image(tmp_path / "phone.jpg", (4000, 4500), rgb=False).shape == (4000, 4500)


def test_photographs_beyond_pillows_own_limit_are_read(tmp_path: Path) -> None:
    assert 2 * (Image.MAX_IMAGE_PIXELS or 0) < 16_400 * 12_300
    Image.new("L", (16_400, 12_300), 30).save(tmp_path / "phone.jpg")
    assert (read_image(tmp_path / "phone.jpg", (12, 16), rgb=False) == 30).all()


def test_large_images_of_other_kinds_say_what_helps(tmp_path: Path) -> None:
    Image.new("1", (8001, 8000)).save(tmp_path / "scan.png")
    with pytest.raises(
        DataError, match=f"the limit of {MAX_PIXELS // 10**6} million; save it as JPEG"
    ):
        probe_image(tmp_path / "scan.png")
