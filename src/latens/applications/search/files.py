"""An index as a folder: `index.json`, `index.safetensors`, and what a store writes beside them.

Nothing is a pickle, and every file is held against its checksum before it is read.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from latens._writing import whole_folder
from latens.exceptions import LatensError, ModelError, ParameterError

__all__ = ["read_index", "write_index"]

_FORMAT, _VERSION = "latens index", 1
_JSON, _ARRAYS = "index.json", "index.safetensors"


def write_index(
    path: Path,
    facts: dict[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    write_beside: Callable[[Path], None],
    *,
    overwrite: bool,
) -> Path:
    """Write an index to a folder that is complete or not there at all."""
    if path.exists() and not (overwrite and (path / _JSON).is_file()):
        raise ModelError(
            f"'{path}' exists already. Choose another folder, or pass overwrite=True to replace an index."
        )
    try:
        with whole_folder(path) as folder:
            save_file(dict(arrays), folder / _ARRAYS)
            write_beside(folder)
            files = {file.name: _checksum(file) for file in sorted(folder.iterdir())}
            about = {"format": _FORMAT, "version": _VERSION, **facts, "files": files}
            (folder / _JSON).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(f"'{path}' cannot be written: {error.strerror or error}.") from error
    return path


@contextmanager
def read_index(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]]:
    """Give the facts and the arrays of an index; what goes wrong inside is a damaged index."""
    about = _description(path)
    try:
        files = dict(about["files"])
        if _ARRAYS not in files:
            raise ValueError(f"{_JSON} does not name {_ARRAYS}")
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


def _description(path: Path) -> dict[str, Any]:
    file = path / _JSON
    if not file.is_file():
        raise ModelError(f"'{path}' is not a saved index: it has no {_JSON}.")
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The index '{path}' is damaged: {_JSON} is not JSON ({error})."
        ) from error
    if not isinstance(about, dict) or about.get("format") != _FORMAT:
        raise ModelError(f"'{path}' is not a saved index: its {_JSON} has another format.")
    if about.get("version") != _VERSION:
        raise ModelError(
            f"The index '{path}' has format version {about.get('version')}; this latens reads version "
            f"{_VERSION}. Open it with the latens that wrote it."
        )
    return about


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
