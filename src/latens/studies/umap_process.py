"""umap-learn in a process of its own: what it compiled answers no Ctrl-C, and ends with its process."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from latens._text import one_line

__all__ = ["UmapError", "fit_umap", "is_installed"]

_DONE = "done"


class UmapError(RuntimeError):
    """umap-learn failed."""


def is_installed() -> bool:
    """Whether umap-learn is there."""
    return find_spec("umap") is not None


def fit_umap(
    train: np.ndarray, test: np.ndarray | None = None, **settings: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of rows that UMAP is fitted on, and of rows that are new to it, if any.

    Parameters
    ----------
    train : ndarray of shape (n_train, n_columns)
    test : ndarray of shape (n_test, n_columns) or None, default=None
    **settings
        Of `umap.UMAP`: numbers and texts.

    Raises
    ------
    UmapError
        If it fails, as it does in many ways where samples are few.
    """
    with tempfile.TemporaryDirectory(prefix="latens-umap-") as folder:
        place = Path(folder)
        np.savez(place / "rows.npz", train=train, test=train[:0] if test is None else test)
        (place / "settings.json").write_text(json.dumps(settings))
        said = _PROCESS.ask(folder)
        if said != _DONE:
            raise UmapError(one_line(said or "its process ended")[:200])
        with np.load(place / "places.npz") as found:
            return found["train"], found["test"]


class _Process:
    """The process, which starts when it is first asked and is kept, as to compile umap-learn takes long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, folder: str) -> str:
        """Have a job done; return what the process says of it, nothing if it has ended."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{folder}\n")
            process.stdin.flush()
            said = process.stdout.readline().strip()
        except BrokenPipeError:
            said = ""
        except BaseException:
            self.stop()  # or the answer would be taken for that of another job
            raise
        if not said:
            self.stop()
        return said

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        atexit.register(self.stop)
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "latens.studies.umap_process"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


_PROCESS = _Process()


def _work() -> None:
    """Do one job after another, in the other process, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        try:
            _fit(Path(line.rstrip("\n")))
            said = _DONE
        except Exception as error:  # noqa: BLE001 (umap-learn and what it is made of have many)
            said = f"{type(error).__name__}: {one_line(error)}"
        answers.write(f"{said}\n")
        answers.flush()


def _fit(folder: Path) -> None:
    import umap

    settings = json.loads((folder / "settings.json").read_text())
    with np.load(folder / "rows.npz") as rows, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = umap.UMAP(**settings).fit(rows["train"])
        # It has no places for no rows.
        test = fitted.transform(rows["test"]) if len(rows["test"]) else fitted.embedding_[:0]
    np.savez(folder / "places.npz", train=fitted.embedding_, test=test)


if __name__ == "__main__":
    _work()
