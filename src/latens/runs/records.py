"""What the JSON files of a run are made of: records whose values are checked when they are read."""

import reprlib
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from latens._text import one_line
from latens.exceptions import RunError

__all__ = [
    "Count",
    "Few",
    "Finite",
    "Many",
    "Name",
    "OpenRecord",
    "Record",
    "Side",
    "Text",
    "Words",
    "checked",
]

# Nobody reads further, and a name of megabytes costs time wherever it is shown.
_LONGEST = 10_000
# More than any run has; what is drawn or looped over for each of them takes time.
_MOST_PARTS = 1_000

One = TypeVar("One")
Many = Annotated[list[One], Field(fail_fast=True)]
Words = Annotated[str, AfterValidator(lambda text: _writable(text))]
Text = Annotated[str, AfterValidator(lambda text: _writable(text[:_LONGEST]))]
# It becomes a part of file names.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", max_length=100)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Finite = Annotated[float, Field(gt=-1e300, lt=1e300)]
Side = Annotated[int, Field(ge=1, lt=2**31)]
Few = Annotated[Many[One], Field(max_length=_MOST_PARTS)]


class Record(BaseModel):
    """A part of a file; keys that README.md does not name are left out."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, coerce_numbers_to_str=True, regex_engine="python-re"
    )


class OpenRecord(Record):
    """A part of a file that keeps keys that README.md does not name, or leaves to others."""

    model_config = ConfigDict(extra="allow")


Kind = TypeVar("Kind", bound=Record)


def checked(kind: type[Kind], data: Any, where: str) -> Kind:
    """Return what was read as its type.

    Raises
    ------
    RunError
        If a value is missing or of another type; the first of them is named.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    raise RunError(f"The values in {where} do not have the format of a run: {_in_words(first)}.")


def _writable(text: str) -> str:
    """A text with question marks for halves of surrogate pairs, which names that are no text have."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _in_words(error: Mapping[str, Any]) -> str:
    place = ".".join(one_line(str(part)[:60]) for part in error["loc"][:8]) or "it"
    came = one_line(reprlib.repr(error["input"])[:200])[:60]
    words = error["msg"].rstrip(".")
    return f"'{place}': {words[0].lower()}{words[1:]}, not {came}"
