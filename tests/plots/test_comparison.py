import math

import pytest
from matplotlib.axes import Axes

from latens.exceptions import DataError
from latens.plots import comparison

VALUES = {"raw": [0.3], "PCA": [0.4, 0.6], "vae": [0.7, 0.5, 0.6]}


@pytest.mark.parametrize(("better", "best"), [("higher", "vae"), ("lower", "raw"), (None, None)])
def test_the_direction_decides_which_is_best(better: str | None, best: str | None) -> None:
    frame = comparison(VALUES, label="score", better=better).frame
    assert frame.loc[frame["best"], "representation"].tolist() == ([best] if best else [])


def test_the_spread_is_the_sample_standard_deviation() -> None:
    frame = comparison(VALUES, label="score").frame.set_index("representation")
    assert math.isnan(frame.loc["raw", "sd"])
    assert frame.loc["vae", "sd"] == pytest.approx(0.1)
    assert frame.loc["vae", "mean"] == pytest.approx(0.6)


def test_the_axis_says_metric_and_direction() -> None:
    axes = comparison(VALUES, label="MSE", better="lower").figure.axes[0]
    assert axes.get_xlabel() == "MSE, lower is better"


SCORE, ERROR, DECIBELS = (0.0, 1.0), (0.0, math.inf), (-math.inf, math.inf)


def axes_of(values: dict[str, list[float]], limits: tuple[float, float] | None) -> Axes:
    return comparison(values, label="x", limits=limits).figure.axes[0]


@pytest.mark.parametrize("values", [[0.99255, 0.99275], [0.2, 0.9], [0.0, 0.0]])
def test_all_scores_share_one_axis_from_0_to_1(values: list[float]) -> None:
    axes = axes_of({str(at): [value] for at, value in enumerate(values)}, SCORE)
    assert axes.get_xlim() == pytest.approx((-0.05, 1.25))
    assert axes.get_xticks()[[0, -1]] == pytest.approx([0, 1])


@pytest.mark.parametrize("limits", [ERROR, None, (0.0, 16.1)])
def test_errors_and_unknown_figures_start_at_0(limits: tuple[float, float] | None) -> None:
    axes = axes_of({"PCA": [0.0123], "ae": [0.0121, 0.0122]}, limits)
    assert axes.get_xticks()[0] == pytest.approx(0)
    assert "0" not in axes.get_xlabel()


def test_scores_below_0_are_not_cut_off() -> None:
    axes = axes_of({"PCA": [-0.2], "ae": [0.3]}, (-0.5, 1.0))
    assert axes.get_xlim()[0] < -0.2
    assert axes.get_xlim()[1] > 1


def test_decibels_that_nearly_agree_do_not_fill_the_axis() -> None:
    axes = axes_of({"PCA": [17.73], "ae": [17.79]}, DECIBELS)
    low, high = axes.get_xlim()
    assert high - low > 3
    assert "not from 0" in axes.get_xlabel()


def test_equal_figures_are_a_tie() -> None:
    frame = comparison({"PCA": [0.99255], "ae": [0.99275], "raw": [0.98]}, label="x").frame
    assert frame["best"].tolist() == [True, True, False]


def test_what_has_no_value_is_left_out_and_nothing_at_all_is_an_error() -> None:
    assert len(comparison({"a": [], "b": [1.0], "c": [math.nan]}, label="x").frame) == 1
    with pytest.raises(DataError, match="'x'"):
        comparison({"a": []}, label="x")
