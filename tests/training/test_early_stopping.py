"""How a training ends that has stopped getting better: from its best epoch, along a line, bit for bit."""

import numpy as np
import pytest
import torch

from latens.data.scaling import fit_scaling
from latens.networks import MLP, Deterministic, Network
from latens.objectives import Objective, squared_error
from latens.training import DeviceSamples, OneCycle, StopTraining, Trainer
from latens.training.early_stopping import cooling_of
from latens.training.history import Epoch

LONG = {"max_epochs": 120, "learning_rate": 1e-2, "batch_size": 16}


def epochs_with(losses, unsettled=0):
    return [
        Epoch(number, float(number), 1e-3, loss, None, {}, is_settled=number > unsettled)
        for number, loss in enumerate(losses, start=1)
    ]


def end_of(losses, *, share=0.5, patience=None, min_delta=0.0, max_epochs=None, unsettled=0):
    return cooling_of(
        epochs_with(losses, unsettled),
        share=share,
        patience=patience,
        min_delta=min_delta,
        max_epochs=max_epochs,
    )


@pytest.fixture(scope="module")
def noise():
    """Nothing to learn but the rows themselves."""
    return np.random.default_rng(0).normal(size=(100, 12))


def train(X, act=None, **settings):
    scaling = fit_scaling(X)
    torch.manual_seed(0)
    parts = MLP((64,)).build(X.shape[1:], 6)
    network = Network(parts, Deterministic(parts, 6), bounded=scaling.bounded)
    samples = DeviceSamples(X, scaling, torch.device("cpu"), torch.float32)
    callbacks = () if act is None else (Act(network, act),)
    trainer = Trainer(callbacks=callbacks, **(LONG | settings))
    return trainer.train(network, Objective(squared_error), samples, seed=0), network


class Act:
    """A callback that does something after each epoch."""

    def __init__(self, network, act):
        self.network, self.act = network, act

    def on_start(self, plan):
        pass

    def on_heartbeat(self, progress):
        assert 0 <= progress <= 1

    def on_epoch(self, epoch):
        self.act(epoch, self.network)

    def on_end(self, history):
        pass


def test_nothing_ends_while_losses_fall():
    assert end_of([1 / number for number in range(1, 200)]) is None


@pytest.mark.parametrize(("best", "waits"), [(4, 10), (20, 10), (30, 15), (100, 50)])
def test_it_waits_for_half_as_many_epochs_as_led_to_the_best_and_at_least_ten(best, waits):
    falling = [1 / number for number in range(1, best + 1)]
    assert end_of([*falling, *[1.0] * (waits - 1)]) is None
    end = end_of([*falling, *[1.0] * (waits + 5)])
    assert (end.start, end.best.number) == (best + waits, best)
    assert end.epochs == max(4, best // 2)


def test_the_end_stays_the_same_whatever_comes_after_it():
    assert end_of([1.0, 2.0, 2.0], patience=2) == end_of([1.0, 2.0, 2.0, 0.5, 0.4], patience=2)


def test_less_than_min_delta_is_no_progress():
    losses = [1.0, 0.95, 0.9]
    assert end_of(losses, patience=2) is None
    assert end_of(losses, patience=2, min_delta=0.2).start == 3


def test_the_end_fits_into_the_epochs_that_are_left():
    losses = [*np.linspace(2, 1, 40), *[3.0] * 20]
    assert end_of(losses, max_epochs=65).end == 65
    assert end_of(losses, max_epochs=100).end == 80
    assert end_of(losses, share=0.0).epochs == 0


def test_epochs_of_a_warm_up_do_not_count():
    assert end_of([0.1] * 5 + [1.0] * 3, patience=3, unsettled=5) is None
    assert end_of([0.1] * 5 + [1.0] * 4, patience=3, unsettled=5).best.number == 6


def test_the_last_epochs_start_from_the_best_weights_and_reach_zero(noise):
    kept = {}

    def keep(epoch, network):
        kept[epoch.number] = {name: v.clone() for name, v in network.state_dict().items()}

    history, _ = train(noise, keep)
    assert history.stopped == "no progress"
    losses = history.monitored
    end = end_of(losses)
    assert len(history.epochs) == end.end < LONG["max_epochs"]
    rates = np.array([epoch.learning_rate for epoch in history.epochs])[end.start - 1 :]
    assert rates[1] < rates[0]
    # A line from the rate of the best epoch to 0, at the last of 5 steps of each epoch.
    left = (end.epochs - np.arange(end.epochs) - 4 / 5) / end.epochs
    best = history.epochs[end.best.number - 1].learning_rate
    np.testing.assert_allclose(rates[1:], best * left, rtol=1e-9)

    def distance(one, other):
        return float(sum((kept[one][name] - kept[other][name]).square().sum() for name in kept[1]))

    # One epoch away from the best weights and not from those that were the last.
    assert distance(end.start + 1, end.best.number) < distance(end.start + 1, end.start)


def test_where_a_network_overfits_the_end_is_better_than_the_best_epoch_before(noise):
    plain, _ = train(noise, schedule=OneCycle(cooling=0.0))
    cooled, _ = train(noise)
    first = len(plain.epochs)
    assert plain.stopped == "no progress"
    assert [epoch.loss for epoch in cooled.epochs[:first]] == [one.loss for one in plain.epochs]
    assert cooled.best.number > first
    assert cooled.best.validation_loss < plain.best.validation_loss


@pytest.mark.parametrize("where", ["before", "at", "within"])
def test_a_training_taken_up_again_around_its_end_is_the_same_bit_for_bit(noise, where, tmp_path):
    history, network = train(noise)
    end = end_of(history.monitored)
    stop = {"before": end.start - 1, "at": end.start, "within": end.start + 2}[where]

    def interrupt(epoch, network):
        if epoch.number == stop:
            raise StopTraining

    path = tmp_path / "checkpoint.safetensors"
    # Checkpoints are written every few seconds; here after every epoch.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("latens.training.loop._CHECKPOINT_SECONDS", 0.0)
        part, _ = train(noise, interrupt, checkpoint=path)
        assert len(part.epochs) == stop
        again, resumed = train(noise, checkpoint=path)
    assert [epoch.monitored for epoch in again.epochs] == history.monitored
    for name, value in network.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value)
