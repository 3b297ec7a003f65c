"""Numbers, durations and shapes as people read them."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

__all__ = [
    "MISSING",
    "capitalized",
    "count",
    "duration",
    "moment",
    "number",
    "plural",
    "sample_shape",
    "spread",
]

MISSING = "–"


def number(value: float | None, name: str = "") -> str:
    """Write the value of a metric: two decimals for decibels, three digits for errors, else three decimals.

    Examples
    --------
    >>> number(0.98765), number(20.126, "psnr"), number(0.0001234, "mean_squared_error"), number(None)
    ('0.988', '20.13', '0.000123', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if name == "psnr":
        return f"{value:.2f}".replace("-", "−")
    if abs(value) >= 1000 or _is_error(name):
        return _three_digits(value)
    return f"{value:.3f}".replace("-", "−")


def capitalized(words: str) -> str:
    """Write the beginning of a sentence or a heading.

    Examples
    --------
    >>> capitalized("row 7 (a.png)"), capitalized("id")
    ('Row 7 (a.png)', 'ID')
    """
    return words.upper() if words == "id" else words[:1].upper() + words[1:]


def spread(value: float, like: str) -> str:
    """Write a standard deviation with as many decimals as its mean, or as 0 if nothing varied.

    Examples
    --------
    >>> spread(0.00412, "0.812"), spread(0.0, "0.812"), spread(3e-8, "1.23e-05")
    ('± 0.004', '± 0', '± 3e-08')
    """
    if value == 0:
        return "± 0"
    if "e" in like:
        return f"± {value:.2g}"
    return f"± {value:.{len(like.partition('.')[2])}f}"


def _is_error(name: str) -> bool:
    """Errors have the data's scale, so that a fixed number of decimals would not do."""
    return name.endswith(("_error", "_entropy"))


def _three_digits(value: float) -> str:
    text = f"{value:.3g}"
    if "e" not in text:
        text = f"{value:#.3g}".rstrip(".")
    return text.replace("-", "−")


def count(value: float | None) -> str:
    """Write a whole number with thin spaces between the thousands.

    Examples
    --------
    >>> count(60000).replace(chr(0x202F), "_"), count(None)
    ('60_000', '–')
    """
    return MISSING if value is None else f"{round(value):,}".replace(",", "\u202f")


def plural(n: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> plural(1, "seed"), plural(3, "seed"), plural(2, "class", "classes")
    ('1 seed', '3 seeds', '2 classes')
    """
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """Write a duration in the two largest units.

    Examples
    --------
    >>> duration(0.25), duration(7.26), duration(252), duration(7320), duration(None)
    ('0.2 s', '7.3 s', '4 min 12 s', '2 h 2 min', '–')
    """
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return MISSING
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(text: object) -> str:
    """Write a moment of ISO 8601 in UTC to the minute; anything else stays as it is.

    Examples
    --------
    >>> moment("2026-11-21T05:45:06+00:00")
    '2026-11-21, 05:45 UTC'
    """
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return str(text)
    if time.tzinfo is not None:
        time = time.astimezone(UTC)
    return f"{time:%Y-%m-%d, %H:%M} UTC"


def sample_shape(shape: Sequence[int]) -> str:
    """Write what one sample is.

    Examples
    --------
    >>> sample_shape([28, 28]), sample_shape([32, 32, 3]), sample_shape([13])
    ('28 × 28 pixels, grey', '32 × 32 pixels, color', '13 columns')
    """
    if len(shape) == 1:
        return plural(shape[0], "column")
    if len(shape) < 2:
        return "unknown shape"
    colors = {1: "grey", 3: "color", 4: "color and opacity"}
    channels = shape[2] if len(shape) > 2 else 1
    kind = colors.get(channels, f"{channels} channels")
    return f"{shape[0]} × {shape[1]} pixels, {kind}"
