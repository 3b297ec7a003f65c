"""Files and folders that are written whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from latens.exceptions import LatensError, RunError

__all__ = ["whole_file", "whole_folder"]


@contextmanager
def whole_file(path: Path, failure: type[LatensError] = RunError) -> Iterator[Path]:
    """Give the path of a new file, or folder, that takes the place of `path` once it is written.

    Raises
    ------
    RunError, or what `failure` is
        If it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise failure(f"'{path}' cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def whole_folder(path: Path, failure: type[LatensError] = RunError) -> Iterator[Path]:
    """Give a new folder that takes the place of `path`, and of what is there, once its content is whole.

    Raises
    ------
    RunError, or what `failure` is
        If it cannot be written.
    """
    folder = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        yield folder
        folder.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        folder.rename(path)
    except OSError as error:
        raise failure(f"'{path}' cannot be written: {error.strerror or error}.") from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
