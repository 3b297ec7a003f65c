"""The settings of a training."""

import copy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from torch import nn

from latens._devices import resolve_device
from latens._durations import parse_duration
from latens._validation import (
    Boolean,
    Constraints,
    Having,
    Integer,
    Nothing,
    Options,
    Real,
    Text,
    check_parameters,
)
from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Callback, Plan
from latens.training.history import History
from latens.training.loop import Loop, LoopSettings, shuffled_rows
from latens.training.optimizers import Optimization
from latens.training.precision import obstacle_to_bfloat16
from latens.training.progress import ProgressBar
from latens.training.samples import DeviceSamples
from latens.training.schedules import SCHEDULES, Schedule

__all__ = ["Trainer"]

_MOST_VALIDATION_SAMPLES = 10_000
# Fewer than this and a held-out part says more about chance than about the network.
_FEWEST_VALIDATION_SAMPLES = 8

_LEARNING_RATE = 3e-3  # for batches of 256; docs/developers/decisions.md has the figures
_WORTH_COMPILING = 20_000  # steps


@dataclass(frozen=True)
class _Preset:
    """How long to train: samples shown in all, within some numbers of epochs."""

    samples: int
    fewest: int
    most: int

    def epochs(self, n_train: int) -> int:
        return min(self.most, max(self.fewest, self.samples // n_train))


_PRESETS = {
    "fast": _Preset(100_000, 3, 60),
    "balanced": _Preset(600_000, 10, 300),
    "best": _Preset(3_000_000, 30, 1_000),
}


def usual_epochs(preset: str, n_train: int) -> int:
    """Return how many epochs a preset takes for this many training samples.

    Examples
    --------
    >>> usual_epochs("fast", 10_000)
    10
    """
    return _PRESETS[preset].epochs(n_train)


class Trainer(BaseEstimator):
    """How a network is trained: settings that the one loop follows.

    The defaults are chosen by rules that look at nothing but the number of samples and the machine. The
    order of the samples and every random draw are functions of the seed and the epoch alone, so that a
    resumed training gives the weights of an uninterrupted one.

    Parameters
    ----------
    max_epochs : int in [1, inf) or None, default=None
        None: as many as `preset` says; with a `time_limit`, as many as fit.
    preset : {"fast", "balanced", "best"}, default="balanced"
        How long to train where neither `max_epochs` nor `time_limit` says it: until the network was shown
        100,000, 600,000 or 3,000,000 samples, within 3 to 60, 10 to 300 or 30 to 1,000 epochs.
    batch_size : int in [1, inf) or None, default=None
        Samples per step. None: a thirty-second of the samples, as a power of two in [16, 256].
    learning_rate : float in (0, inf) or None, default=None
        The largest of the schedule. None: 3e-3 for batches of 256, and in proportion to the square root
        of the batch size for others.
    optimizer : {"adamw", "adam", "sgd"}, default="adamw"
        "sgd" has a momentum of 0.9.
    weight_decay : float in [0, inf), default=0
        Worth a try, with 0.5, where the best epoch was long before the last; else it costs.
    epsilon : float in (0, inf), default=1e-8
        The small constant in the denominator of Adam.
    schedule : {"one-cycle", "plateau", "constant"} or a schedule, default="one-cycle"
        How the learning rate moves; see `latens.training.schedules`.
    validation_fraction : float in [0, 1), default=0.1
        The share of samples held out to choose the best epoch, at most 10,000 of them. No label is
        ever used for that.
    patience : int in [1, inf) or None, default=None
        Epochs to wait for a lower held-out loss before the training ends, with "one-cycle" from its best
        epoch; see `latens.training.schedules.OneCycle`. None: half as many as led to the best one, at
        least 10.
    min_delta : float in [0, inf), default=0
        How much lower the held-out loss must be to count as progress.
    time_limit : float in (0, inf), str or None, default=None
        Seconds, or words such as "90 s", "2 min" or "1.5 h"; the schedule is fitted to it.
    device : str, default="auto"
        "auto", "cpu", "cuda", "cuda:N" or "mps".
    dtype : {"float32", "float64"}, default="float32"
        Of weights, codes and losses.
    bfloat16 : {"auto"} or bool, default="auto"
        Whether encoder and decoder multiply in bfloat16 while training; the trained network is used in
        `dtype`. "auto": where steps of it take at least 5 % less time. Where the machine has instructions
        for it, the network is large enough to gain and the training has at least 200 steps, some steps of
        both kinds are timed beforehand, once for a network and a machine: the times are kept in
        ``$XDG_CACHE_HOME/latens/step-times``. A checkpoint says what was chosen, and a training that is
        taken up again keeps to it. Never with float64. `History.precision` has what was used,
        `History.precision_reason` why.
    compile : {"auto"} or bool, default="auto"
        Whether the network is compiled by `torch.compile`. "auto": on a GPU, for trainings of at least
        20,000 steps. Where compiling fails, the training goes on without it and `History.notes` says so.
    checkpoint : str, path or None, default=None
        A file that holds the whole state of the training. If it exists, the training continues there.
    callbacks : sequence of Callback or None, default=None
        None: a progress bar if stderr is a terminal.

    References
    ----------
    Malladi, Lyu, Panigrahi and Arora (2022), On the SDEs and scaling rules for adaptive gradient
    algorithms. arXiv:2205.10287, for the square root.

    Examples
    --------
    >>> Trainer(max_epochs=20, learning_rate=2e-3)
    Trainer(learning_rate=0.002, max_epochs=20)
    """

    _constraints: ClassVar[Constraints] = {
        "max_epochs": (Integer(1), Nothing()),
        "batch_size": (Integer(1), Nothing()),
        "preset": (Options(tuple(_PRESETS)),),
        "learning_rate": (Real(0, closed="right"), Nothing()),
        "optimizer": (Options(("adamw", "adam", "sgd")),),
        "weight_decay": (Real(0),),
        "epsilon": (Real(0, closed="right"),),
        "schedule": (Options(tuple(SCHEDULES)), Having("factor", "a schedule")),
        "validation_fraction": (Real(0, 1, closed="left"),),
        "patience": (Integer(1), Nothing()),
        "min_delta": (Real(0),),
        "time_limit": (Real(0, closed="right"), Text("words such as '2 min'"), Nothing()),
        "device": (Text("a device name"),),
        "dtype": (Options(("float32", "float64")),),
        "bfloat16": (Options(("auto",)), Boolean()),
        "compile": (Options(("auto",)), Boolean()),
        "checkpoint": (Text("a path"), Having("with_name", "a path"), Nothing()),
        "callbacks": (Having("__iter__", "a sequence of callbacks"), Nothing()),
    }

    def __init__(
        self,
        max_epochs: int | None = None,
        *,
        preset: str = "balanced",
        batch_size: int | None = None,
        learning_rate: float | None = None,
        optimizer: str = "adamw",
        weight_decay: float = 0.0,
        epsilon: float = 1e-8,
        schedule: str | Schedule = "one-cycle",
        validation_fraction: float = 0.1,
        patience: int | None = None,
        min_delta: float = 0.0,
        time_limit: float | str | None = None,
        device: str = "auto",
        dtype: str = "float32",
        bfloat16: str | bool = "auto",
        compile: str | bool = "auto",
        checkpoint: str | Path | None = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> None:
        self.max_epochs = max_epochs
        self.preset = preset
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.epsilon = epsilon
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.min_delta = min_delta
        self.time_limit = time_limit
        self.device = device
        self.dtype = dtype
        self.bfloat16 = bfloat16
        self.compile = compile
        self.checkpoint = checkpoint
        self.callbacks = callbacks

    def __sklearn_clone__(self) -> Self:
        """Return the callbacks themselves: a copy would get what the user's own object is waiting for."""
        return copy.copy(self)

    def plan(self, n_samples: int, network: nn.Module) -> Plan:
        """Return what training a network on this many samples would do.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        """
        check_parameters(self)
        n_validation = self._validation_size(n_samples)
        n_train = n_samples - n_validation
        limit = None if self.time_limit is None else parse_duration(self.time_limit)
        max_epochs = self.max_epochs or (None if limit else usual_epochs(self.preset, n_train))
        batch_size = min(n_train, self.batch_size or _batch_size(n_train))
        plan = Plan(
            n_train=n_train,
            n_validation=n_validation,
            batch_size=batch_size,
            learning_rate=self.learning_rate or _LEARNING_RATE * sqrt(batch_size / 256),
            max_epochs=max_epochs,
            patience=self.patience,
            time_limit=limit,
            device=str(resolve_device(self.device)),
            parameters=sum(p.numel() for p in network.parameters() if p.requires_grad),
        )
        bfloat16, reason = self._bfloat16(network, plan)
        return replace(
            plan, bfloat16=bfloat16, precision_reason=reason, compiled=self._compiled(plan)
        )

    def train(
        self,
        network: Network,
        objective: Objective,
        samples: DeviceSamples,
        *,
        seed: int,
        history: History | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> History:
        """Fit network and objective to samples; the network ends with its best weights.

        Parameters
        ----------
        network : Network
            Changed in place.
        objective : Objective
            Changed in place where it learns something of its own.
        samples : DeviceSamples
        seed : int
            Decides the held-out part, the order of the samples and every draw.
        history : History or None, default=None
            An empty one to fill, for callers that need it even after an interrupt.
        parameters : mapping or None, default=None
            What network and objective were made with: a checkpoint is taken up again only where the plain
            values among them, numbers, texts and None, are the same.

        Returns
        -------
        History

        Raises
        ------
        TrainingError
            If a loss is not finite, or a checkpoint does not belong to this training.
        KeyboardInterrupt
            After the best weights so far were restored.
        """
        settings = self._loop_settings(self.plan(len(samples), network))
        history = history or History()
        return Loop(settings, network, objective, samples, seed, history, parameters or {}).run()

    def held_out_rows(self, n_samples: int, *, seed: int) -> np.ndarray:
        """Return which of this many samples `train` with this seed takes no step on, ascending.

        Examples
        --------
        >>> len(Trainer(validation_fraction=0.2).held_out_rows(100, seed=0))
        20
        """
        rows = shuffled_rows(n_samples, seed).numpy()
        return np.sort(rows[: self._validation_size(n_samples)])

    def _loop_settings(self, plan: Plan) -> LoopSettings:
        callbacks = self.callbacks
        if callbacks is None:
            callbacks = (ProgressBar(),) if sys.stderr.isatty() else ()
        schedule = self.schedule
        return LoopSettings(
            plan=plan,
            optimization=Optimization(self.optimizer, self.weight_decay, self.epsilon),
            schedule=SCHEDULES[schedule] if isinstance(schedule, str) else schedule,
            min_delta=self.min_delta,
            checkpoint=None if self.checkpoint is None else Path(self.checkpoint),
            callbacks=tuple(callbacks),
            signed=self.get_params(deep=False),
        )

    def _validation_size(self, n_samples: int) -> int:
        wanted = round(self.validation_fraction * n_samples)
        wanted = min(_MOST_VALIDATION_SAMPLES, wanted, n_samples - 1)
        return wanted if wanted >= _FEWEST_VALIDATION_SAMPLES else 0

    def _bfloat16(self, network: nn.Module, plan: Plan) -> tuple[bool | None, str]:
        """Whether to use it, and why; None where a trial has to say."""
        if not isinstance(self.bfloat16, str) or self.dtype != "float32":
            return self.bfloat16 is True, "the trainer says so"
        obstacle = obstacle_to_bfloat16(network, plan)
        return (False, obstacle) if obstacle else (None, "")

    def _compiled(self, plan: Plan) -> bool:
        if isinstance(self.compile, str):
            # On a CPU it gained nothing and took a minute (docs/developers/decisions.md).
            steps = plan.steps * (plan.max_epochs or 0)
            return plan.device.startswith("cuda") and steps >= _WORTH_COMPILING
        return self.compile


def _batch_size(n_train: int) -> int:
    """A thirty-second of the samples, as a power of two in [16, 256]: enough steps for few samples."""
    return int(min(256, max(16, 2 ** (n_train // 32).bit_length() // 2)))
