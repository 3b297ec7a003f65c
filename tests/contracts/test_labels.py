"""Whatever the labels come in, the same ones are missing."""

import numpy as np
import pytest

from latens._labels import read_partial_labels


@pytest.mark.parametrize(
    "y",
    [
        ["b", "-1", "a", "b"],
        ["b", -1, "a", "b"],
        ["b", None, "a", "b"],
        np.array(["b", "-1", "a", "b"]),
        np.array(["b", "-1", "a", "b"], dtype=object),
        np.array(["b", float("nan"), "a", "b"], dtype=object),
        [7, -1, 3, 7],
        [7.0, float("nan"), 3.0, 7.0],
    ],
)
def test_the_same_label_is_missing(y):
    labels = read_partial_labels(y, 4, "it")
    assert len(labels.classes) == 2
    assert labels.codes.tolist() == [1, -1, 0, 1]
