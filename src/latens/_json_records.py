"""What a file of ours says of the things in it: records with types, read from JSON that may hold anything."""

import json
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from latens._text import one_line

__all__ = [
    "ColumnName",
    "Count",
    "Facts",
    "Finite",
    "Positive",
    "SeedNumber",
    "Whole",
    "facts_from",
    "json_object",
    "shortened",
]

# The most letters of a reason; a value of the file's may be as long as the file.
_SHOWN = 200

# Of a column of a table: as long as anybody reads, and no errand for a terminal.
ColumnName = Annotated[str, Field(max_length=10_000)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Count = Annotated[int, Field(ge=1, lt=2**53)]
SeedNumber = Annotated[int, Field(ge=0, lt=2**31)]


class Facts(BaseModel):
    """A record whose fields have exactly the types that they are declared with; more fields do no harm."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


F = TypeVar("F", bound=Facts)


def json_object(text: str | bytes) -> dict[str, Any]:
    """Read an object of JSON whose types are not known yet.

    Raises
    ------
    ValueError
        If it is no object of JSON, or names a thing twice.
    """
    try:
        # Of bytes, the reader would guess the encoding.
        letters = text.decode("utf-8") if isinstance(text, bytes) else text
        found = json.loads(letters, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not text in UTF-8: {error.reason}") from None
    if not isinstance(found, dict):
        raise ValueError(f"it is a {type(found).__name__} and no object")
    return found


def facts_from(text: str | bytes, kind: type[F]) -> F:
    """Read a record from JSON.

    Raises
    ------
    ValueError
        If it is no JSON, or a field is missing or of another type, in one line.

    Examples
    --------
    >>> class Size(Facts):
    ...     width: Count
    >>> facts_from('{"width": 3}', Size)
    Size(width=3)
    >>> facts_from('{"width": 3.0}', Size)
    Traceback (most recent call last):
    ...
    ValueError: width: Input should be a valid integer
    """
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(shortened(f"{place}: {first['msg']}" if place else first["msg"])) from None


def shortened(reason: object) -> str:
    """Return a reason as one line of a length that can be read."""
    line = one_line(reason)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; which of two values of one name counts, readers do not agree on."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in made if names.count(name) > 1)
        raise ValueError(f"it names '{twice}' twice")
    return made
