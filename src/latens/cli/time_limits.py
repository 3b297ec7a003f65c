"""A time limit is that of the whole process, from its start to the last line that it prints."""

import time

from latens._durations import parse_duration
from latens.exceptions import ParameterError

__all__ = ["STARTED", "seconds_for_training"]

# When the program was started, but for the tenth of a second that Python itself takes.
STARTED = time.monotonic()


def seconds_for_training(limit: str, share: float = 0.7) -> float:
    """Return how much of a limit is for training, where the rest of a command takes what is left.

    Raises
    ------
    ParameterError
        If the limit is no duration, or is over already.
    """
    left = parse_duration(limit) - (time.monotonic() - STARTED)
    if left <= 0:
        raise ParameterError(
            f"The time limit of {limit} was over before the training could begin. Give more time, or "
            "fewer data."
        )
    return share * left
