from typing import Any

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import reconstructions


def test_colors_and_brightness_arrive_on_the_page() -> None:
    """A red, a green and a blue image, and reconstructions that are white."""
    X = np.zeros((3, 4, 4, 3))
    for at in range(3):
        X[at, ..., at] = 255
    picture = reconstructions(X, {"white": np.full_like(X, 255)}, limits=(0, 255))
    mosaic = np.asarray(picture.figure.axes[0].images[0].get_array())
    colors, counts = np.unique(mosaic[mosaic[..., 3] == 1][:, :3], axis=0, return_counts=True)
    assert {tuple(one) for one in colors} == {(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)}
    assert sorted(counts) == [16, 16, 16, 48]


def test_values_outside_the_limits_are_clipped_and_missing_ones_are_grey() -> None:
    X = np.array([[[-5.0, 0.0], [1.0, np.nan]]])
    mosaic = np.asarray(reconstructions(X, {}, limits=(0, 1)).figure.axes[0].images[0].get_array())
    np.testing.assert_array_equal(mosaic[:2, :2, 0], [[0, 0], [1, 0.5]])


def test_each_third_has_one_heading(look: Any) -> None:
    groups = ["best"] * 2 + ["middle"] * 2 + ["worst"] * 2
    texts = look.texts(reconstructions(np.zeros((6, 4, 4)), {}, groups=groups))
    assert [texts.count(group) for group in ("best", "middle", "worst")] == [1, 1, 1]


def test_columns_of_a_table_are_drawn_in_their_own_deviations() -> None:
    X = np.random.default_rng(0).normal(size=(40, 3)) * [1, 1000, 0.001]
    panel = reconstructions(X, {}).figure.axes[0]
    drawn = panel.lines[0].get_ydata()
    np.testing.assert_allclose(drawn, ((X - X.mean(0)) / X.std(0))[0])


def test_names_of_columns_stand_under_them(look: Any) -> None:
    names = ["alcohol", "acid", "ash"]
    picture = reconstructions(np.eye(3), {}, feature_names=names)
    assert set(names) <= set(look.texts(picture))


@pytest.mark.parametrize(
    ("X", "reconstructed", "groups", "message"),
    [
        (np.zeros((2, 3)), {"m": np.zeros((2, 4))}, None, "'m' must be of shape"),
        (np.zeros((0, 3)), {}, None, "at least one"),
        (np.zeros(3), {}, None, "images or rows"),
        (np.zeros((2, 3)), {}, ["best"], "must have 2 entries"),
    ],
)
def test_what_does_not_fit_is_refused(
    X: Any, reconstructed: Any, groups: Any, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        reconstructions(X, reconstructed, groups=groups)


def test_errors_are_drawn_where_they_are_asked_for() -> None:
    X = np.full((2, 4, 4), 0.5)
    reconstructed = {"PCA": X, "ae": X + np.array([0.25, -0.25])[:, None, None]}
    picture = reconstructions(X, reconstructed, limits=(0, 1), difference="ae")
    axes = picture.figure.axes[0]
    assert [one.get_text() for one in axes.get_yticklabels()][-1] == "error, ae"
    last = np.asarray(axes.images[0].get_array())[-3]
    bright, dark = last[1], last[-3]
    assert bright[0] > bright[2]
    assert dark[2] > dark[0]
    with pytest.raises(DataError, match="'difference' must be one of PCA, ae"):
        reconstructions(X, reconstructed, difference="vae")
