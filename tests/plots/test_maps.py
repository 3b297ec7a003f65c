from typing import Any

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import PALETTE, maps


def _cloud(n: int = 300) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 2))


def _colors(picture: Any, panel: int = 0) -> set[tuple[float, ...]]:
    return {tuple(one) for one in picture.figure.axes[panel].collections[0].get_facecolors()}


def test_a_class_has_the_same_color_on_every_map() -> None:
    y = np.arange(300) % 4
    picture = maps({"a": _cloud(), "b": _cloud()[::-1]}, y)
    assert _colors(picture, 0) == _colors(picture, 1)
    assert len(_colors(picture)) == 4


@pytest.mark.parametrize(("groups", "colors"), [(len(PALETTE), len(PALETTE)), (21, 1)])
def test_more_than_twenty_groups_are_grey_and_say_so(groups: int, colors: int, look: Any) -> None:
    picture = maps({"a": _cloud(840)}, np.arange(840) % groups)
    assert len(_colors(picture)) == colors
    assert any("too many for colors" in text for text in look.texts(picture)) == (groups > 20)


def test_clusters_share_neither_colors_nor_marks_with_classes() -> None:
    y = np.arange(300) % 4
    classes, clusters = maps({"a": _cloud()}, y), maps({"a": _cloud()}, y, are_clusters=True)
    assert len(_colors(clusters)) == 4
    assert not _colors(classes) & _colors(clusters)
    corners = [
        len(one.figure.axes[0].collections[0].get_paths()[0].vertices)
        for one in (classes, clusters)
    ]
    assert corners[0] > corners[1] == 5


def test_names_stand_on_their_points() -> None:
    y = np.repeat([0, 1], 100)
    cloud = _cloud(200) + np.where(y[:, None] == 0, -50, 50)
    axes = maps({"a": cloud}, y, names=["left", "right"]).figure.axes[0]
    places = {text.get_text(): text.xy for text in axes.texts}
    assert places["left"][0] < 0 < places["right"][0]


def test_points_that_are_not_finite_are_left_out() -> None:
    cloud = _cloud(50)
    cloud[:10] = np.nan
    picture = maps({"a": cloud}, np.zeros(50, dtype=int))
    assert len(picture.figure.axes[0].collections[0].get_offsets()) == 40


def test_nothing_hides_behind_the_order_of_the_classes() -> None:
    """Two classes at one place: either color must be on top about as often."""
    y = np.repeat([0, 1], 500)
    offsets = maps({"a": np.column_stack([np.arange(1000), y])}, y).figure.axes[0].collections[0]
    drawn = np.asarray(offsets.get_offsets())[:, 1]
    assert 0.4 < drawn[-500:].mean() < 0.6


def test_a_map_of_another_length_is_refused() -> None:
    with pytest.raises(DataError, match=r"'a' must be of shape \(3, 2\)\. Got \(4, 2\)"):
        maps({"a": np.zeros((4, 2))}, [0, 0, 1])
    with pytest.raises(DataError, match="no map"):
        maps({}, [0])
