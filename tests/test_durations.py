"""Durations in words, there and back."""

import pytest

from latens._durations import format_duration, parse_duration
from latens.exceptions import ParameterError


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("90", 90),
        ("90 s", 90),
        ("2.5 sec", 2.5),
        (" 2 MIN ", 120),
        ("3m", 180),
        ("1.5 h", 5400),
        ("1 hour", 3600),
        ("2 hours", 7200),
        (".5 h", 1800),
        (7, 7),
    ],
)
def test_words_are_seconds(words, seconds):
    assert parse_duration(words) == seconds


@pytest.mark.parametrize(
    "words", ["soon", "0", "0 s", "-3", "1 day", "1 s 2", 0, -1.0, float("inf")]
)
def test_what_is_no_positive_duration_is_refused(words):
    with pytest.raises(ParameterError, match="positive number of seconds"):
        parse_duration(words)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (119.6, "2 min"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (7325, "2 h 2 min"),
        (90_000, "25 h"),
    ],
)
def test_seconds_are_words(seconds, words):
    assert format_duration(seconds) == words
