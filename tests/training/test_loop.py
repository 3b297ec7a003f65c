"""What the loop does step by step, seen by objectives that write down what they get."""

import sys
import time
from itertools import chain

import numpy as np
import pytest
import torch

from latens.data.scaling import UNSCALED
from latens.exceptions import TrainingError
from latens.networks import Deterministic, Network, Parts
from latens.objectives import Losses, Objective, Phase, squared_error
from latens.training import Constant, DeviceSamples, OneCycle, StopTraining, Trainer
from latens.training.early_stopping import cooling_of
from latens.training.history import Epoch
from latens.training.loop import Loop


class Written(Objective):
    """Keeps the row numbers and the progress of every batch, of training and of validation."""

    def __init__(self):
        super().__init__(squared_error)
        self.trained, self.validated, self.progress = [], [], []

    def forward(self, network, batch):
        rows = self.trained if network.training else self.validated
        rows.append(batch.index.tolist())
        if network.training:
            self.progress.append(batch.progress)
        return super().forward(network, batch)


def made(n_samples=100):
    torch.manual_seed(0)
    parts = Parts(torch.nn.Linear(3, 2), torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Deterministic(parts, 2), bounded=False)
    X = np.random.default_rng(0).normal(size=(n_samples, 3)).astype(np.float32)
    return network, DeviceSamples(X, UNSCALED, torch.device("cpu"), torch.float32)


def train(objective, n_samples=100, seed=0, network=None, **settings):
    other, samples = made(n_samples)
    network = network or other
    trainer = Trainer(callbacks=(), bfloat16=False, **settings)
    return network, samples, trainer.train(network, objective, samples, seed=seed)


def test_an_epoch_shows_training_rows_once_in_full_batches_and_held_out_rows_never():
    written = Written()
    train(written, max_epochs=3, batch_size=20, validation_fraction=0.25)
    held_out = {row for rows in written.validated for row in rows}
    assert len(held_out) == 25
    assert len(written.trained) == 9
    assert {len(rows) for rows in written.trained} == {20}
    epochs = [[*chain(*written.trained[at : at + 3])] for at in (0, 3, 6)]
    for rows in epochs:
        assert len(set(rows)) == 60  # 75 rows make three batches of 20, and 15 wait
        assert not held_out & set(rows)
    assert len({tuple(rows) for rows in epochs}) == 3
    # Rows that are left out come up in other epochs.
    assert len(set().union(*epochs)) > 60


def test_order_and_held_out_part_are_functions_of_the_seed():
    first, again, other = Written(), Written(), Written()
    train(first, max_epochs=2, seed=3)
    train(again, max_epochs=2, seed=3)
    train(other, max_epochs=2, seed=4)
    assert first.trained == again.trained != other.trained
    assert first.validated == again.validated != other.validated


def test_a_batch_knows_the_share_of_the_steps_that_are_over():
    written = Written()
    train(written, max_epochs=3, batch_size=20, validation_fraction=0.25)
    np.testing.assert_allclose(written.progress, np.arange(9) / 9)


def test_the_rate_follows_the_schedule_step_by_step():
    schedule = OneCycle(0.3)
    *_, history = train(
        Written(),
        max_epochs=4,
        batch_size=20,
        validation_fraction=0.25,
        learning_rate=0.01,
        schedule=schedule,
    )
    # The last of three steps of each epoch begins when this share is over.
    shares = [(epoch * 3 + 2) / 12 for epoch in range(4)]
    rates = [epoch.learning_rate for epoch in history.epochs]
    np.testing.assert_allclose(rates, [0.01 * schedule.factor(p, []) for p in shares])


@pytest.mark.parametrize("batch_size", [7, 25, 64])
def test_losses_and_errors_of_the_best_epoch_are_those_of_its_held_out_rows(batch_size):
    written = Written()
    network, samples, history = train(
        written, max_epochs=3, batch_size=batch_size, validation_fraction=0.25
    )
    rows = sorted({row for some in written.validated for row in some})
    assert len(rows) == 25
    x = samples.batch(torch.tensor(rows)).x
    with torch.no_grad():
        difference = network.reconstruct(x).x_hat - x
    best = history.best
    assert best.validation_loss == pytest.approx(float(difference.square().mean()), rel=1e-5)
    assert best.errors == {
        "mean_squared_error": pytest.approx(float(difference.square().mean()), rel=1e-5),
        "mean_absolute_error": pytest.approx(float(difference.abs().mean()), rel=1e-5),
    }


