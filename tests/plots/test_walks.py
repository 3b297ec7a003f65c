from typing import Any

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import interpolations, traversals

RAMP = np.linspace(0, 1, 5)[None, :, None, None]


def test_change_is_what_a_number_does_to_the_image(look: Any) -> None:
    walks = np.concatenate([RAMP, 0 * RAMP, RAMP / 2]) * np.ones((3, 5, 4, 4))
    picture = traversals(walks, limits=(0, 1), numbers=[4, 1, 9])
    assert picture.frame["number"].tolist() == [4, 1, 9]
    assert picture.frame["change"].tolist() == [1, 0, 0.5]
    assert {"4", "1", "9"} <= set(look.texts(picture))


def test_an_interpolation_has_its_samples_at_the_ends() -> None:
    picture = interpolations(RAMP * np.ones((2, 5, 4, 4)), limits=(0, 1))
    mosaic = np.asarray(picture.figure.axes[0].images[0].get_array())
    line = mosaic[1][mosaic[1][:, 3] == 1][:, 0].reshape(5, 4).mean(axis=1)
    assert line == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert picture.frame["change"].tolist() == pytest.approx([0.25] * 8)


@pytest.mark.parametrize("walk", [traversals, interpolations])
def test_arrays_of_another_shape_are_refused(walk: Any) -> None:
    with pytest.raises(DataError, match="must be of shape"):
        walk(np.ones((2, 3, 4)), limits=(0, 1))


def test_two_steps_are_no_interpolation() -> None:
    with pytest.raises(DataError, match="three steps"):
        interpolations(np.ones((2, 2, 3, 3)), limits=(0, 1))
