"""A trial chooses the precision, once for a network and a machine, and changes nothing else."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from latens.data.scaling import fit_scaling
from latens.networks import MLP, Deterministic, Network
from latens.objectives import Objective, squared_error
from latens.training import DeviceSamples, Plan, StopTraining, Trainer, precision, precision_trial
from latens.training.precision import decide_precision


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and a process that knows nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(precision_trial, "_known", {})
    return tmp_path / "cache" / "latens" / "step-times"


@pytest.fixture(autouse=True)
def tried(monkeypatch):
    """On any machine, and of small and short trainings, too."""
    monkeypatch.setattr(precision, "obstacle_to_bfloat16", lambda network, plan: "")
    monkeypatch.setattr("latens.training.trainer.obstacle_to_bfloat16", lambda network, plan: "")


@pytest.fixture
def samples(rng):
    X = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 20))
    return DeviceSamples(X, fit_scaling(X), torch.device("cpu"), torch.float32)


def _made(kind=Network):
    torch.manual_seed(0)
    parts = MLP((32,)).build((20,), 3)
    return kind(parts, Deterministic(parts, 3), bounded=False), Objective(squared_error)


def _plan(network, **settings) -> Plan:
    plan = Trainer(batch_size=32, **settings).plan(200, network)
    assert plan.bfloat16 is None
    return plan


def _say(cache, float32, bfloat16, monkeypatch):
    """Let the cache have these seconds of whatever was tried before."""
    [file] = cache.iterdir()
    file.write_text(json.dumps({"float32": float32, "bfloat16": bfloat16}))
    monkeypatch.setattr(precision_trial, "_known", {})


def _trained(samples, **settings):
    network, objective = _made()
    trainer = Trainer(**{"max_epochs": 6, "batch_size": 32, "callbacks": (), **settings})
    history = trainer.train(network, objective, samples, seed=3)
    return [one.detach().clone() for one in network.parameters()], history


def _equal(weights, others):
    return all(map(torch.equal, weights, others))


def test_a_trial_times_both_says_so_and_changes_nothing(samples, cache):
    network, objective = _made()
    before, state = copy.deepcopy(network.state_dict()), torch.get_rng_state()
    plan = decide_precision(network, objective, samples, _plan(network))
    times = json.loads(next(cache.iterdir()).read_text())
    assert set(times) == {"float32", "bfloat16"}
    assert min(times.values()) > 0
    assert plan.bfloat16 == (times["bfloat16"] < 0.95 * times["float32"])
    assert "a step took" in plan.precision_reason
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(one.grad is None for one in network.parameters())
    assert network.training
    assert not network.reduced


def test_what_was_timed_once_is_taken_from_the_cache(samples, cache, monkeypatch):
    network, objective = _made()
    decide_precision(network, objective, samples, _plan(network))
    for float32, bfloat16 in [(3000, 2000), (2000, 3000)]:
        _say(cache, float32, bfloat16, monkeypatch)
        plan = decide_precision(network, objective, samples, _plan(network))
        assert plan.bfloat16 == (bfloat16 < float32)
        assert "2000000 ms against 3000000 ms" in plan.precision_reason


def test_another_size_of_batch_is_another_trial(samples, cache):
    network, objective = _made()
    plan = _plan(network)
    for size in (32, 32, 64):
        decide_precision(network, objective, samples, replace(plan, batch_size=size))
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"float32": 1}', '{"float32": 0, "bfloat16": -1}'])
def test_a_cache_that_cannot_be_read_is_written_anew(samples, cache, content, monkeypatch):
    network, objective = _made()
    decide_precision(network, objective, samples, _plan(network))
    [file] = cache.iterdir()
    file.write_text(content)
    monkeypatch.setattr(precision_trial, "_known", {})
    plan = decide_precision(network, objective, samples, _plan(network))
    assert "a step took" in plan.precision_reason
    assert set(json.loads(file.read_text())) == {"float32", "bfloat16"}


def test_without_a_cache_a_process_still_decides_once(samples, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    network, objective = _made()
    first, second = (decide_precision(network, objective, samples, _plan(network)) for _ in "ab")
    assert first == second
    assert "a step took" in first.precision_reason


def test_a_trial_that_takes_too_much_of_the_time_limit_is_given_up(samples, cache):
    network, objective = _made()
    plan = decide_precision(network, objective, samples, _plan(network, time_limit=1e-6))
    assert plan.bfloat16 is False
    assert "time limit" in plan.precision_reason
    assert not cache.exists()


def _even(seconds, monkeypatch):
    """An objective whose steps all take as long, by a clock that has run before, and the steps it took."""
    taken = []

    class Even(Objective):
        def forward(self, network, batch):
            taken.append(seconds)
            return super().forward(network, batch)

    monkeypatch.setattr(precision_trial.time, "perf_counter", lambda: 1000 + sum(taken))
    return Even(squared_error), taken


@pytest.mark.parametrize(("seconds", "rounds"), [(2.0, 3), (1 / 64, 10), (1 / 1024, 12)])
def test_it_looks_for_three_tenths_of_a_second_within_3_to_12_rounds(
    samples, cache, monkeypatch, seconds, rounds
):
    """Rounds of a step in each precision; that in bfloat16 takes as long here."""
    network, _ = _made()
    even, taken = _even(seconds, monkeypatch)
    decide_precision(network, even, samples, _plan(network))
    assert len(taken) == 2 * rounds
    assert json.loads(next(cache.iterdir()).read_text()) == {
        "float32": pytest.approx(seconds),
        "bfloat16": pytest.approx(seconds),
    }


@pytest.mark.parametrize(("time_limit", "rounds"), [(39, 1), (79, 2), (119, 3), (121, 3)])
def test_a_trial_takes_a_tenth_of_the_time_limit_at_most(samples, monkeypatch, time_limit, rounds):
    """Three rounds of 4 seconds; one that goes beyond is the last."""
    network, _ = _made()
    even, taken = _even(2.0, monkeypatch)
    plan = decide_precision(network, even, samples, _plan(network, time_limit=time_limit))
    assert len(taken) == 2 * rounds
    assert ("too much of the time limit" in plan.precision_reason) == (time_limit < 120)


class _ExactOnly(Network):
    def forward(self, x):
        if self.reduced:
            raise RuntimeError("not implemented for 'BFloat16'")
        return super().forward(x)


def test_a_network_that_cannot_be_reduced_is_trained_in_float32(samples):
    network, objective = _made(_ExactOnly)
    history = Trainer(2, callbacks=()).train(network, objective, samples, seed=0)
    assert len(history.epochs) == 2
    assert history.precision == "float32"
    assert "could not be tried" in history.precision_reason


def test_weights_depend_on_the_precision_and_on_no_trial(samples):
    tried, history = _trained(samples)
    cached, again = _trained(samples)
    asked, _ = _trained(samples, bfloat16=history.precision == "bfloat16")
    other, _ = _trained(samples, bfloat16=history.precision != "bfloat16")
    assert again.precision == history.precision
    assert _equal(tried, cached)
    assert _equal(tried, asked)
    assert not _equal(tried, other)


def test_the_setting_overrules_what_a_trial_would_say(samples, cache, monkeypatch):
    _trained(samples)
    _say(cache, 1, 2, monkeypatch)
    reduced = _trained(samples, bfloat16=True)[1]
    _say(cache, 2, 1, monkeypatch)
    exact = _trained(samples, bfloat16=False)[1]
    assert (reduced.precision, exact.precision) == ("bfloat16", "float32")
    assert reduced.precision_reason == exact.precision_reason == "the trainer says so"


class _StopAt:
    """Ends a training after an epoch, and keeps the plan it was told."""

    def __init__(self, last):
        self.last = last

    def on_start(self, plan):
        self.plan = plan

    def on_heartbeat(self, progress):
        pass

    def on_epoch(self, epoch):
        if epoch.number == self.last:
            raise StopTraining

    def on_end(self, history):
        pass


@pytest.mark.parametrize("is_of_0_1", [False, True])
def test_a_training_taken_up_again_keeps_its_precision(
    samples, cache, tmp_path, monkeypatch, is_of_0_1
):
    monkeypatch.setattr("latens.training.loop._CHECKPOINT_SECONDS", 0)
    _trained(samples, max_epochs=1)
    _say(cache, 2, 1, monkeypatch)
    path, stop = tmp_path / "state.safetensors", _StopAt(3)
    _, begun = _trained(samples, checkpoint=path, callbacks=(stop,))
    assert stop.plan.bfloat16
    if is_of_0_1:
        _as_0_1_wrote(path)
    _say(cache, 1, 2, monkeypatch)
    resumed, history = _trained(samples, checkpoint=path)
    whole, _ = _trained(samples, bfloat16=True)
    assert history.precision == begun.precision == "bfloat16"
    assert history.precision_reason == ("" if is_of_0_1 else begun.precision_reason)
    assert len(history.epochs) == 6
    assert _equal(resumed, whole)


def _as_0_1_wrote(path):
    """Leave the precision in the plan alone."""
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["state"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del about["precision"], about["precision_reason"]
    signed = json.loads(about["signature"])
    signed["plan"]["bfloat16"] = True
    del signed["plan"]["precision_reason"]
    save_file(tensors, path, {"state": json.dumps(about | {"signature": json.dumps(signed)})})


def test_what_was_used_and_why_is_saved_with_a_model(samples, tmp_path):
    from latens import load_model
    from latens.models import Autoencoder

    X = np.random.default_rng(0).random((60, 9))
    Autoencoder(2, trainer=Trainer(2, callbacks=(), bfloat16=True)).fit(X).save(tmp_path / "model")
    history = load_model(tmp_path / "model").history_
    assert (history.precision, history.precision_reason) == ("bfloat16", "the trainer says so")
