"""How the program ends when it is told to: by Ctrl-C, by a signal, or by nobody listening any more."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Told", "told_to_stop"]


class Told:
    """What told the program to stop, if anything did."""

    def __init__(self) -> None:
        self.code: int | None = None

    def by(self, number: int, frame: FrameType | None) -> None:
        self.code = 128 + number
        raise KeyboardInterrupt


@contextmanager
def told_to_stop() -> Iterator[Told]:
    """Make a request to end, or a terminal that is closed, what Ctrl-C is: everything is left in order.

    What was told to pass over such a signal, as `nohup` tells it, goes on doing so.
    """
    told, before = Told(), {}
    try:
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, told.by)
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
