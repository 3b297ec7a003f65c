from typing import Any

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.metrics import merged_classes
from latens.plots import merges

Z = np.array([[0.0], [1.0], [3.0], [20.0], [21.0], [30.0]])
Y, CLUSTERS = [0, 1, 1, 2, 2, 0], [0, 0, 0, 1, 1, 1]


def test_every_pair_shows_its_two_samples_side_by_side(look: Any) -> None:
    images = np.arange(6)[:, None, None] * np.ones((6, 4, 4))
    found = merged_classes(Z, Y, CLUSTERS, n_pairs=1)
    picture = merges(found, images, limits=(0, 5), names=["shirt", "coat", "bag"])
    first = picture.frame.iloc[0]
    assert (first["first_class"], first["second_class"]) == ("coat", "shirt")
    assert first["distance"] == 1.0
    mosaic = np.asarray(picture.figure.axes[0].images[0].get_array())
    assert mosaic[0, 0, 0] * 5 == pytest.approx(first["first_sample"])
    assert mosaic[0, -1, 0] * 5 == pytest.approx(first["second_sample"])
    assert "coat | shirt" in look.texts(picture)
    assert {"cluster 0", "cluster 1"} <= set(look.texts(picture))


def test_nothing_to_show_is_refused() -> None:
    with pytest.raises(DataError, match="merges classes"):
        merges((), np.zeros((2, 3, 3)), limits=(0, 1))
