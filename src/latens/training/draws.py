"""Where the random numbers of a training come from: its own generator, if its parts can be told so."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.modules.dropout import _DropoutNd

from latens._draws import seeded, seeded_alone
from latens.objectives import Objective

__all__ = ["training_draws"]

# Layers of torch that draw while they train, and cannot be told from where.
_DRAWING = (_DropoutNd, nn.RReLU, nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)
_KNOWN = ("latens.", "torch.nn.")


def training_draws(
    seed: int, network: nn.Module, objective: Objective, device: torch.device
) -> AbstractContextManager[None]:
    """Let the random numbers of a training come from a seed, the same ones in any number of threads.

    Trainings of which all parts are known to draw from a given generator go on side by side; others, and
    those on a GPU or of compiled networks, have torch's generators for themselves, one after the other.
    """
    is_alone = (
        device.type != "cpu"
        or network._compiled_call_impl is not None
        or any(_draws_itself(part) for part in _parts(network, objective))
    )
    return seeded_alone(seed, device) if is_alone else seeded(seed)


def _parts(network: nn.Module, objective: Objective) -> Iterator[Any]:
    yield from network.modules()
    yield from objective.modules()
    functions: list[Callable[..., Any] | None] = [
        getattr(objective, "reconstruction", None),
        getattr(objective, "corruption", None),
        *(term.function for term in getattr(objective, "terms", {}).values()),
    ]
    for function in functions:
        while isinstance(function, partial):
            function = function.func
        if function is not None:
            yield function


def _draws_itself(part: Any) -> bool:
    """Whether a module or a function may draw from torch's generators: it does, or nobody knows."""
    if isinstance(part, _DRAWING):
        return True
    owner = part if hasattr(part, "__module__") else type(part)
    return not str(owner.__module__).startswith(_KNOWN)
