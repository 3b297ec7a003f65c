import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import class_frequencies, class_samples, code_tiles, error_curves
from latens.runs import EpochRecord, HistoryRecord


def test_frequencies_are_counts_and_shares_of_each_part() -> None:
    frame = class_frequencies({"train": [0, 0, 0, 2], "held-out": [2]}, names=["cat", "dog"]).frame
    assert frame[["part", "name", "count", "share"]].to_numpy().tolist() == [
        ["train", "cat", 3, 0.75],
        ["train", "2", 1, 0.25],
        ["held-out", "2", 1, 1.0],
    ]


def test_samples_are_the_first_of_each_class_with_their_places() -> None:
    images = np.arange(5, dtype=float)[:, None, None] * np.ones((5, 3, 3))
    frame = class_samples(images, [1, 0, 1, 1, 0], limits=(0, 4), columns=2).frame
    assert frame[["label", "sample", "mean"]].to_numpy().tolist() == [
        [0, 1, 1.0],
        [0, 4, 4.0],
        [1, 0, 0.0],
        [1, 2, 2.0],
    ]


def test_a_code_that_is_no_square_is_refused() -> None:
    with pytest.raises(DataError, match="16, 25, 36"):
        code_tiles(np.zeros((2, 8, 8)), np.zeros((2, 10)), limits=(0, 1))


def test_a_history_without_errors_is_refused() -> None:
    with pytest.raises(DataError, match="no training held samples out"):
        error_curves({"ours": {"0": HistoryRecord(epochs=[EpochRecord(number=1, loss=1.0)])}})


def test_an_image_without_a_label_is_refused() -> None:
    with pytest.raises(DataError, match="each with a label"):
        class_samples(np.zeros((2, 3, 3)), [0], limits=(0, 1))
