"""A time limit is that of the whole process, from its start to the last line that it prints."""

import time

from latens._durations import parse_duration

__all__ = ["Clock", "seconds_for_training"]


class Clock:
    """When the program began: at its import, and again with every call of `main` in one process."""

    started = time.monotonic()

    @classmethod
    def start(cls) -> None:
        """Begin now."""
        cls.started = time.monotonic()


def seconds_for_training(limit: str, trainings: int = 1) -> float:
    """Return how much of a limit each training has: what follows has a third of what is left."""
    left = parse_duration(limit) - (time.monotonic() - Clock.started)
    return max(1.0, 2 / 3 * left) / trainings
