import math

import pytest

from latens.reports.formatting import count, duration, moment, number, plural, sample_shape, spread


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (0.5, "", "0.500"),
        (-0.25, "silhouette_score", "−0.250"),
        (20.0, "psnr", "20.00"),
        (0.0123456, "mean_squared_error", "0.0123"),
        (1.5e-7, "mean_squared_error", "1.5e−07"),
        (123456.0, "dunn_index", "1.23e+05"),
        (None, "", "–"),
        (math.nan, "", "–"),
        (math.inf, "psnr", "–"),
    ],
)
def test_numbers_have_the_digits_they_deserve(value: float | None, name: str, text: str) -> None:
    assert number(value, name) == text


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [(0.00051, "0.0123", "± 0.0005"), (0.5, "20.13", "± 0.50"), (0.0, "1.0", "± 0")],
)
def test_a_spread_has_the_decimals_of_its_mean(value: float, like: str, text: str) -> None:
    assert spread(value, like) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (3599.6, "1 h 0 min"), (-1, "–")],
)
def test_durations_never_show_sixty(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_words() -> None:
    assert plural(0, "seed") == "0 seeds"
    assert count(1234567) == "1\u202f234\u202f567"
    assert moment("2026-01-01T01:30:00+02:00") == "2025-12-31, 23:30 UTC"
    assert moment("yesterday") == "yesterday"
    assert sample_shape([4, 5, 7]) == "4 × 5 pixels, 7 channels"
    assert sample_shape([]) == "unknown shape"
