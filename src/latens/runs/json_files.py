"""JSON from a run folder, whoever made it: read within bounds, so that nothing that follows needs any."""

import json
import math
from pathlib import Path
from typing import Any

from latens._memory import check_memory, format_bytes
from latens.exceptions import RunError

__all__ = ["read_json"]

# A hundred thousand epochs take less. An empty list takes 3 bytes in a file and 64 in memory.
_LARGEST, _GROWTH = 64 * 2**20, 22
# Settings are seven deep. Python itself gives up at a thousand, here or in what comes after.
_DEEPEST = 50
_MOST_DIGITS = 18


def read_json(path: Path) -> Any:
    """Return the content of a JSON file: finite numbers of at most 18 digits, at most 50 deep.

    NaN and infinity, which some programs write, are None: JSON has no such numbers.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    RunError
        If it cannot be read, or is larger or deeper than that.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would never begin
            raise RunError(f"'{path}' cannot be read: it is no file.")
        size = path.stat().st_size
        if size > _LARGEST:
            raise RunError(
                f"'{path}' has {format_bytes(size)}, more than the {format_bytes(_LARGEST)} that a file of a "
                "run may have."
            )
        check_memory(_GROWTH * size, f"'{path}'", failure=RunError)
        text = path.read_text(encoding="utf-8")
        data = json.loads(
            text,
            parse_constant=lambda name: None,
            parse_float=_number,
            parse_int=_whole,
        )
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"'{path}' cannot be read: {error}") from error
    _check_depth(data, path)
    return data


def _number(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(f"the number {digits[:20]}... has more than {_MOST_DIGITS} digits")
    return int(digits)


def _check_depth(data: Any, path: Path) -> None:
    level = [data] if isinstance(data, dict | list) else []
    for _ in range(_DEEPEST):
        below = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for values in below for one in values if isinstance(one, dict | list)]
        if not level:
            return
    raise RunError(f"'{path}' cannot be read: it is nested more than {_DEEPEST} deep.")
