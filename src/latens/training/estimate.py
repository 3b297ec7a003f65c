"""How long a training would take on this machine, by timing a few of its batches."""

from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.samples import DeviceSamples
from latens.training.trial_steps import trial_steps

__all__ = ["seconds_per_epoch"]

_FEWEST_STEPS, _ENOUGH_SECONDS = 3, 0.5
# The optimizer's step and the held-out part, which are not timed.
_OVERHEAD = 1.15


def seconds_per_epoch(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan
) -> float:
    """Return the seconds that an epoch takes; network and objective stay as they were."""
    times: list[float] = []
    with trial_steps(network, objective, samples, plan) as step:
        while len(times) <= _FEWEST_STEPS or (sum(times) < _ENOUGH_SECONDS and len(times) < 50):
            times.append(step(bool(plan.bfloat16)))
    # The first step also pays for memory and kernels.
    settled = sorted(times[1:])
    return settled[len(settled) // 2] * plan.steps * _OVERHEAD
