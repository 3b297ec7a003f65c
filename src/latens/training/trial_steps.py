"""Steps of a training that are only timed: on copies, and no random number of others depends on them."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from latens._draws import drawing
from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.draws import training_draws
from latens.training.memory import malloc_tuning
from latens.training.samples import DeviceSamples
from latens.training.threads import limit_threads

__all__ = ["trial_steps"]


@contextmanager
def trial_steps(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan
) -> Iterator[Callable[[bool], float]]:
    """Give a function that takes a step, in bfloat16 or not, and returns its seconds.

    A step is forward and backward passes of all phases on one batch. The optimizers' part is not in it,
    which is the same in both precisions.
    """
    network, objective = copy.deepcopy((network, objective))
    phases = objective.phases(network)
    network.train()
    objective.train()
    with (
        training_draws(0, network, objective, samples.device),
        limit_threads(network, plan),
        malloc_tuning(),
    ):
        rows = torch.randperm(len(samples), generator=drawing())[: plan.batch_size]

        def step(bfloat16: bool) -> float:
            network.reduced = bfloat16
            start = time.perf_counter()
            for phase in phases:
                loss = phase.loss(network, samples.batch(rows.to(samples.device))).total
                network.zero_grad(set_to_none=True)
                objective.zero_grad(set_to_none=True)
                loss.backward()
                float(loss.detach())
            if samples.device.type == "cuda":
                torch.cuda.synchronize(samples.device)
            return time.perf_counter() - start

        yield step
