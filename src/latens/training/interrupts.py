"""Ctrl-C ends a training, and its best weights so far are kept."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from latens.training.callbacks import Plan, StopTraining
from latens.training.history import Epoch, History

__all__ = ["StopOnInterrupt"]


class StopOnInterrupt:
    """A callback that turns the first Ctrl-C into a clean end of the training.

    A second Ctrl-C while the run is being finished ends the program at once.

    Parameters
    ----------
    say : callable
        Told what happens then.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
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
        self.say(
            "\nstopping: the best weights so far are kept; press Ctrl-C again to leave at once"
        )
        signal.signal(signal.SIGINT, self._before)
