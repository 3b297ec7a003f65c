"""An index as a folder: `index.json`, `index.safetensors`, and what a store writes beside them.

Nothing is a pickle, and every file is held against its checksum before it is read.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from latens._saved import SavedKind
from latens.exceptions import LatensError, ModelError, ParameterError

__all__ = ["read_index", "write_index"]

_SAVED = SavedKind("index")
_ARRAYS = "index.safetensors"


def write_index(
    path: Path,
    facts: dict[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    write_beside: Callable[[Path], None],
    *,
    overwrite: bool,
) -> Path:
    """Write an index to a folder that is complete or not there at all."""
    about = dict(facts)
    with _SAVED.writing(path, about, overwrite=overwrite) as folder:
        save_file(dict(arrays), folder / _ARRAYS)
        write_beside(folder)
        about["files"] = {file.name: _checksum(file) for file in sorted(folder.iterdir())}
    return path


@contextmanager
def read_index(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]]:
    """Give the facts and the arrays of an index; what goes wrong inside is a damaged index."""
    about = _SAVED.read(path)
    try:
        files = dict(about["files"])
        if _ARRAYS not in files:
            raise ValueError(f"{_SAVED.file} does not name {_ARRAYS}")
        for name, checksum in files.items():
            # A name with a folder in it would lead out of the index.
            if Path(name).name != name or _checksum(path / name) != checksum:
                raise ValueError(f"{name} is not as it was written")
        yield about, load_file(path / _ARRAYS)
    except ParameterError as error:
        raise ModelError(f"The index '{path}' is damaged: {error}") from error
    except LatensError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, OSError, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"The index '{path}' is damaged: {reason}.") from error


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