def test_errors_are_of_a_thousand_held_out_rows_at_most():
    seen = []

    class Counted(Written):
        def reconstructed(self, network, x):
            seen.append(len(x))
            return super().reconstructed(network, x)

    train(Counted(), n_samples=3000, max_epochs=1, validation_fraction=0.5, batch_size=512)
    assert sum(seen) == 1000
    assert max(seen) <= 256


def test_without_held_out_rows_there_is_no_held_out_loss():
    *_, history = train(Written(), max_epochs=2, validation_fraction=0)
    assert [epoch.validation_loss for epoch in history.epochs] == [None, None]
    assert history.epochs[0].errors == {}
    assert history.best.loss == min(epoch.loss for epoch in history.epochs)


class Rivals(Objective):
    """Two numbers that fall as fast as they may, each in a phase of its own."""

    def __init__(self):
        super().__init__(squared_error)
        self.first = torch.nn.Parameter(torch.zeros(()))
        self.second = torch.nn.Parameter(torch.zeros(()))
        self.after = 0

    def forward(self, network, batch):
        return Losses(self.first + 0 * batch.x.sum(), {"first": batch.x[:, 0] * 0 + 1})

    def phases(self, network):
        def second(network, batch):
            return Losses(self.second + 0 * batch.x.sum(), {})

        def count():
            self.after += 1

        return [
            Phase("first", [self.first], self),
            Phase("second", [self.second], second, pace=3.0, after=count),
        ]


def test_every_phase_takes_every_step_at_its_own_pace():
    rivals = Rivals()
    *_, history = train(
        rivals,
        max_epochs=1,
        batch_size=100,
        validation_fraction=0,
        learning_rate=0.5,
        schedule=Constant(),
        optimizer="sgd",
    )
    assert rivals.first.item() == pytest.approx(-0.5)
    assert rivals.second.item() == pytest.approx(-1.5)
    assert rivals.after == 1
    assert history.epochs[0].learning_rate == 0.5
    assert history.epochs[0].terms == {"first": 1.0}


@pytest.mark.parametrize(
    ("losses", "patience", "min_delta", "stalled"),
    [
        ([3.0, 2.0, 1.0], 2, 0.0, False),
        ([1.0, 2.0, 3.0], 2, 0.0, True),
        ([1.0, 2.0], 2, 0.0, False),  # too few to know
        ([1.0, 2.0, 3.0], 3, 0.0, False),
        ([1.0, 2.0, 1.0], 2, 0.0, True),  # as good is no better
        ([1.0, 2.0, 0.9], 2, 0.25, True),
        ([1.0, 2.0, 0.7], 2, 0.25, False),
        ([5.0, 1.0, 2.0, 2.0], 2, 0.0, True),
        ([5.0, 1.0, 2.0, 2.0], 3, 0.0, False),
        ([1.0] * 10, None, 0.0, False),
        ([1.0] * 11, None, 0.0, True),
        ([], 1, 0.0, False),
    ],
)
def test_a_training_has_stalled_when_its_best_loss_is_as_old_as_its_patience(
    losses, patience, min_delta, stalled
):
    epochs = [Epoch(n, n, 1e-3, loss, None, {}) for n, loss in enumerate(losses, start=1)]
    end = cooling_of(epochs, share=1.0, patience=patience, min_delta=min_delta, max_epochs=None)
    assert (end is not None) is stalled


class Ears:
    def __init__(self):
        self.heard = []

    def on_start(self, plan):
        pass

    def on_heartbeat(self, progress):
        self.heard.append(progress)

    def on_epoch(self, epoch):
        pass

    def on_end(self, history):
        pass


def test_heartbeats_rise_to_the_end_and_come_no_oftener_than_they_should(monkeypatch):
    ears = Ears()
    network, samples = made()
    settings = {"max_epochs": 3, "batch_size": 30, "bfloat16": False}
    Trainer(callbacks=[ears], **settings).train(network, Written(), samples, seed=0)
    assert len(ears.heard) <= 3
    monkeypatch.setattr(sys.modules[Loop.__module__], "_HEARTBEAT_SECONDS", 0)
    ears.heard.clear()
    Trainer(callbacks=[ears], **settings).train(network, Written(), samples, seed=0)
    np.testing.assert_allclose(ears.heard, np.arange(1, 10) / 9)


def test_a_resumed_training_counts_the_seconds_of_its_first_part(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[Loop.__module__], "_CHECKPOINT_SECONDS", 0)
    path = tmp_path / "state.safetensors"
    *_, first = train(Written(), max_epochs=2, checkpoint=path)
    before = first.epochs[-1].seconds
    assert 0 < first.epochs[0].seconds < before < 60
    *_, again = train(Written(), max_epochs=2, checkpoint=path)
    assert again.epochs[-1].seconds == pytest.approx(before)
    assert [epoch.number for epoch in again.epochs] == [1, 2]


