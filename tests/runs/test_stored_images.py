"""Images that are read one by one from a file that may change meanwhile."""

import os

import numpy as np
import pytest

from latens.exceptions import RunError
from latens.runs import Run

PICTURES = np.random.default_rng(0).integers(0, 255, (5, 4, 3), dtype=np.uint8)


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path / "run")
    made.write_array("map_images", PICTURES)
    return made


def test_images_come_one_by_one_or_some_in_an_order_of_their_own(run):
    images = run.images("map_images")
    assert (len(images), images.shape) == (5, (5, 4, 3))
    np.testing.assert_array_equal(images[3], PICTURES[3])
    np.testing.assert_array_equal(np.stack(list(images)), PICTURES)
    some = images[np.array([4, 0])]
    assert some.shape == (2, 4, 3)
    np.testing.assert_array_equal(np.stack(list(some)), PICTURES[[4, 0]])


def test_a_file_that_shrinks_is_an_error_and_no_signal(run):
    images = run.images("map_images")
    path = run.path / "arrays" / "map_images.npy"
    os.truncate(path, path.stat().st_size - 12)
    np.testing.assert_array_equal(images[3], PICTURES[3])
    with pytest.raises(RunError, match="shorter"):
        images[4]
    path.unlink()
    with pytest.raises(RunError, match="cannot be read"):
        images[0]


@pytest.mark.parametrize(
    "array", [np.zeros((3, 4, 4)), np.zeros((3, 4), np.uint8), np.zeros((0, 4, 4), np.uint8)]
)
def test_what_holds_no_images_is_refused(run, array):
    run.write_array("map_images", array)
    with pytest.raises(RunError, match="should hold images"):
        run.images("map_images")
