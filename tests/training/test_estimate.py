"""How long an epoch would take."""

import copy

import numpy as np
import pytest
import torch

from latens.data.scaling import UNSCALED
from latens.networks import Deterministic, Network, Parts
from latens.objectives import Losses, Objective, squared_error
from latens.training import DeviceSamples, Trainer, trial_steps
from latens.training.estimate import seconds_per_epoch


class Clock(Objective):
    """Takes as long as it is told: the first step longer, as those of real networks do."""

    seconds = 0.0

    def forward(self, network, batch):
        Clock.seconds += 50.0 if not Clock.seconds else 2.0
        losses = super().forward(network, batch)
        return Losses(losses.total, losses.terms)


@pytest.fixture
def made():
    torch.manual_seed(0)
    parts = Parts(torch.nn.Linear(3, 2), torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Deterministic(parts, 2), bounded=False)
    samples = DeviceSamples(
        np.ones((100, 3), np.float32), UNSCALED, torch.device("cpu"), torch.float32
    )
    return network, samples


def test_it_is_the_middle_time_of_a_step_by_the_steps_of_an_epoch(made, monkeypatch):
    network, samples = made
    Clock.seconds = 0.0
    clock = trial_steps.time
    monkeypatch.setattr(clock, "perf_counter", lambda: Clock.seconds)
    plan = Trainer(batch_size=9).plan(100, network)
    assert plan.steps == 10
    found = seconds_per_epoch(network, Clock(squared_error), samples, plan)
    # 2 s a step, and 15 % for what is not timed; the first step does not count.
    assert found == pytest.approx(10 * 2 * 1.15)


def test_nothing_is_changed_by_it(made):
    network, samples = made
    before = copy.deepcopy(network.state_dict())
    state = torch.get_rng_state()
    plan = Trainer().plan(100, network)
    assert seconds_per_epoch(network, Objective(squared_error), samples, plan) > 0
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(one.grad is None for one in network.parameters())
    assert torch.equal(torch.get_rng_state(), state)


def test_of_a_few_slow_steps_the_middle_one_counts_and_the_first_does_not(made, monkeypatch):
    """Four steps, as three are the fewest beside the first: 50, then 1, 2 and 9 seconds."""
    network, samples = made
    steps = iter([50.0, 1.0, 2.0, 9.0])
    now = [0.0]

    class Slow(Objective):
        def forward(self, network, batch):
            now[0] += next(steps)
            return super().forward(network, batch)

    clock = trial_steps.time
    monkeypatch.setattr(clock, "perf_counter", lambda: now[0])
    plan = Trainer(batch_size=9).plan(100, network)
    found = seconds_per_epoch(network, Slow(squared_error), samples, plan)
    assert found == pytest.approx(10 * 2 * 1.15)


@pytest.mark.parametrize(("seconds", "steps"), [(2.0, 4), (1 / 16, 8), (1 / 1024, 50)])
def test_it_looks_for_half_a_second_within_4_to_50_steps(made, monkeypatch, seconds, steps):
    network, samples = made
    taken = []

    class Even(Objective):
        def forward(self, network, batch):
            taken.append(seconds)
            return super().forward(network, batch)

    clock = trial_steps.time
    monkeypatch.setattr(clock, "perf_counter", lambda: sum(taken))
    plan = Trainer(batch_size=9).plan(100, network)
    found = seconds_per_epoch(network, Even(squared_error), samples, plan)
    assert len(taken) == steps
    assert found == pytest.approx(10 * seconds * 1.15)
