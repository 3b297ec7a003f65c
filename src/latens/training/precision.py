"""Training in bfloat16, where the machine has instructions for it and a trial says that they gain."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import nn

from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.precision_trial import step_times
from latens.training.samples import DeviceSamples

__all__ = [
    "choose_precision",
    "decide_precision",
    "has_bfloat16",
    "obstacle_to_bfloat16",
    "training_precision",
]

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)

# Weights times samples of a step, for dense layers and for convolutions, which use a weight many times.
# Below it the casts cost what the products gain.
_WORTH_CASTING = {"dense": 1e8, "convolutional": 1e6}
# A trial takes about ten steps. These depend on the plan and not on what a step takes, so that one and the
# same short training is never in bfloat16 today and in float32 tomorrow.
_WORTH_TRYING_STEPS, _WORTH_TRYING_SECONDS = 200, 2.0
# What bfloat16 has to gain: less may be chance.
_GAIN = 0.05


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device has instructions for bfloat16."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        # Asked of torch and not of the system, as it is torch that multiplies.
        able: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return False


def obstacle_to_bfloat16(network: nn.Module, plan: Plan) -> str:
    """Return why bfloat16 is out of the question, as the end of "float32, as ..."; empty if it is not.

    A convolution on a CPU that has a stride or is transposed rules it out: alone it gains too, but the
    threads of oneDNN spin in a barrier there, and a step takes seconds whenever another program wants a
    core, which a trial on a quiet machine would not show.
    """
    device = torch.device(plan.device)
    if not has_bfloat16(device):
        return "the machine has no instructions for bfloat16"
    convolutions = [one for one in network.modules() if isinstance(one, _CONVOLUTIONS)]
    if device.type == "cpu" and any(_spins(one) for one in convolutions):
        return "strided and transposed convolutions in bfloat16 wait for each other on a CPU"
    kind = "convolutional" if convolutions else "dense"
    if plan.parameters * plan.batch_size < _WORTH_CASTING[kind]:
        return "its steps are too small to gain from bfloat16"
    steps = None if plan.max_epochs is None else plan.steps * plan.max_epochs
    if steps is not None and steps < _WORTH_TRYING_STEPS:
        return f"bfloat16 is not tried for fewer than {_WORTH_TRYING_STEPS} steps"
    if plan.time_limit is not None and plan.time_limit < _WORTH_TRYING_SECONDS:
        return f"bfloat16 is not tried within less than {_WORTH_TRYING_SECONDS:.0f} s"
    return ""


def decide_precision(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan
) -> Plan:
    """Return the plan with the precision that a trial chooses, where it leaves that to one.

    The trial runs on copies, and no random number of the training depends on it.
    """
    if plan.bfloat16 is not None:
        return plan
    times = step_times(network, objective, samples, plan)
    if isinstance(times, str):
        return replace(plan, bfloat16=False, precision_reason=times)
    bfloat16, reason = choose_precision(times.float32, times.bfloat16)
    return replace(plan, bfloat16=bfloat16, precision_reason=reason)


def choose_precision(float32: float, bfloat16: float) -> tuple[bool, str]:
    """Return whether to take bfloat16, and why, by the seconds of a step in each.

    Examples
    --------
    >>> choose_precision(0.019, 0.012)
    (True, 'a step took 12 ms against 19 ms in float32')
    >>> choose_precision(0.0042, 0.0041)
    (False, 'a step took 4.2 ms, and 4.1 ms in bfloat16: less than 5 % are no gain')
    """
    here, there = _milliseconds(float32), _milliseconds(bfloat16)
    if bfloat16 < (1 - _GAIN) * float32:
        return True, f"a step took {there} against {here} in float32"
    if bfloat16 < float32:
        return False, f"a step took {here}, and {there} in bfloat16: less than 5 % are no gain"
    return False, f"a step took {here} against {there} in bfloat16"


@contextmanager
def training_precision(network: Network, plan: Plan) -> Iterator[None]:
    """Multiply inside as planned; afterwards the network is as exact as its weights."""
    network.reduced = bool(plan.bfloat16)
    try:
        yield
    finally:
        network.reduced = False


def _milliseconds(seconds: float) -> str:
    number = 1000 * seconds
    return f"{number:.0f} ms" if number >= 10 else f"{number:.2g} ms"


def _spins(layer: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    return isinstance(layer, nn.ConvTranspose2d) or layer.stride != (1, 1)
