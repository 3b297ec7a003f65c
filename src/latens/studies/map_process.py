"""umap-learn and openTSNE, each in a process of its own, which can be ended at any time.

What they compile answers no Ctrl-C, or ends the program with a segmentation fault where one comes.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from latens._text import one_line

__all__ = ["MapError", "fit_tsne", "fit_umap", "umap_is_installed"]

_DONE = "done"


class MapError(RuntimeError):
    """umap-learn or openTSNE failed."""


def umap_is_installed() -> bool:
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
    MapError
        If it fails, as it does in many ways where samples are few.
    """
    found = _fitted("umap", settings, train=train, test=train[:0] if test is None else test)
    return found["train"], found["test"]


def fit_tsne(codes: np.ndarray, seed: int, **settings: Any) -> tuple[np.ndarray, float]:
    """Return the places of rows by t-SNE, and its final Kullback-Leibler divergence.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_columns)
    seed : int
    **settings
        Of `openTSNE.TSNE`: numbers and texts.

    Raises
    ------
    MapError
        If it fails.
    """
    found = _fitted("tsne", settings | {"random_state": seed}, codes=codes)
    return found["places"], float(found["divergence"])


def _fitted(method: str, settings: dict[str, Any], **rows: np.ndarray) -> dict[str, np.ndarray]:
    """Have its process carry out one of `_METHODS`, and return what it found."""
    with tempfile.TemporaryDirectory(prefix="latens-map-") as folder:
        place = Path(folder)
        np.savez(place / "rows.npz", **rows)  # type: ignore[arg-type]
        (place / "job.json").write_text(json.dumps({"method": method, "settings": settings}))
        said = _PROCESSES[method].ask(folder)
        if said != _DONE:
            raise MapError(one_line(said or "its process ended")[:200])
        with np.load(place / "found.npz") as found:
            return dict(found)


class _Process:
    """The process, which starts when it is first asked and is kept, as to import and compile takes long."""

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
            [sys.executable, "-P", "-m", "latens.studies.map_process"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


_PROCESSES = {"umap": _Process(), "tsne": _Process()}


def _work() -> None:
    """Do one job after another, in the other process, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        try:
            _fit(Path(line.rstrip("\n")))
            said = _DONE
        except Exception as error:  # noqa: BLE001 (the libraries and what they are made of have many)
            said = f"{type(error).__name__}: {one_line(error)}"
        answers.write(f"{said}\n")
        answers.flush()


def _fit(folder: Path) -> None:
    job = json.loads((folder / "job.json").read_text())
    with np.load(folder / "rows.npz") as rows, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _METHODS[job["method"]](**rows, **job["settings"])
    np.savez(folder / "found.npz", **found)  # type: ignore[arg-type]


def _by_umap(train: np.ndarray, test: np.ndarray, **settings: Any) -> dict[str, np.ndarray]:
    import umap

    fitted = umap.UMAP(**settings).fit(train)
    # It has no places for no rows.
    places = fitted.transform(test) if len(test) else fitted.embedding_[:0]
    return {"train": fitted.embedding_, "test": places}


def _by_tsne(codes: np.ndarray, **settings: Any) -> dict[str, np.ndarray]:
    from openTSNE import TSNE

    codes = codes.astype(np.float64)
    # Equal points leave t-SNE without a scale; a breath of noise gives it one.
    spread = float(codes.std()) if codes.max() > codes.min() else 1.0
    generator = np.random.default_rng(settings["random_state"])
    codes += generator.normal(scale=1e-6 * spread, size=codes.shape)
    map_ = TSNE(**settings).fit(codes)
    return {"places": np.asarray(map_), "divergence": np.asarray(map_.kl_divergence)}


_METHODS: dict[str, Callable[..., dict[str, np.ndarray]]] = {"umap": _by_umap, "tsne": _by_tsne}

if __name__ == "__main__":
    _work()
