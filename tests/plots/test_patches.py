import re

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import patches


def test_every_patch_stands_in_the_row_of_its_unit_in_order() -> None:
    """Patches of one grey each, as bright as their place in the array."""
    n, k = 5, 3
    excerpts = np.broadcast_to(np.arange(n * k, dtype=float).reshape(n, k, 1, 1), (n, k, 12, 12))
    picture = patches(excerpts, limits=(0, n * k))
    found = {}
    for axes in picture.figure.axes:
        mosaic = np.asarray(axes.images[0].get_array())
        labels = [int(label.get_text()) for label in axes.get_yticklabels()]
        step = mosaic.shape[0] // len(labels)
        for row, unit in enumerate(labels):
            found[unit] = mosaic[row * step, :: mosaic.shape[1] // k, 0] * n * k
    assert sorted(found) == [1, 2, 3, 4, 5]
    for unit, values in found.items():
        np.testing.assert_allclose(values, excerpts[unit - 1, :, 0, 0])
    assert picture.frame["mean"].tolist() == list(range(n * k))


def test_equal_halves_have_identifiers_of_their_own() -> None:
    svg = patches(np.zeros((4, 2, 3, 3)), limits=(0, 1)).svg()
    identifiers = re.findall(r'<image[^>]* id="([^"]+)"', svg)
    assert len(identifiers) == len(set(identifiers)) == 2


def test_one_unit_and_colors_can_be_drawn() -> None:
    assert len(patches(np.ones((1, 1, 2, 2, 3)), limits=(0, 1)).frame) == 1


@pytest.mark.parametrize("excerpts", [np.zeros((2, 3, 3)), np.empty((0, 2, 3, 3))])
def test_what_are_no_patches_is_refused(excerpts: object) -> None:
    with pytest.raises(DataError, match="'excerpts' must be of shape"):
        patches(excerpts, limits=(0, 1))