def test_the_defaults_take_slow_progress_for_progress_and_let_weights_be():
    """No least progress, no decay: a training that hardly moves ends with its epochs and not before."""
    parts = {"max_epochs": 12, "patience": 2, "learning_rate": 1e-5, "schedule": Constant()}
    network, _, history = train(Written(), batch_size=20, **parts)
    assert history.stopped == "all epochs done"
    assert [epoch.number for epoch in history.epochs] == list(range(1, 13))
    losses = [epoch.monitored for epoch in history.epochs]
    assert 0 < losses[0] - losses[-1] < 0.1
    before = made()[0].encoder.weight.detach().norm()
    assert network.encoder.weight.detach().norm() == pytest.approx(before.item(), rel=2e-3)


def test_a_time_limit_ends_an_epoch_in_the_middle():
    """An epoch of 100,000 steps would take a minute."""
    written = Written()
    *_, history = train(
        written, n_samples=100_000, batch_size=1, time_limit=0.3, validation_fraction=0
    )
    assert history.stopped == "time limit"
    assert len(history.epochs) == 1
    assert 0 < len(written.trained) < 80_000
    assert written.progress[-1] < 1
    assert history.epochs[0].seconds < 20


def test_a_checkpoint_is_written_when_it_is_due_and_at_the_end(tmp_path, monkeypatch):
    path, network = tmp_path / "state.safetensors", made()[0]
    there = []

    class Eyes(Ears):
        def on_epoch(self, epoch):
            there.append(path.exists())
            path.unlink(missing_ok=True)

    def write(seconds):
        monkeypatch.setattr(sys.modules[Loop.__module__], "_CHECKPOINT_SECONDS", seconds)
        there.clear()
        path.unlink(missing_ok=True)
        trainer = Trainer(max_epochs=3, checkpoint=path, callbacks=[Eyes()])
        trainer.train(network, Written(), made()[1], seed=0)
        return list(there)

    assert write(0) == [True, True, True]
    assert write(1e6) == [False, False, True]
    # As they are: a training of a second is written once, and one of minutes every few seconds.
    monkeypatch.undo()
    there.clear()
    trainer = Trainer(max_epochs=3, checkpoint=path, callbacks=[Eyes()])
    trainer.train(network, Written(), made()[1], seed=0)
    assert there == [False, False, True]


def test_a_training_goes_on_from_the_second_at_which_it_was_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[Loop.__module__], "_CHECKPOINT_SECONDS", 0)
    path = tmp_path / "state.safetensors"

    class Cut(Ears):
        def on_epoch(self, epoch):
            if epoch.number == 3:
                raise StopTraining

    settings = {"max_epochs": 6, "batch_size": 20, "bfloat16": False, "checkpoint": path}
    network, samples = made()
    first = Trainer(callbacks=[Cut()], **settings).train(network, Written(), samples, seed=0)
    network, samples = made()
    whole = Trainer(callbacks=(), **settings).train(network, Written(), samples, seed=0)
    seconds = [epoch.seconds for epoch in whole.epochs]
    assert seconds[:3] == [epoch.seconds for epoch in first.epochs]
    assert seconds == sorted(seconds)
    assert 0 < seconds[3] - seconds[2] < 30


def test_a_loss_that_is_not_finite_names_its_epoch_and_batch():
    class Bursts(Written):
        def forward(self, network, batch):
            losses = super().forward(network, batch)
            factor = float("nan") if len(self.trained) == 5 else 1.0
            return Losses(losses.total * factor, losses.terms)

    with pytest.raises(TrainingError, match=r"nan in epoch 2, batch 2 \(rows \d+"):
        train(Bursts(), max_epochs=3, batch_size=20, validation_fraction=0.4)


def test_a_share_that_is_over_is_never_more_than_all(monkeypatch):
    """A step that takes longer than the whole time limit ends the training, as its last heartbeat."""
    monkeypatch.setattr(sys.modules[Loop.__module__], "_HEARTBEAT_SECONDS", 0)
    ears, (network, samples) = Ears(), made()

    class Slow(Written):
        def forward(self, network, batch):
            time.sleep(0.25)
            return super().forward(network, batch)

    trainer = Trainer(time_limit=0.2, batch_size=20, validation_fraction=0, callbacks=[ears])
    history = trainer.train(network, Slow(), samples, seed=0)
    assert history.stopped == "time limit"
    assert ears.heard == [1.0]
