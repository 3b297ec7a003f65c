import base64
import io

import numpy as np
import pytest
from PIL import Image

from latens.reports.thumbnails import as_pixels, display_range, reduced, spread_out, strip


def test_a_strip_shows_every_image_where_it_belongs() -> None:
    values = np.array([0, 60, 120, 180, 240], dtype=np.uint8)
    pixels = np.broadcast_to(values[:, None, None, None], (5, 14, 14, 3))
    picture = strip(np.ascontiguousarray(pixels), "five", per_row=3)
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.source.split(",")[1]))))
    assert drawn.shape == (29, 44, 4) == (picture.height, picture.width, 4)
    assert [drawn[7, 7, 0], drawn[7, 22, 0], drawn[7, 37, 0]] == [0, 60, 120]
    assert [drawn[22, 7, 0], drawn[22, 22, 0]] == [180, 240]
    assert drawn[22, 37, 3] == 0
    assert drawn[7, 14, 3] == 0


def test_reducing_keeps_means_and_units() -> None:
    images = np.arange(2 * 8 * 8, dtype=np.float32).reshape(2, 8, 8)
    smaller = reduced(images, 4)
    assert smaller.shape == (2, 4, 4)
    np.testing.assert_allclose(smaller.mean(axis=(1, 2)), images.mean(axis=(1, 2)))
    assert reduced(images, 8) is images


@pytest.mark.parametrize("shape", [(1, 7, 5), (3, 100, 9, 3), (2, 5, 5, 1)])
def test_no_side_is_larger_than_asked_for(shape: tuple[int, ...]) -> None:
    assert max(reduced(np.zeros(shape), 4).shape[1:3]) <= 4


@pytest.mark.parametrize("channels", [(), (1,), (2,), (3,), (4,), (7,)])
def test_any_number_of_channels_becomes_color(channels: tuple[int, ...]) -> None:
    assert as_pixels(np.zeros((2, 3, 3, *channels)), (0, 1)).shape == (2, 3, 3, 3)


def test_the_range_is_the_known_one_where_it_fits() -> None:
    assert display_range(np.array([0.0, 0.7]), 1.0) == (0.0, 1.0)
    assert display_range(np.array([-1.0, 0.5]), 1.5) == (-1.0, 0.5)
    assert display_range(np.array([2.0, 2.0]), None) == (2.0, 3.0)


def test_places_are_spread_from_the_first_to_the_last() -> None:
    assert spread_out(9, 3) == [0, 4, 8]
    assert spread_out(2, 9) == [0, 1]
    assert spread_out(1, 4) == [0]
