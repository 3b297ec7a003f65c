"""Everything that a training changes, as one object that can be written and read back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.history import History

__all__ = ["TrainingState", "is_bfloat16", "is_same", "signature"]

# Settings that may differ between the parts of a resumed training.
_FREE_SETTINGS = {"callbacks", "checkpoint", "device"}
# Likewise; the patience is a setting, too, of which 0.1 wrote here what it made of it. The precision is what
# the checkpoint says, unless a setting does, whatever a trial would say here.
_FREE_FACTS = {"device", "patience", "bfloat16", "precision_reason"}


class TrainingState:
    """Network, objective, optimizers, the best weights so far and the history.

    Parameters
    ----------
    modules : Module
        Network and objective, as one module.
    optimizers : list of Optimizer
        One per phase.
    history : History
        Empty as yet.
    signature : str
        Identifies settings and data, so that a checkpoint is not continued by another training.
    """

    def __init__(
        self,
        modules: nn.Module,
        optimizers: list[torch.optim.Optimizer],
        history: History,
        signature: str,
    ) -> None:
        self.modules = modules
        self.optimizers = optimizers
        self.signature = signature
        self.history = history
        self.best: dict[str, Tensor] = {}

    def keep_best(self) -> None:
        """Remember the present weights if the last epoch was the best so far."""
        epochs = self.history.epochs
        if epochs[-1] is self.history.best:
            self.best = {name: value.clone() for name, value in self.modules.state_dict().items()}

    def restore_best(self) -> None:
        """Give the network the weights of its best epoch, if there was one."""
        if self.best:
            self.modules.load_state_dict(self.best)

    def tensors(self) -> dict[str, Tensor]:
        """Return all tensors under unique names."""
        named = {f"now.{name}": value for name, value in self.modules.state_dict().items()}
        named |= {f"best.{name}": value for name, value in self.best.items()}
        for number, optimizer in enumerate(self.optimizers):
            for index, values in optimizer.state_dict()["state"].items():
                for key, value in values.items():
                    named[f"optimizer.{number}.{index}.{key}"] = torch.as_tensor(value)
        return named

    def has_layers_of(self, tensors: dict[str, Tensor]) -> bool:
        """Whether what `tensors` gave came from modules with the same names and shapes."""
        here = {name: value.shape for name, value in self.modules.state_dict().items()}
        return here == {name: value.shape for name, value in _under("now.", tensors).items()}

    def load_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Take back what `tensors` gave.

        Raises
        ------
        ValueError
            If they are none that it can have given; nothing is taken then.
        """
        now, best = _under("now.", tensors), _under("best.", tensors)
        here = self.modules.state_dict()
        for part in (now, best):
            if part.keys() != here.keys():
                raise ValueError("its weights are not all there")
            for name, value in part.items():
                _check_alike(name, value, here[name])
        states = [_state_of(one, number, tensors) for number, one in enumerate(self.optimizers)]
        for optimizer, state in zip(self.optimizers, states, strict=True):
            self._check_whole(optimizer, state, now)
        taken = sum(len(values) for state in states for values in state.values())
        if len(now) + len(best) + taken < len(tensors):
            raise ValueError("it has tensors that belong to nothing")
        self.modules.load_state_dict(now)
        self.best = {name: value.to(here[name].device) for name, value in best.items()}
        for optimizer, state in zip(self.optimizers, states, strict=True):
            optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
            _lay_out_alike(optimizer)

    def _check_whole(
        self,
        optimizer: torch.optim.Optimizer,
        state: Mapping[int, object],
        now: Mapping[str, Tensor],
    ) -> None:
        """Refuse to forget a parameter that has moved; one without a gradient is never remembered."""
        names = {id(one): name for name, one in self.modules.named_parameters()}
        parameters = [one for group in optimizer.param_groups for one in group["params"]]
        for place, parameter in enumerate(parameters):
            name = names.get(id(parameter), "")
            if place in state or name not in now:
                continue
            if not torch.equal(now[name].to(parameter.device), parameter.detach()):
                raise ValueError(f"its optimizer has nothing of '{name}'")


def _state_of(
    optimizer: torch.optim.Optimizer, number: int, tensors: dict[str, Tensor]
) -> dict[int, dict[str, Tensor]]:
    """What one optimizer remembers of each of its parameters, by the parameter's place."""
    parameters = [one for group in optimizer.param_groups for one in group["params"]]
    places = {str(place): place for place in range(len(parameters))}
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in _under(f"optimizer.{number}.", tensors).items():
        place, _, key = name.partition(".")
        if place not in places:
            raise ValueError(f"there is no parameter {place[:20]!r}")
        state.setdefault(places[place], {})[key] = value
    is_adam = isinstance(optimizer, torch.optim.Adam)
    keys = {"step", "exp_avg", "exp_avg_sq"} if is_adam else {"momentum_buffer"}
    for index, values in state.items():
        if values.keys() != keys:
            raise ValueError(f"its optimizer does not remember {', '.join(sorted(values))[:60]}")
        for key, value in values.items():
            alike = torch.zeros(()) if key == "step" else parameters[index]
            _check_alike(key, value, alike)
            if key in ("step", "exp_avg_sq") and (value < 0).any():
                raise ValueError(f"'{key}' is below 0")
    return state


def _check_alike(name: str, value: Tensor, here: Tensor) -> None:
    if value.shape != here.shape or value.dtype != here.dtype:
        raise ValueError(
            f"'{name}' is {value.dtype} of shape {tuple(value.shape)}, not {here.dtype} of shape "
            f"{tuple(here.shape)}"
        )


def _lay_out_alike(optimizer: torch.optim.Optimizer) -> None:
    """Give what an optimizer remembers of each weight the weight's own order in memory.

    Files hold one order for all, and networks of convolutions another; the fused optimizers go through
    memory and do not look.
    """
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter).copy_(value)


def signature(
    settings: Mapping[str, object],
    objective: Objective,
    plan: Plan,
    seed: int,
    parameters: Mapping[str, object],
) -> str:
    """Return what must be equal for a training to continue another, as text.

    Of the parameters only plain values count: what an object looks like as text may change from process
    to process.
    """
    signed_settings = {
        name: str(value) for name, value in settings.items() if name not in _FREE_SETTINGS
    }
    aim = [type(objective).__name__, *objective.terms]
    plain = {name: value for name, value in parameters.items() if _is_plain(value)}
    signed = {
        "settings": signed_settings,
        "objective": aim,
        "parameters": plain,
        "plan": asdict(plan),
        "seed": seed,
    }
    return json.dumps(signed, sort_keys=True)


def is_same(signature: str, other: str) -> bool:
    """Whether what was signed is the same, but for what may differ between parts of a training.

    Raises
    ------
    ValueError
        If one of them is no signature.
    """
    return _signed(signature) == _signed(other)


def is_bfloat16(signature: str) -> bool:
    """Whether what was signed was planned in bfloat16: 0.1 noted the precision nowhere else.

    Raises
    ------
    ValueError
        If it is no signature.
    """
    return _parsed(signature)["plan"].get("bfloat16") is True


def _signed(signature: str) -> dict[str, Any]:
    signed = _parsed(signature)
    facts = {name: value for name, value in signed["plan"].items() if name not in _FREE_FACTS}
    return {**signed, "plan": facts}


def _parsed(signature: str) -> dict[str, Any]:
    signed = json.loads(signature)
    if not isinstance(signed, dict) or not isinstance(signed.get("plan"), dict):
        raise ValueError("it does not say which training it belongs to")
    return signed


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, bool | int | float | str | None)


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
