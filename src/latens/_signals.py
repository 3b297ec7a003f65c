"""How the program ends when it is told to: by Ctrl-C, by a signal, or by nobody listening any more."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Told", "told_to_stop"]

# Nobody waits longer for a program that was told to end, whatever a library is doing.
_GRACE = 2.0


class Told:
    """What told the program to stop, if anything did."""

    def __init__(self) -> None:
        self.code: int | None = None

    def by(self, number: int, frame: FrameType | None) -> None:
        self.code = 128 + number
        raise KeyboardInterrupt


@contextmanager
def told_to_stop(leave: Callable[[], None]) -> Iterator[Told]:
    """Make a request to end, or a terminal that is closed, what Ctrl-C is: everything is left in order.

    What was told to pass over such a signal, as `nohup` tells it, goes on doing so. Python sees a signal only
    between two of its own steps, and one of a library may take long: a program that has not ended within
    2 s does `leave`, which must be short, and is gone.
    """
    told, before = Told(), {}
    with _ends_in_time(leave):
        try:
            for name in ("SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                    before[number] = signal.signal(number, told.by)
            yield told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _ends_in_time(leave: Callable[[], None]) -> Iterator[None]:
    """Have another thread look after signals, whose numbers arrive through a pipe at once."""
    if os.name == "nt":  # which has no pipes that never block
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    ended = threading.Event()

    def watch() -> None:
        while number := os.read(reader, 1):
            if number[0] not in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 0)):
                continue
            if not ended.wait(_GRACE):
                with suppress(Exception):
                    leave()
                    sys.stderr.flush()
                os._exit(128 + number[0])

    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(writer)
        thread.join()
        os.close(reader)
