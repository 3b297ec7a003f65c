"""What is written of a training."""

import sys
from dataclasses import replace

import pytest

from latens.training.callbacks import Plan
from latens.training.history import Epoch, History
from latens.training.progress import EpochLines, ProgressBar


def plan(max_epochs):
    return Plan(90, 10, 16, 1e-3, max_epochs, None, None, "cpu", 5)


def epoch(number, validation_loss=0.5):
    return Epoch(number, 12.4, 1e-3, 0.25, validation_loss, {})


def test_one_line_says_epoch_losses_and_seconds(capsys):
    lines = EpochLines("training of a")
    lines.on_start(plan(20))
    lines.on_epoch(epoch(1))
    words = "training of a: epoch 1/20  loss 0.25000  held out 0.50000  12 s\n"
    assert capsys.readouterr().err == words


@pytest.mark.parametrize("number", [1, 4])
def test_what_is_not_there_is_not_written(capsys, number):
    lines = EpochLines()
    lines.on_start(plan(None))
    lines.on_epoch(epoch(number, None))
    assert capsys.readouterr().err == f"training: epoch {number}  loss 0.25000  12 s\n"


def test_a_bar_has_the_share_that_is_done_and_the_state_of_the_last_epoch():
    bar = ProgressBar("training of a")
    bar.on_start(plan(4))
    [task] = bar._bar.tasks
    assert (task.description, task.percentage, task.fields["state"]) == ("training of a", 0, "")
    bar.on_heartbeat(0.5)
    bar.on_epoch(epoch(2))
    assert task.percentage == 50
    assert task.fields["state"] == "epoch 2/4  loss 0.25000  held out 0.50000"
    bar.on_heartbeat(1.0)
    assert task.finished
    bar.on_end(History([epoch(2)]))
    assert bar._bar.live.is_started is False


def test_a_share_of_the_time_counts_where_it_is_more_than_that_of_the_epochs(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(sys.modules[EpochLines.__module__].time, "monotonic", lambda: now[0])
    lines = EpochLines()
    lines.on_start(replace(plan(100), time_limit=62.0))
    for number in (1, 2, 3):
        now[0] += 5
        lines.on_epoch(replace(epoch(number), seconds=3.1 * number))
    written = capsys.readouterr().err.splitlines()
    # 5, 10 and 15 % of the time, and 1, 2 and 3 % of the epochs: the third is in the same tenth.
    assert [line.split()[2] for line in written] == ["1/100", "2/100"]


def test_there_is_at_most_one_line_a_second(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(sys.modules[EpochLines.__module__].time, "monotonic", lambda: now[0])
    lines = EpochLines()
    lines.on_start(plan(9))
    for number, moment in ((1, 1000.0), (2, 1000.9), (3, 1001.0), (4, 1001.9), (5, 1002.5)):
        now[0] = moment
        lines.on_epoch(epoch(number))
    written = capsys.readouterr().err.splitlines()
    assert [line.split()[2] for line in written] == ["1/9", "3/9", "5/9"]


def test_a_hundred_epochs_are_about_ten_lines(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(sys.modules[EpochLines.__module__].time, "monotonic", lambda: now[0])
    lines = EpochLines()
    lines.on_start(plan(100))
    for number in range(1, 101):
        now[0] += 2
        lines.on_epoch(epoch(number))
    written = capsys.readouterr().err.splitlines()
    shown = [int(line.split()[2].partition("/")[0]) for line in written]
    assert shown == [1, *range(10, 101, 10)]


def test_the_end_says_how_and_which_epoch_was_the_best(capsys):
    lines = EpochLines()
    lines.on_end(History([epoch(1), epoch(2, 0.125), epoch(3)], "no progress"))
    words = "training: no progress after 3 epochs, best loss 0.12500 in epoch 2\n"
    assert capsys.readouterr().err == words
    lines.on_end(History())
    assert capsys.readouterr().err == ""
