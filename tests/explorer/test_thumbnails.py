"""Thumbnails are the samples, in their order."""

import io

import numpy as np
import pytest
from PIL import Image

from latens.explorer.thumbnails import thumbnails


def cut(sheets, point):
    """The pixels of one thumbnail."""
    sheet = np.asarray(Image.open(io.BytesIO(sheets.files[point // sheets.per_sheet])))
    place = point % sheets.per_sheet
    top = place // sheets.per_row * sheets.height
    left = place % sheets.per_row * sheets.width
    return sheet[top : top + sheets.height, left : left + sheets.width].astype(int)


def test_every_thumbnail_is_its_image(digits):
    images = digits[:50] * 15
    sheets = thumbnails(images, most_pixels=10**6)
    assert (sheets.width, sheets.height) == (8, 8)
    for point in range(50):
        difference = cut(sheets, point)[..., 0] - images[point].astype(int)
        assert np.abs(difference).mean() < 12


@pytest.mark.parametrize("shape", [(40, 60), (60, 40, 3), (50, 50, 2), (50, 50, 13)])
def test_large_images_are_made_smaller_in_their_proportions(shape):
    sheets = thumbnails(np.full((9, *shape), 200, np.uint8), most_pixels=9 * 400)
    assert max(sheets.width, sheets.height) <= 20
    assert sheets.width / sheets.height == pytest.approx(shape[1] / shape[0], rel=0.1)
    assert np.abs(cut(sheets, 8) - 200).max() <= 3


def test_more_than_fit_on_one_sheet_go_on_the_next():
    images = np.repeat(np.arange(40, dtype=np.uint8)[:, None, None] * 6, 400, axis=1).repeat(
        400, axis=2
    )
    sheets = thumbnails(images, most_pixels=10**9)
    assert sheets.per_sheet == 25
    assert len(sheets.files) == 2
    assert cut(sheets, 33).mean() == pytest.approx(33 * 6, abs=2)


def test_an_image_larger_than_a_sheet_fits():
    sheets = thumbnails(np.zeros((1, 3000, 10), np.uint8), most_pixels=10**9)
    assert sheets.height == 2048
