import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import filters


def colors_of(picture):
    """The colors of all opaque pixels, each once."""
    mosaic = np.asarray(picture.figure.axes[0].images[0].get_array())
    return np.unique(mosaic[mosaic[..., 3] == 1][:, :3], axis=0)


def test_the_sign_of_a_weight_is_its_color_and_nothing_is_white() -> None:
    negative, zero, positive = (colors_of(filters([[[value, 0.0]]])) for value in (-2.0, 0.0, 2.0))
    np.testing.assert_array_equal(zero, [[1, 1, 1]])
    assert len(negative) == len(positive) == 2
    blue, orange = negative[0], positive[0]
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]


def test_filters_share_one_scale() -> None:
    weak, strong = np.full((2, 2), 0.1), np.full((2, 2), 1.0)
    together, alone = colors_of(filters([weak, strong])), colors_of(filters([weak]))
    assert len(together) == 2
    assert len(alone) == 1
    assert not np.array_equal(together[1], alone[0])


def test_color_filters_are_colors_around_grey() -> None:
    red = np.zeros((1, 2, 2, 3))
    red[..., 0] = 1
    np.testing.assert_array_equal(colors_of(filters(red)), [[1, 0.5, 0.5]])


def test_kernels_of_many_channels_have_a_row_each_and_a_column_for_each_channel() -> None:
    weights = np.random.default_rng(0).normal(size=(3, 2, 2, 8))
    picture = filters(weights)
    axes = picture.figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1", "2", "3"]
    mosaic = np.asarray(axes.images[0].get_array())
    assert mosaic.shape[1] / 8 == mosaic.shape[0] / 3
    np.testing.assert_allclose(picture.frame["length"], np.sqrt((weights**2).sum((1, 2, 3))))
    assert picture.frame["smallest"].tolist() == weights.min((1, 2, 3)).tolist()


def test_images_keep_their_brightness() -> None:
    picture = filters(np.full((2, 3, 3), 51, dtype=np.uint8), limits=(0, 255))
    np.testing.assert_allclose(colors_of(picture), [[0.2, 0.2, 0.2]])


@pytest.mark.parametrize("weights", [np.zeros((2, 2)), np.empty((0, 3, 3)), [[[np.nan]]]])
def test_what_are_no_filters_is_refused(weights: object) -> None:
    with pytest.raises(DataError, match="'weights' must be finite"):
        filters(weights)
