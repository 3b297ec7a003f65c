"""How the learning rate moves."""

import numpy as np
import pytest

from latens.training.early_stopping import cooling_of
from latens.training.history import Epoch
from latens.training.schedules import Constant, OneCycle, Plateau


def test_one_cycle_rises_in_a_line_and_falls_along_half_a_cosine():
    schedule = OneCycle(0.25)
    rising = [schedule.factor(p, []) for p in np.linspace(0, 0.25, 6)]
    np.testing.assert_allclose(rising, np.linspace(0, 1, 6))
    progress = np.linspace(0.25, 1, 7)
    falling = [schedule.factor(p, []) for p in progress]
    np.testing.assert_allclose(falling, (1 + np.cos(np.linspace(0, np.pi, 7))) / 2, atol=1e-12)


def test_without_a_warm_up_it_starts_at_the_full_rate():
    assert OneCycle(0.0).factor(0.0, []) == 1.0
    assert OneCycle().factor(0.05, []) == pytest.approx(0.5)


def test_a_constant_rate_minds_nothing():
    assert {Constant().factor(p, [1.0, 2.0]) for p in (0.0, 0.5, 1.0)} == {1.0}


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_a_plateau_lasts_exactly_its_patience(patience):
    schedule = Plateau(decay=0.5, patience=patience, min_delta=0.0)
    flat = [1.0] * (2 * patience + 1)
    factors = [schedule.factor(0.0, flat[:n]) for n in range(len(flat) + 1)]
    # The first loss is progress; each further `patience` of them without any halve the rate.
    assert factors == [0.5 ** (max(0, n - 1) // patience) for n in range(len(flat) + 1)]


def test_progress_must_be_larger_than_its_least_and_counts_from_the_best():
    schedule = Plateau(decay=0.5, patience=2, min_delta=0.1)
    assert schedule.factor(0.0, [1.0, 0.9, 0.9]) == 0.5  # exactly min_delta is none
    assert schedule.factor(0.0, [1.0, 0.875, 0.875]) == 1.0
    assert schedule.factor(0.0, [1.0, 0.95, 0.875, 0.8]) == 1.0  # from 1 and not from the last
    assert schedule.factor(0.0, [1.0, 1.0, 0.5, 0.5, 0.2]) == 1.0  # progress starts the count anew


def test_a_plateau_ends_by_default_with_progress_of_a_ten_thousandth_and_lasts_three_epochs():
    schedule = Plateau()
    creeping = [1.0 - 5e-5 * n for n in range(2)] + [1.0] * 2
    assert schedule.factor(0.0, creeping) == 0.5
    assert schedule.factor(0.0, [1.0 - 2e-4 * n for n in range(9)]) == 1.0
    assert schedule.factor(0.0, [1.0] * 3) == 1.0


def test_a_loss_that_is_infinite_is_no_progress():
    schedule = Plateau(patience=2)
    assert [schedule.factor(0.0, [np.inf] * n) for n in range(4)] == [1.0, 1.0, 0.5, 0.5]


def test_an_end_has_by_default_half_as_many_epochs_as_led_to_the_best():
    losses = [1.0 / n for n in range(1, 21)] + [1.0] * 10
    epochs = [Epoch(n, n, 1e-3, loss, None, {}) for n, loss in enumerate(losses, start=1)]
    share = OneCycle().cooling
    end = cooling_of(epochs, share=share, patience=None, min_delta=0.0, max_epochs=None)
    assert (end.best.number, end.start, end.epochs) == (20, 30, 10)
