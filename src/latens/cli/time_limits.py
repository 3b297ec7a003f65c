"""A time limit is that of the whole process, from its start to the last line that it prints."""

import time

from latens._durations import parse_duration
from latens.exceptions import ParameterError

__all__ = ["Clock", "seconds_for_training"]


class Clock:
    """When the program began: at its import, and again with every call of `main` in one process."""

    started = time.monotonic()

    @classmethod
    def start(cls) -> None:
        """Begin now."""
        cls.started = time.monotonic()


def seconds_for_training(limit: str, share: float = 0.7) -> float:
    """Return how much of a limit is for training, where the rest of a command takes what is left.

    Raises
    ------
    ParameterError
        If the limit is no duration, or is over already.
    """
    left = parse_duration(limit) - (time.monotonic() - Clock.started)
    if left <= 0:
        raise ParameterError(
            f"The time limit of {limit} was over before the training could begin. Give more time, or "
            "fewer data."
        )
    return share * left
