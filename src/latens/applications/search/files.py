"""An index as a folder of `index.json` and `index.safetensors`.

Nothing is a pickle, and the arrays are held against their checksum before they are read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy.typing as npt
from pydantic import Field
from safetensors.numpy import save_file

from latens._json_records import Count, Facts
from latens._saved import SavedKind, Tensors

__all__ = ["IndexFacts", "read_index", "write_index"]

_SAVED = SavedKind("index", "index.safetensors")
_ARRAYS = _SAVED.arrays


class IndexFacts(Facts):
    """What an index says of itself."""

    metric: str
    method: str
    is_sparse: bool
    width: Count
    # The number after any id must be one, too.
    next_id: Annotated[int, Field(ge=1, le=2**62)]
    files: dict[str, str]


def write_index(
    path: Path,
    facts: dict[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    *,
    overwrite: bool,
) -> Path:
    """Write an index to a folder that is complete or not there at all."""
    about = dict(facts)
    with _SAVED.writing(path, about, overwrite=overwrite) as folder:
        save_file(dict(arrays), folder / _ARRAYS)
        about["files"] = {_ARRAYS: _checksum(folder / _ARRAYS)}
    return path


@contextmanager
def read_index(path: Path) -> Iterator[tuple[IndexFacts, Tensors]]:
    """Give the facts and the arrays of an index; what goes wrong inside is a damaged index."""
    with _SAVED.reading(path, IndexFacts) as saved:
        # Files of version 0.1 that are no arrays are not read, whatever is in them.
        if not saved.file.is_file() or saved.facts.files.get(_ARRAYS) != _checksum(saved.file):
            raise ValueError(f"{_ARRAYS} is not as it was written")
        yield saved.facts, saved.tensors


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
