"""What is written of a training."""

import sys

import pytest

from latens.training.callbacks import Plan
from latens.training.history import Epoch, History
from latens.training.progress import EpochLines


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
