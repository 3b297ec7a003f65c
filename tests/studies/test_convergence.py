"""What the losses of a training say, and what they do not."""

import numpy as np
import pytest

from latens.studies.convergence import why_overfitting, why_unfinished
from latens.training import Epoch, History

FALLING = list(np.exp(-np.arange(60) / 40))
FLAT = [*np.exp(-np.arange(20) / 3), *([np.exp(-20 / 3)] * 40)]


def history(losses, validation=None, stopped="all epochs done"):
    pairs = zip(losses, validation if validation is not None else losses, strict=True)
    epochs = [Epoch(at, at, 1e-3, one, other, {}) for at, (one, other) in enumerate(pairs, 1)]
    return History(epochs, stopped)


@pytest.mark.parametrize("shift", [0.0, -5.0], ids=["positive", "negative"])
def test_a_loss_that_still_falls_is_unfinished_and_a_flat_one_is_not(shift):
    assert "still falling" in why_unfinished(history(np.add(FALLING, shift)), 2_000)
    assert why_unfinished(history(np.add(FLAT, shift)), 2_000) == ""


def test_a_training_far_below_the_shortest_preset_is_unfinished_however_flat_its_loss_is():
    assert "after 2 epochs" in why_unfinished(history([1.0, 1.0]), 2_000)
    assert why_unfinished(history([1.0, 0.5, 0.49, 0.488, 0.487]), 100_000) == ""


def test_a_training_that_ended_by_itself_is_finished():
    assert why_unfinished(history(FALLING, stopped="no progress"), 2_000) == ""
    assert "interrupted in epoch 61" in why_unfinished(history(FALLING, stopped="interrupted"), 50)


@pytest.mark.parametrize("shift", [0.0, -5.0], ids=["positive", "negative"])
def test_a_held_out_loss_that_rises_after_its_best_epoch_is_overfitting(shift):
    rising = np.add([*FLAT[:20], *np.linspace(FLAT[19], 0.6, 40)], shift)
    text = why_overfitting(history(np.add(FLAT, shift), rising))
    assert "lowest in epoch 20 of 60" in text
    assert "rose" in text
    assert why_overfitting(history(np.add(FLAT, shift))) == ""


def test_a_held_out_loss_far_above_the_training_loss_is_overfitting():
    assert "2.0 times" in why_overfitting(history(FLAT, np.multiply(2, FLAT)))


def test_nothing_held_out_says_nothing():
    epochs = [Epoch(1, 1.0, 1e-3, 1.0, None, {})]
    assert why_overfitting(History(epochs, "all epochs done")) == ""
