"""Training in bfloat16, where the machine has instructions for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from latens.networks import Network
from latens.training.callbacks import Plan

__all__ = ["gains_from_bfloat16", "training_precision"]

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)

# Weights times samples of a step, for dense layers and for convolutions, which use a weight many times.
# Below it the casts cost what the products gain.
_WORTH_CASTING = {"dense": 1e8, "convolutional": 1e6}


def gains_from_bfloat16(network: nn.Module, plan: Plan) -> bool:
    """Whether the machine multiplies bfloat16 natively, and the steps are large enough to tell.

    Not where a convolution on a CPU has a stride or is transposed: alone it gains too, but the threads of
    oneDNN spin in a barrier there, and a step takes seconds whenever another program wants a core.
    """
    device = torch.device(plan.device)
    convolutions = [one for one in network.modules() if isinstance(one, _CONVOLUTIONS)]
    if device.type == "cpu" and any(_spins(one) for one in convolutions):
        return False
    kind = "convolutional" if convolutions else "dense"
    is_large = plan.parameters * plan.batch_size >= _WORTH_CASTING[kind]
    return is_large and _has_instructions(device)


@contextmanager
def training_precision(network: Network, plan: Plan) -> Iterator[None]:
    """Multiply inside as planned; afterwards the network is as exact as its weights."""
    network.reduced = plan.bfloat16
    try:
        yield
    finally:
        network.reduced = False


def _spins(layer: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    return isinstance(layer, nn.ConvTranspose2d) or layer.stride != (1, 1)


def _has_instructions(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        # Asked of torch and not of the system, as it is torch that multiplies.
        able: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return False
