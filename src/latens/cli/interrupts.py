"""A training in a terminal: its progress, and Ctrl-C, which ends it and keeps its best weights."""

import signal
import sys
from types import FrameType
from typing import Any

import typer

from latens.cli.console import say
from latens.training import (
    Callback,
    Epoch,
    EpochLines,
    History,
    Plan,
    ProgressBar,
    StopTraining,
)

__all__ = ["StopOnInterrupt", "end_as_stopped", "terminal_callbacks"]


def terminal_callbacks(description: str) -> tuple[Callback, ...]:
    """Return what shows the progress of a training with a name, and lets Ctrl-C end it."""
    progress = ProgressBar(description) if sys.stderr.isatty() else EpochLines(description)
    return (progress, StopOnInterrupt())


def end_as_stopped(history: History) -> None:
    """Exit as what was interrupted does, 130, once all is written that an interrupted training is good for.

    Raises
    ------
    Exit
        If Ctrl-C ended the training.
    """
    if history.stopped == "interrupted":
        raise typer.Exit(130)


class StopOnInterrupt:
    """A callback that turns the first Ctrl-C into a clean end of the training.

    A second Ctrl-C while the run is being finished ends the program at once.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def on_start(self, plan: Plan) -> None:
        self._before = signal.signal(signal.SIGINT, self._ask)

    def on_heartbeat(self, progress: float) -> None:
        if self.asked:
            raise StopTraining

    def on_epoch(self, epoch: Epoch) -> None:
        self.on_heartbeat(0.0)

    def on_end(self, history: History) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        say("\nstopping: the best weights so far are kept; press Ctrl-C again to leave at once")
        signal.signal(signal.SIGINT, self._before)
