"""Which epoch is the best, and what a history says of the others."""

from dataclasses import replace

import pytest

from latens.training.history import Epoch, History


def epoch(number, loss, validation_loss=None, **more):
    return Epoch(number, number / 2, 1e-3, loss, validation_loss, {"size": loss / 10}, **more)


def test_the_best_epoch_has_the_smallest_held_out_loss_and_not_the_smallest_loss():
    epochs = [epoch(1, 3.0, 2.0), epoch(2, 2.0, 1.0), epoch(3, 1.0, 1.5)]
    assert History(epochs).best.number == 2
    assert History(epochs).monitored == [2.0, 1.0, 1.5]


def test_without_held_out_samples_the_loss_itself_decides():
    epochs = [epoch(1, 3.0), epoch(2, 1.0), epoch(3, 2.0)]
    assert History(epochs).best.number == 2
    assert History(epochs).monitored == [3.0, 1.0, 2.0]


def test_a_held_out_loss_of_nothing_is_a_loss():
    """0 is a number like others; only None stands for what was not measured."""
    assert epoch(1, 3.0, 0.0).monitored == 0.0
    assert History([epoch(1, 3.0, 0.5), epoch(2, 2.0, 0.0), epoch(3, 1.0, 0.1)]).best.number == 2


def test_of_equal_epochs_the_first_is_the_best():
    assert History([epoch(1, 1.0, 2.0), epoch(2, 1.0, 1.0), epoch(3, 1.0, 1.0)]).best.number == 2


def test_epochs_of_a_warm_up_are_never_the_best():
    rising = [epoch(1, 0.1, 0.1, is_settled=False), epoch(2, 0.2, 0.2, is_settled=False)]
    history = History([*rising, epoch(3, 9.0, 9.0), epoch(4, 8.0, 8.0)])
    assert history.best.number == 4
    assert history.monitored == [9.0, 8.0]
    assert [one.number for one in history.settled] == [3, 4]


def test_where_all_is_warm_up_the_last_epoch_is_the_best():
    epochs = [epoch(n, float(n), is_settled=False) for n in (1, 2, 3)]
    assert History(epochs).best.number == 3
    assert History(epochs).settled == []


def test_the_table_has_terms_and_errors_in_columns_of_their_own():
    first = replace(epoch(1, 3.0, 2.0), errors={"mean_squared_error": 0.25})
    frame = History([first, replace(first, number=2)]).frame()
    assert list(frame["number"]) == [1, 2]
    assert list(frame["size"]) == pytest.approx([0.3, 0.3])
    assert list(frame["mean_squared_error"]) == [0.25, 0.25]
    assert "terms" not in frame
