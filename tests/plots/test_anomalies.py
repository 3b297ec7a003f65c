import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import anomalies


def test_percentiles_and_ratios_are_those_of_all_errors() -> None:
    errors = np.arange(1, 101) / 10
    frame = anomalies(errors, [99, 0]).frame
    assert frame["percentile"].tolist() == [99, 0]
    np.testing.assert_allclose(frame["times_median"], [10 / 5.05, 0.1 / 5.05])


def test_the_difference_is_orange_where_the_model_is_too_bright() -> None:
    original = np.full((1, 4, 4), 0.5)
    reconstructed = original.copy()
    reconstructed[0, :2], reconstructed[0, 2:] = 1.0, 0.0
    picture = anomalies([1.0], [0], original, reconstructed, limits=(0, 1))
    mosaic = np.asarray(picture.figure.axes[1].images[0].get_array())
    bright, dark = mosaic[-4][0, :3], mosaic[-2][0, :3]
    assert bright[0] > bright[2]
    assert dark[2] > dark[0]


def test_equal_errors_are_drawn() -> None:
    picture = anomalies(np.zeros(5), [0])
    assert picture.frame["times_median"].isna().all()


def test_without_pictures_there_is_only_the_distribution() -> None:
    assert len(anomalies([0.1, 0.2], [1]).figure.axes) == 1


@pytest.mark.parametrize(
    ("errors", "shown", "pictures"),
    [
        ([], [], ()),
        ([1.0], [], ()),
        ([1.0], [0], (np.ones((2, 3, 3)), np.ones((2, 3, 3)))),
        ([1.0], [0], (np.ones((1, 3, 3)), np.ones((1, 3, 4)))),
    ],
)
def test_what_does_not_fit_is_refused(errors: list[float], shown: list[int], pictures) -> None:
    with pytest.raises(DataError):
        anomalies(errors, shown, *pictures)


def test_errors_start_at_0_so_that_a_far_one_is_far() -> None:
    assert anomalies([0.90, 0.91, 0.92], [2]).figure.axes[0].get_xlim()[0] == 0
