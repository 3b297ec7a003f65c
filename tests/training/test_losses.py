"""Means of an epoch, whatever the pieces that they were brought over in."""

import pytest
import torch

from latens.exceptions import TrainingError
from latens.objectives import Losses
from latens.training.losses import RunningLosses


def losses(total, *terms):
    return Losses(torch.tensor(total, requires_grad=True), {"size": torch.tensor(terms)})


ROWS = torch.arange(8)


@pytest.mark.parametrize("pieces", [1, 2, 3, 6])
def test_they_are_the_means_over_the_batches(pieces):
    running = RunningLosses(1)
    for step in range(6):
        running.add(losses(float(step), step + 1.0, step + 3.0), ROWS)
        if step % pieces == 0:
            running.settle()
    loss, terms = running.means()
    assert loss == pytest.approx(2.5)
    assert terms == {"size": pytest.approx(4.5)}


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_the_first_batch_that_is_not_finite_is_named_with_its_rows(wrong):
    running = RunningLosses(7)
    running.add(losses(1.0, 1.0), ROWS)
    running.add(losses(1.0, 1.0), ROWS)
    running.settle()
    running.add(losses(1.0, 1.0), ROWS)
    running.add(losses(wrong, 1.0), ROWS + 20)
    running.add(losses(wrong, 1.0), ROWS + 40)
    with pytest.raises(
        TrainingError, match=r"epoch 7, batch 4 \(rows 20, 21, 22, 23, 24, \.\.\.\)"
    ):
        running.settle()


def test_nothing_new_changes_nothing():
    running = RunningLosses(1)
    running.add(losses(2.0, 1.0), ROWS)
    running.settle()
    running.settle()
    assert running.means()[0] == 2.0
