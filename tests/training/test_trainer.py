"""The loop: what it keeps, when it stops, and that a resumed training is the uninterrupted one."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latens.data.scaling import fit_scaling
from latens.exceptions import ParameterError, TrainingError
from latens.networks import MLP, ConvNet, Deterministic, Network
from latens.objectives import Losses, Objective, Term, code_size, squared_error
from latens.training import Constant, DeviceSamples, Plateau, StopTraining, Trainer
from latens.training.history import History
from latens.training.loop import _SPLIT, _generator


def make(X, latent_dim=2):
    scaling = fit_scaling(X)
    torch.manual_seed(0)
    parts = MLP((16,)).build(X.shape[1:], latent_dim)
    network = Network(parts, Deterministic(parts, latent_dim), bounded=scaling.bounded)
    samples = DeviceSamples(X, scaling, torch.device("cpu"), torch.float32)
    return network, Objective(squared_error), samples


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


@pytest.fixture(scope="module")
def X():
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 2)) @ rng.normal(size=(2, 6)) + 0.1 * rng.normal(size=(200, 6))


class Watcher:
    """A callback that records, and acts after an epoch if told to."""

    def __init__(self, act=None):
        self.plan, self.epochs, self.ended, self.act = None, [], None, act

    def on_start(self, plan):
        self.plan = plan

    def on_heartbeat(self, progress):
        assert 0 <= progress <= 1

    def on_epoch(self, epoch):
        self.epochs.append(epoch)
        if self.act:
            self.act(epoch)

    def on_end(self, history):
        self.ended = history


def test_the_network_ends_with_the_weights_of_its_best_epoch(X):
    network, objective, samples = make(X)
    kept = []
    watcher = Watcher(lambda epoch: kept.append(weights(network)))
    trainer = Trainer(max_epochs=8, learning_rate=0.1, schedule="constant", callbacks=[watcher])
    history = trainer.train(network, objective, samples, seed=0)
    losses = [epoch.validation_loss for epoch in history.epochs]
    best = int(np.argmin(losses))
    assert history.best.number == best + 1
    for name, value in weights(network).items():
        assert torch.equal(value, kept[best][name])
    assert watcher.ended is history
    assert history.stopped == "all epochs done"
    assert list(history.frame()["number"]) == list(range(1, 9))


def test_plan_holds_out_a_tenth_and_chooses_by_size(X):
    network, *_ = make(X)
    plan = Trainer().plan(60_000, network)
    assert (plan.n_train, plan.n_validation, plan.batch_size) == (54_000, 6_000, 256)
    assert plan.max_epochs == 11
    assert Trainer().plan(200, network).batch_size == 16
    tiny = Trainer().plan(10, network)
    assert (tiny.n_validation, tiny.n_train, tiny.steps) == (0, 10, 1)
    assert Trainer(validation_fraction=0).plan(1000, network).n_validation == 0


def test_held_out_rows_never_change_the_weights(X):
    """Rows that are held out may be anything: the weights after one epoch are the same."""
    network, objective, samples = make(X)
    trainer = Trainer(max_epochs=1, callbacks=())
    trainer.train(network, objective, samples, seed=0)
    before = weights(network)
    order = torch.randperm(200, generator=_generator(0, _SPLIT))
    held_out = order[:20].numpy()
    other = X.copy()
    other[held_out] += 3.0
    scaling = fit_scaling(X)
    network, objective, _ = make(X)
    samples = DeviceSamples(other, scaling, torch.device("cpu"), torch.float32)
    trainer.train(network, objective, samples, seed=0)
    for name, value in weights(network).items():
        assert torch.equal(value, before[name])


def test_early_stopping_waits_exactly_its_patience(X):
    network, objective, samples = make(X)
    trainer = Trainer(
        max_epochs=50,
        learning_rate=1e-12,
        schedule=Constant(),
        patience=3,
        min_delta=0.1,
        callbacks=(),
    )
    history = trainer.train(network, objective, samples, seed=0)
    assert history.stopped == "no progress"
    assert len(history.epochs) == 4


def warmed_up(warmup):
    """An objective whose second term counts ever more until some share of the training is over."""
    return Objective(squared_error, {"size": Term(code_size, lambda p: 2.0 * min(1.0, p / warmup))})


@pytest.mark.parametrize("validation_fraction", [0.0, 0.2])
def test_no_epoch_of_a_warm_up_is_the_best_nor_makes_the_training_stop(X, validation_fraction):
    network, _, samples = make(X)
    trainer = Trainer(
        max_epochs=20,
        patience=3,
        validation_fraction=validation_fraction,
        schedule=Constant(),
        callbacks=(),
    )
    history = trainer.train(network, warmed_up(0.5), samples, seed=0)
    losses = [epoch.monitored for epoch in history.epochs]
    assert [epoch.is_settled for epoch in history.epochs][:11] == [False] * 10 + [True]
    # Rising weights make what is minimized grow, which looks as if nothing were learned any more.
    assert len(history.epochs) > 13
    assert history.best.number > 10
    assert history.best.monitored == min(losses[10:])
    assert not history.notes


@pytest.mark.parametrize("cut", [None, 4])
def test_a_training_that_ends_in_its_warm_up_keeps_its_last_weights_and_says_so(X, cut):
    network, _, samples = make(X)
    kept = []

    def act(epoch):
        kept.append(weights(network))
        if epoch.number == cut:
            raise StopTraining

    trainer = Trainer(max_epochs=6, patience=1, callbacks=(Watcher(act),))
    history = trainer.train(network, warmed_up(1.0), samples, seed=0)
    assert history.best.number == len(history.epochs) == (cut or 6)
    for name, value in weights(network).items():
        torch.testing.assert_close(value, kept[-1][name], rtol=0, atol=0)
    assert "last weights were kept" in history.notes[0]


def test_errors_are_those_of_random_held_out_rows_where_the_data_are_sorted():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 0.1, (6000, 4)), rng.normal(20, 5, (6000, 4))])
    network, objective, samples = make(X, latent_dim=1)
    trainer = Trainer(max_epochs=1, validation_fraction=0.5, callbacks=())
    error = trainer.train(network, objective, samples, seed=0).epochs[-1].errors
    with torch.no_grad():
        x = samples.rows(0, len(samples))
        everywhere = (network.reconstruct(x).x_hat - x).square().mean(1)
    assert everywhere[:6000].mean() < 0.5 * everywhere[6000:].mean()
    assert abs(error["mean_squared_error"] / everywhere.mean() - 1) < 0.25


def test_a_loss_that_is_not_finite_is_named(X):
    network, objective, samples = make(X)
    trainer = Trainer(
        max_epochs=3, learning_rate=1e30, optimizer="sgd", schedule="constant", callbacks=()
    )
    with pytest.raises(TrainingError, match=r"epoch \d+, batch \d+ \(rows \d+.*Lower the learning"):
        trainer.train(network, objective, samples, seed=0)


def test_time_limit_ends_the_training_and_the_schedule_with_it(X):
    network, objective, samples = make(X)
    started = time.monotonic()
    history = Trainer(time_limit="0.5 s", callbacks=()).train(network, objective, samples, seed=0)
    assert history.stopped == "time limit"
    assert len(history.epochs) > 1
    assert history.epochs[-1].learning_rate < 0.1 * max(e.learning_rate for e in history.epochs)
    assert time.monotonic() - started > 0.4


def test_a_callback_can_stop_and_the_best_weights_stay(X):
    def stop(epoch):
        if epoch.number == 3:
            raise StopTraining

    network, objective, samples = make(X)
    history = Trainer(max_epochs=9, callbacks=[Watcher(stop)]).train(
        network, objective, samples, seed=0
    )
    assert history.stopped == "interrupted"
    assert len(history.epochs) == 3
    network.eval()
    with torch.no_grad():
        assert not network.training


def test_stopping_before_the_first_epoch_is_an_error(X):
    class AtOnce(Watcher):
        def on_heartbeat(self, progress):
            raise StopTraining

    network, objective, _ = make(X)
    many = np.tile(X, (400, 1))
    samples = DeviceSamples(many, fit_scaling(many), torch.device("cpu"), torch.float32)
    trainer = Trainer(max_epochs=1, batch_size=16, callbacks=[AtOnce()])
    with pytest.raises(TrainingError, match="before its first epoch"):
        trainer.train(network, objective, samples, seed=0)


def test_ctrl_c_is_passed_on_after_the_best_weights_are_back(X):
    def interrupt(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    network, objective, samples = make(X)
    watcher = Watcher(interrupt)
    with pytest.raises(KeyboardInterrupt):
        Trainer(max_epochs=9, callbacks=[watcher]).train(network, objective, samples, seed=0)
    assert watcher.ended.stopped == "interrupted"


@pytest.mark.parametrize(
    ("optimizer", "bfloat16"), [("adamw", False), ("adam", False), ("sgd", False), ("adamw", True)]
)
def test_a_resumed_training_gives_the_same_weights_bit_for_bit(
    X, tmp_path, optimizer, bfloat16, monkeypatch
):
    monkeypatch.setattr("latens.training.loop._CHECKPOINT_SECONDS", 0)
    settings = {
        "max_epochs": 6,
        "optimizer": optimizer,
        "learning_rate": 0.01,
        "bfloat16": bfloat16,
    }
    network, objective, samples = make(X)
    whole = Trainer(**settings, callbacks=()).train(network, objective, samples, seed=3)
    expected = weights(network)

    def stop(epoch):
        if epoch.number == 4:
            raise StopTraining

    path = tmp_path / "state.safetensors"
    network, objective, samples = make(X)
    Trainer(**settings, checkpoint=path, callbacks=[Watcher(stop)]).train(
        network, objective, samples, seed=3
    )
    network, objective, samples = make(X)
    again = Trainer(**settings, checkpoint=path, callbacks=())
    history = again.train(network, objective, samples, seed=3)
    for name, value in weights(network).items():
        assert torch.equal(value, expected[name])
    assert [e.loss for e in history.epochs] == [e.loss for e in whole.epochs]


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_resumed_convolutions_are_the_same_although_their_weights_lie_in_another_order(
    tmp_path, optimizer, monkeypatch
):
    monkeypatch.setattr("latens.training.loop._CHECKPOINT_SECONDS", 0)
    X = np.random.default_rng(0).random((64, 8, 8))
    samples = DeviceSamples(X, fit_scaling(X), torch.device("cpu"), torch.float32)

    def train(**settings):
        torch.manual_seed(0)
        parts = ConvNet((4, 8)).build((1, 8, 8), 2)
        network = Network(parts, Deterministic(parts, 2), bounded=True)
        network.to(memory_format=torch.channels_last)
        trainer = Trainer(4, learning_rate=0.01, optimizer=optimizer, bfloat16=False, **settings)
        trainer.train(network, Objective(squared_error), samples, seed=3)
        return weights(network)

    def stop(epoch):
        if epoch.number == 2:
            raise StopTraining

    path = tmp_path / "state.safetensors"
    expected = train(callbacks=())
    train(checkpoint=path, callbacks=[Watcher(stop)])
    resumed = train(checkpoint=path, callbacks=())
    for name, value in resumed.items():
        assert torch.equal(value, expected[name])


class Crowd(Objective):
    """Costs what terms that compare samples may: more, the more there are in the batch."""

    def forward(self, network, batch):
        losses = super().forward(network, batch)
        return Losses(losses.total * 0 + len(batch.x), losses.terms)


def test_held_out_rows_go_through_in_batches_as_in_training(X):
    network, _, samples = make(X)
    trainer = Trainer(max_epochs=1, batch_size=10, validation_fraction=0.2, callbacks=())
    history = trainer.train(network, Crowd(squared_error), samples, seed=0)
    assert history.epochs[0].loss == history.epochs[0].validation_loss == 10


def test_a_foreign_or_damaged_checkpoint_is_refused(X, tmp_path):
    path = tmp_path / "state.safetensors"
    network, objective, samples = make(X)
    Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(network, objective, samples, seed=0)
    with pytest.raises(TrainingError, match="other settings"):
        Trainer(max_epochs=3, checkpoint=path, callbacks=()).train(
            network, objective, samples, seed=0
        )
    other = Objective(squared_error, {"size": Term(code_size, weight=0.1)})
    with pytest.raises(TrainingError, match="other settings"):
        Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(network, other, samples, seed=0)
    with pytest.raises(TrainingError, match="other settings"):
        Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(
            network, objective, samples, seed=0, parameters={"beta": 2.0}
        )
    others = make(X[::-1].copy())[2]
    with pytest.raises(TrainingError, match="other settings or data"):
        Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(
            network, objective, others, seed=0
        )
    path.write_bytes(
        path.read_bytes().replace(b"now.network.encoder.0.", b"now.network.encoder.9.")
    )
    with pytest.raises(TrainingError, match="other layers"):
        Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(
            network, objective, samples, seed=0
        )
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(TrainingError, match="cannot be read"):
        Trainer(max_epochs=2, checkpoint=path, callbacks=()).train(
            network, objective, samples, seed=0
        )


KILLED = """
import sys, numpy as np, torch
sys.path.insert(0, sys.argv[1])
import test_trainer as t
import latens.training.loop as loop
loop._CHECKPOINT_SECONDS = 0
X = np.load(sys.argv[2])
network, objective, samples = t.make(X)
t.Trainer(max_epochs=60, checkpoint=sys.argv[3], callbacks=()).train(network, objective, samples, seed=1)
np.save(sys.argv[4], torch.cat([p.flatten() for p in network.parameters()]).detach().numpy())
"""


@pytest.mark.slow
def test_ten_random_kills_do_not_change_a_bit(X, tmp_path):
    np.save(tmp_path / "X.npy", X)
    folder = str(Path(__file__).parent)

    def command(name):
        state, result = tmp_path / f"{name}.safetensors", tmp_path / f"{name}.npy"
        arguments = [folder, str(tmp_path / "X.npy"), str(state), str(result)]
        return [sys.executable, "-c", KILLED, *arguments], result

    whole, expected = command("whole")
    subprocess.run(whole, check=True)
    killed, result = command("killed")
    rng = np.random.default_rng(0)
    kills = 0
    for _ in range(10):
        process = subprocess.Popen(killed)
        try:
            process.wait(timeout=float(rng.uniform(2.0, 5.0)))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    subprocess.run(killed, check=True)
    assert kills > 0
    np.testing.assert_array_equal(np.load(result), np.load(expected))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"learning_rate": 0}, r"must be a float in \(0, inf\)"),
        ({"max_epochs": 0}, r"must be an integer in \[1, inf\) or None"),
        ({"schedule": "cosine"}, "one of 'one-cycle', 'plateau', 'constant' or a schedule"),
        ({"time_limit": "soon"}, "words such as '90 s'"),
        ({"device": "tpu"}, "must be 'auto', 'cpu'"),
    ],
)
def test_wrong_settings_are_named(wrong, message, X):
    network, objective, samples = make(X)
    with pytest.raises(ParameterError, match=message):
        Trainer(**wrong, callbacks=()).train(network, objective, samples, seed=0)


def test_plateau_follows_keras_rule_as_a_function_of_the_losses_alone():
    schedule = Plateau(decay=0.5, patience=3, min_delta=0.01)
    losses = [1.0, 0.9, 0.895, 0.894, 0.893, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    factors = [schedule.factor(0.0, losses[:n]) for n in range(len(losses) + 1)]
    assert factors == [1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]


def test_a_small_training_uses_one_thread_and_gives_the_others_back(X):
    before = torch.get_num_threads()
    seen = []
    network, objective, samples = make(X)
    watcher = Watcher(lambda epoch: seen.append(torch.get_num_threads()))
    Trainer(max_epochs=1, callbacks=[watcher]).train(network, objective, samples, seed=0)
    assert seen == [1]
    assert torch.get_num_threads() == before


def test_presets_differ_in_how_many_samples_they_show():
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    epochs = {
        preset: Trainer(preset=preset).plan(10_000, network).max_epochs
        for preset in ("fast", "balanced", "best")
    }
    assert epochs == {"fast": 11, "balanced": 66, "best": 333}


def test_the_learning_rate_follows_the_root_of_the_batch_size():
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    rates = [Trainer(batch_size=size).plan(10_000, network).learning_rate for size in (64, 256)]
    assert rates == [1.5e-3, 3e-3]
    assert Trainer(learning_rate=0.1).plan(10_000, network).learning_rate == 0.1


@pytest.mark.parametrize(
    ("n_samples", "batch_size"),
    [(100, 16), (575, 16), (1151, 32), (1200, 32), (9000, 128), (9200, 256), (100_000, 256)],
)
def test_a_batch_is_a_thirty_second_of_the_samples_as_a_power_of_two(n_samples, batch_size):
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    plan = Trainer().plan(n_samples, network)
    assert plan.batch_size == batch_size
    share = plan.n_train / 32
    assert batch_size in (16, 256) or batch_size <= share < 2 * batch_size


@pytest.mark.parametrize(
    ("fraction", "n_samples", "held_out"),
    [(0.1, 79, 8), (0.1, 74, 0), (0.1, 84, 8), (0.1, 200_000, 10_000), (0.9, 9, 8), (0.9, 8, 0)],
)
def test_a_held_out_part_has_eight_samples_at_least_and_ten_thousand_at_most(
    fraction, n_samples, held_out
):
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    plan = Trainer(validation_fraction=fraction).plan(n_samples, network)
    assert (plan.n_validation, plan.n_train) == (held_out, n_samples - held_out)


def test_patience_is_what_is_asked_for_and_otherwise_left_to_the_losses():
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])

    def patience(**settings):
        return Trainer(**settings).plan(1000, network).patience

    assert patience(max_epochs=100) is None
    assert patience(max_epochs=100, patience=5) == 5
    assert patience(time_limit=3) is None


def test_a_plan_counts_what_is_learned_and_leaves_precision_and_compiling_to_those_who_ask():
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    for one in network.decoder.parameters():
        one.requires_grad_(False)
    plan = Trainer().plan(1000, network)
    assert plan.parameters == sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert not plan.compiled
    assert Trainer(compile=True, bfloat16=True).plan(1000, network).compiled
    assert Trainer(compile=True, bfloat16=True).plan(1000, network).bfloat16
    exact = Trainer(dtype="float64").plan(1000, network)
    assert (exact.bfloat16, exact.precision_reason) == (False, "the trainer says so")
    assert Trainer(batch_size=5000).plan(1000, network).batch_size == 900


def test_a_network_is_compiled_where_a_gpu_has_twenty_thousand_steps_to_take():
    network, _, _ = make(np.zeros((4, 2)) + np.arange(4)[:, None])
    plan = Trainer(batch_size=10).plan(1000, network)
    assert plan.steps == 90

    def is_compiled(device, epochs):
        return Trainer()._compiled(replace(plan, device=device, max_epochs=epochs))

    assert [is_compiled("cuda:0", epochs) for epochs in (222, 223, None)] == [False, True, False]
    assert not is_compiled("cpu", 10_000)


def test_a_history_that_is_given_is_the_one_that_is_filled(X):
    network, objective, samples = make(X)
    given = History()
    found = Trainer(2, callbacks=()).train(network, objective, samples, seed=0, history=given)
    assert found is given
    assert len(given.epochs) == 2
