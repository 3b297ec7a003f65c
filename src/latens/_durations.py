"""Durations as people write them, and as people read them."""

import re
from math import inf, nan

from latens.exceptions import ParameterError

__all__ = ["format_duration", "parse_duration"]

_SECONDS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600, "hours": 3600}


def parse_duration(value: float | str) -> float:
    """Return a duration in seconds.

    Parameters
    ----------
    value : float or str
        Seconds, or words such as "90 s", "2 min" or "1.5 h".

    Raises
    ------
    ParameterError
        If the words are no positive duration.

    Examples
    --------
    >>> parse_duration("2 min"), parse_duration("1.5h"), parse_duration(30), parse_duration(1e-5)
    (120.0, 5400.0, 30.0, 1e-05)
    """
    seconds = _from_words(value) if isinstance(value, str) else float(value)
    if not 0 < seconds < inf:
        raise ParameterError(
            f"A time limit must be a positive number of seconds or words such as '90 s', '2 min' or "
            f"'1.5 h'. Got {value!r} instead."
        )
    return seconds


def _from_words(words: str) -> float:
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([a-z]*)\s*", words.lower())
    return float(match[1]) * _SECONDS[match[2]] if match and match[2] in _SECONDS else nan


def format_duration(seconds: float) -> str:
    """Return a duration in words, no more exact than people need.

    Examples
    --------
    >>> format_duration(3.2), format_duration(95), format_duration(7300)
    ('3 s', '1 min 35 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
