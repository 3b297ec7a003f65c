import math

import pytest

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


def test_what_has_no_value_is_left_out_and_nothing_at_all_is_an_error() -> None:
    assert len(comparison({"a": [], "b": [1.0], "c": [math.nan]}, label="x").frame) == 1
    with pytest.raises(DataError, match="'x'"):
        comparison({"a": []}, label="x")
