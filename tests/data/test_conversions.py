import numpy as np
import pytest
from PIL import Image

from latens.data import Dataset
from latens.data.converted import as_grey, padded
from latens.exceptions import DataError


def test_grey_is_what_pillow_makes_of_color():
    colors = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    made = as_grey(Dataset(colors, source="a test"))
    expected = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in colors])
    # Pillow cuts off where we round.
    assert np.abs(made.X.astype(int) - expected).max() <= 1
    assert made.X.dtype == np.uint8
    assert made.notes == ("the images were made grey",)


def test_a_border_is_black_and_goes_around_every_image():
    made = padded(Dataset(np.full((2, 3, 4, 3), 9, dtype=np.uint8), source="a test"), 2)
    assert made.X.shape == (2, 7, 8, 3)
    assert made.X.sum() == 2 * 3 * 4 * 3 * 9


@pytest.mark.parametrize("change", [as_grey, lambda dataset: padded(dataset, 1)])
def test_a_table_has_neither_color_nor_border(change):
    with pytest.raises(DataError, match="is a table"):
        change(Dataset(np.zeros((4, 3)), source="a test"))
