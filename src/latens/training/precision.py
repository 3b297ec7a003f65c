"""When a training multiplies in bfloat16: where the machine has instructions for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from latens.networks import Network
from latens.training.callbacks import Plan

__all__ = ["gains_from_bfloat16", "training_precision"]

# Weights times samples of a step. Below it the casts cost what the products gain.
_WORTH_CASTING = 1e8


def gains_from_bfloat16(network: nn.Module, plan: Plan) -> bool:
    """Whether the machine multiplies bfloat16 natively, and the steps are large enough to tell.

    Not for convolutions on a CPU: alone they are half as fast again, but their threads spin in a barrier
    of oneDNN, and a step takes 5 to 30 times as long whenever another program wants a core.
    """
    on_cpu = torch.device(plan.device).type == "cpu"
    is_dense = not any(isinstance(module, nn.Conv2d) for module in network.modules())
    is_small = is_dense and plan.parameters * plan.batch_size < _WORTH_CASTING
    if is_small or (on_cpu and not is_dense):
        return False
    return _has_instructions(torch.device(plan.device))


@contextmanager
def training_precision(network: Network, plan: Plan) -> Iterator[None]:
    """Multiply inside as planned; afterwards the network is as exact as its weights."""
    network.reduced = plan.bfloat16
    try:
        yield
    finally:
        network.reduced = False


def _has_instructions(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        # Asked of torch and not of the system, as it is torch that multiplies.
        able: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return False
