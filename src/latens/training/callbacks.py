"""Callbacks, which follow a training and may end it."""

from dataclasses import dataclass
from typing import Protocol

from latens.training.history import Epoch, History

__all__ = ["Callback", "Plan", "StopTraining"]


class StopTraining(Exception):
    """Raised by a callback to end a training early; the best weights so far are kept."""


@dataclass(frozen=True)
class Plan:
    """What a training is about to do.

    Attributes
    ----------
    n_train, n_validation : int
        Samples to learn from, and held out.
    batch_size : int
        Samples per step.
    learning_rate : float
        The largest of the schedule.
    max_epochs : int or None
        None where only the time limit ends the training.
    patience : int or None
        Epochs without progress before the training ends; None: half as many as led to the best one, at
        least 10.
    time_limit : float or None
        In seconds.
    device : str
    parameters : int
        Numbers to learn.
    bfloat16 : bool or None
        Whether encoder and decoder multiply in bfloat16; None as long as a trial has to decide, which it
        has when `on_start` is called.
    precision_reason : str
        Why so, as the end of a sentence: "a step took 12 ms against 19 ms in float32".
    compiled : bool
        Whether the network is to be compiled.
    """

    n_train: int
    n_validation: int
    batch_size: int
    learning_rate: float
    max_epochs: int | None
    patience: int | None
    time_limit: float | None
    device: str
    parameters: int
    bfloat16: bool | None = False
    precision_reason: str = ""
    compiled: bool = False

    @property
    def steps(self) -> int:
        """Steps per epoch; an incomplete last batch is left out (its rows come up in other epochs)."""
        return max(1, self.n_train // self.batch_size)


class Callback(Protocol):
    """The moments of a training. `on_heartbeat` and `on_epoch` may raise `StopTraining`."""

    def on_start(self, plan: Plan) -> None:
        """Called before the first step."""

    def on_heartbeat(self, progress: float) -> None:
        """Called several times a second, with the share of the whole training that is over, in [0, 1]."""

    def on_epoch(self, epoch: Epoch) -> None:
        """Called after every epoch."""

    def on_end(self, history: History) -> None:
        """Called after the last step, however the training ended."""
