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

    A second Ctrl-C while the run is being finished ends the program at once, and so does the first one before
    there is anything to keep.

    Parameters
    ----------
    say : callable
        Told what happens then.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
        self.asked = False
        self._has_epoch = False
        self._before: Any = None

    def on_start(self, plan: Plan) -> None:
        self._has_epoch = False
        self._before = signal.signal(signal.SIGINT, self._ask)

    def on_heartbeat(self, progress: float) -> None:
        self._end_if_asked()

    def on_epoch(self, epoch: Epoch) -> None:
        self._has_epoch = True
        self._end_if_asked()

    def on_end(self, history: History) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _end_if_asked(self) -> None:
        if self.asked:
            raise StopTraining if self._has_epoch else KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        kept = "the best weights so far are kept" if self._has_epoch else "no epoch is done yet"
        self.say(f"\nstopping: {kept}; press Ctrl-C again to leave at once")
        signal.signal(signal.SIGINT, self._before)
