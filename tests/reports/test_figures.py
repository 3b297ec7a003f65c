"""What happens to the pixels of a drawing on their way into the page."""

import base64
import io
import re

import numpy as np
from PIL import Image

from latens.plots import patches
from latens.reports.figures import inline_svg


def pixels_of(svg: str) -> np.ndarray:
    """The first picture inside an SVG."""
    encoded = re.findall(r"data:image/png;base64,([^\"]+)", svg)[0]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))


def test_few_colors_are_stored_exactly_and_smaller() -> None:
    excerpts = np.random.default_rng(0).integers(0, 64, (6, 6, 20, 20)) * 4
    picture = patches(excerpts, limits=(0, 255))
    before, after = picture.svg(), str(inline_svg(picture, "x", "words"))
    np.testing.assert_array_equal(pixels_of(after), pixels_of(before))
    assert len(after) < 0.7 * len(before)


def test_many_colors_in_small_pictures_stay_as_they_are() -> None:
    excerpts = np.random.default_rng(0).integers(0, 256, (2, 2, 20, 20, 3))
    picture = patches(excerpts, limits=(0, 255))
    np.testing.assert_array_equal(
        pixels_of(str(inline_svg(picture, "x", "words"))), pixels_of(picture.svg())
    )
