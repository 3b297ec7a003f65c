import math

import pytest

from latens.exceptions import DataError
from latens.plots import loss_curves
from latens.training import Epoch, History


def _history(losses: list[float], held_out: list[float | None]) -> History:
    pairs = enumerate(zip(losses, held_out, strict=True), start=1)
    return History([Epoch(n, 1.0, 0.1, loss, other, {}) for n, (loss, other) in pairs])


def test_the_kept_epoch_has_the_smallest_held_out_loss() -> None:
    picture = loss_curves({"m": {"0": _history([3.0, 2.0, 1.0], [2.0, 1.5, 1.9])}})
    assert picture.frame.loc[picture.frame["kept"], "epoch"].tolist() == [2]


def test_without_held_out_samples_the_loss_itself_decides() -> None:
    picture = loss_curves({"m": {"0": _history([3.0, 1.0, 2.0], [None, None, None])}})
    assert picture.frame.loc[picture.frame["kept"], "epoch"].tolist() == [2]
    labels = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert labels == ["samples trained on", "weights kept"]


def test_a_loss_that_is_no_number_is_never_kept() -> None:
    picture = loss_curves({"m": {"0": _history([math.nan, 1.0], [math.nan, 1.0])}})
    assert picture.frame.loc[picture.frame["kept"], "epoch"].tolist() == [2]


def test_many_seeds_share_one_legend() -> None:
    seeds = {str(seed): _history([2.0, 1.0], [2.0, 1.1]) for seed in range(10)}
    picture = loss_curves({"m": seeds})
    assert len(picture.figure.legends[0].get_texts()) == 3
    assert picture.frame["seed"].nunique() == 10


@pytest.mark.parametrize(("last", "scale"), [(0.5, "linear"), (0.01, "log")])
def test_a_wide_range_of_losses_gets_a_log_axis_that_says_so(last: float, scale: str) -> None:
    axes = loss_curves({"m": {"0": _history([1.0, last], [1.0, last])}}).figure.axes[0]
    assert axes.get_yscale() == scale
    assert ("log scale" in axes.get_ylabel()) == (scale == "log")


@pytest.mark.parametrize("last", [0.0507, 0.4])
def test_losses_start_at_0_so_that_a_small_fall_looks_small(last: float) -> None:
    axes = loss_curves({"m": {"0": _history([0.0512, last], [0.0512, last])}}).figure.axes[0]
    assert axes.get_ylim() == pytest.approx((0, 1.05 * max(0.0512, last)))


def test_losses_below_0_span_a_twentieth_at_least_and_say_where_they_start() -> None:
    axes = loss_curves({"m": {"0": _history([-900.0, -901], [-900.0, -901])}}).figure.axes[0]
    low, high = axes.get_ylim()
    assert high - low >= 45
    assert "not from 0" in axes.get_ylabel()


def test_no_epochs_is_an_error() -> None:
    with pytest.raises(DataError, match="no epochs"):
        loss_curves({"m": {"0": History()}})
