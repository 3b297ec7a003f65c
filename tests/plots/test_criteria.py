from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.clustering.number_of_clusters import CRITERIA, ChosenK, choose_k
from latens.plots.criteria import criteria


@pytest.fixture(scope="module")
def chosen() -> ChosenK:
    centers = [[0, 0], [4, 0], [30, 0], [34, 0]]
    Z, _ = make_blobs(80, centers=centers, cluster_std=0.7, random_state=0)
    return choose_k(Z, [4, 2, 3, 5], criteria=CRITERIA, random_state=0)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_every_criterion_has_a_panel_with_its_own_choice(
    chosen: ChosenK, n: int, look: Any
) -> None:
    part = chosen.criteria[:n]
    picture = criteria(chosen.ks, part, best=chosen.best)
    texts = look.texts(picture)
    for one in part:
        assert f"{one.label}: k = {one.best}" in texts
    assert texts.count("lower is better") == (n >= 3)
    assert look.outside(picture) == []
    assert look.overlaps(picture) == []
    assert len(picture.frame) == 4 * n
    marked = picture.frame[picture.frame["chosen"]]
    assert marked["k"].tolist() == [one.best for one in part]


def test_the_best_number_is_in_all_panels(chosen: ChosenK) -> None:
    picture = criteria(chosen.ks, chosen.criteria, best=chosen.best)
    assert len(picture.figure.axes) == 5
    for axes in picture.figure.axes:
        assert list(axes.lines[0].get_xdata()) == [chosen.best] * 2
        assert list(axes.lines[1].get_xdata()) == [2, 3, 4, 5]


def test_no_clear_number_has_no_line(chosen: ChosenK) -> None:
    picture = criteria(chosen.ks, chosen.criteria)
    for axes in picture.figure.axes:
        assert list(axes.lines[0].get_xdata()) == [2, 3, 4, 5]


def test_an_infinite_value_is_left_out_of_the_figure(chosen: ChosenK) -> None:
    values = np.array([np.inf, 1.0, 2.0, 3.0])
    infinite = replace(chosen.criteria[1], values=values, best=4)
    picture = criteria(chosen.ks, (chosen.criteria[0], infinite))
    assert np.isnan(picture.figure.axes[1].lines[0].get_ydata()).sum() == 1
    assert np.isinf(picture.frame["value"]).sum() == 1
