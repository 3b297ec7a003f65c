"""How long a training would take on this machine, by timing a few of its batches."""

import copy
import time

import torch

from latens._draws import drawing
from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.draws import training_draws
from latens.training.memory import malloc_tuning
from latens.training.precision import training_precision
from latens.training.samples import DeviceSamples
from latens.training.threads import limit_threads

__all__ = ["seconds_per_epoch"]

_FEWEST_STEPS, _ENOUGH_SECONDS = 3, 0.5
# The optimizer's step and the held-out part, which are not timed.
_OVERHEAD = 1.15


def seconds_per_epoch(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan
) -> float:
    """Return the seconds that an epoch takes; network and objective stay as they were."""
    network, objective = copy.deepcopy((network, objective))
    phases = objective.phases(network)
    network.train()
    with (
        training_draws(0, network, objective, samples.device),
        limit_threads(network, plan),
        malloc_tuning(),
        training_precision(network, plan),
    ):
        rows = torch.randperm(len(samples), generator=drawing())[: plan.batch_size]
        times: list[float] = []
        while len(times) <= _FEWEST_STEPS or (sum(times) < _ENOUGH_SECONDS and len(times) < 50):
            start = time.perf_counter()
            for phase in phases:
                loss = phase.loss(network, samples.batch(rows)).total
                loss.backward()
                float(loss.detach())
            times.append(time.perf_counter() - start)
    # The first step also pays for memory and kernels.
    settled = sorted(times[1:])
    return settled[len(settled) // 2] * plan.steps * _OVERHEAD
