"""A run folder: made once, never overwritten unasked, whole after every write."""

import json
import os
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np

from latens._writing import whole_file
from latens.exceptions import DataError, RunError
from latens.runs.uses import Mosaic, Table, Use

__all__ = ["Run"]

_FORMAT, _VERSION = "latens run", 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Run:
    """A folder with everything about one run; reports and the explorer read nothing else.

    Use `Run.create` or `Run.open`.

    Parameters
    ----------
    path : Path
        The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: str | Path, *, overwrite: bool = False) -> Self:
        """Make a new run folder.

        Parameters
        ----------
        path : str or path
        overwrite : bool, default=False
            Replace a run that is there. Only a run is ever replaced, never another folder.

        Raises
        ------
        RunError
            If the folder exists and may not be replaced, or cannot be made.
        """
        path = Path(path)
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            if not overwrite:
                raise RunError(
                    f"'{path}' exists already. Choose another --out, or replace it with --overwrite; a study "
                    "that was cut off goes on with `latens run --resume`."
                )
            if not (path / "run.json").is_file():
                raise RunError(
                    f"'{path}' is not a run, so it is not overwritten. Choose another --out."
                )
            shutil.rmtree(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"The folder '{path}' cannot be made: {error.strerror}.") from error
        return cls(path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a run folder for reading.

        Raises
        ------
        RunError
            If it is no run, or one of another format version.
        """
        run = cls(Path(path))
        if not (run.path / "run.json").is_file():
            what = "has no run.json" if run.path.is_dir() else "does not exist"
            raise RunError(
                f"'{path}' is not a run: it {what}. Give a folder that `latens run` has written."
            )
        info = run.read("run")
        if not isinstance(info, dict) or info.get("format") != _FORMAT:
            raise RunError(f"'{path}' is not a run: its run.json has another format.")
        if info.get("version") != _VERSION:
            raise RunError(
                f"The run '{path}' has format version {info.get('version')}, this latens reads version "
                f"{_VERSION}. Open it with the latens that wrote it."
            )
        return run

    def write(self, name: str, data: Any) -> None:
        """Write `data` to NAME.json, all of it or nothing.

        NaN and infinity become null, which is what JSON has for "no number".
        """
        path = self.path / f"{name}.json"
        text = json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False)
        with whole_file(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def read(self, name: str) -> Any:
        """Return the content of NAME.json.

        Raises
        ------
        RunError
            If the file is missing or damaged.
        """
        path = self.path / f"{name}.json"
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise RunError(
                f"The run '{self.path}' has no {name}.json yet. Finish it with --resume."
            ) from error
        except (OSError, ValueError) as error:
            raise RunError(f"'{path}' cannot be read: {error}") from error

    def has(self, name: str) -> bool:
        """Whether NAME.json is there."""
        return (self.path / f"{name}.json").is_file()

    def write_info(self, **changes: Any) -> dict[str, Any]:
        """Write run.json anew with the given keys changed; returns all of it."""
        before = self.read("run") if self.has("run") else {}
        info = {"format": _FORMAT, "version": _VERSION, **before, **changes}
        self.write("run", info)
        return info

    @property
    def info(self) -> dict[str, Any]:
        """The content of run.json."""
        info: dict[str, Any] = self.read("run")
        return info

    def write_array(self, name: str, array: np.ndarray) -> None:
        """Write arrays/NAME.npy, all of it or nothing."""
        with whole_file(self._array_path(name)) as temporary, temporary.open("wb") as file:
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)

    def array(self, name: str) -> np.ndarray:
        """Return arrays/NAME.npy, memory-mapped.

        Raises
        ------
        RunError
            If it is missing or damaged.
        """
        path = self._array_path(name)
        try:
            loaded: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise RunError(f"'{path}' is missing or damaged: {error}") from error
        return loaded

    def arrays(self) -> list[str]:
        """Return the names of all arrays, sorted."""
        return sorted(path.stem for path in (self.path / "arrays").glob("*.npy"))

    def write_use(self, name: str, use: Use) -> None:
        """Write what a use such as "anomalies" found, in place of what it found before."""
        for at, mosaic in enumerate(use.mosaics):
            self.write_array(_mosaic_name(name, at), mosaic.images)
        content = asdict(use)
        for mosaic in content["mosaics"]:
            del mosaic["images"]
        self.write(f"uses/{name}", content)

    def read_uses(self) -> dict[str, Use]:
        """Return what every use found, by its name.

        Raises
        ------
        RunError
            If one of the files is damaged.
        """
        names = sorted(path.stem for path in (self.path / "uses").glob("*.json"))
        return {name: self._read_use(name) for name in names}

    def _read_use(self, name: str) -> Use:
        content = self.read(f"uses/{name}")
        try:
            tables = tuple(
                Table(
                    str(table["title"]),
                    tuple(str(column) for column in table["columns"]),
                    tuple(tuple(row) for row in table["rows"]),
                    str(table["note"]),
                )
                for table in content["tables"]
            )
            mosaics = tuple(
                Mosaic(
                    str(mosaic["title"]),
                    self.array(_mosaic_name(name, at)),
                    tuple(str(row) for row in mosaic["row_names"]),
                )
                for at, mosaic in enumerate(content["mosaics"])
            )
            return Use(str(content["question"]), str(content["sentence"]), tables, mosaics)
        except (KeyError, TypeError, DataError) as error:
            raise RunError(
                f"The file uses/{name}.json of '{self.path}' is damaged: {error}. "
                f"Make it anew with `latens {name}`."
            ) from error

    @property
    def study(self) -> dict[str, Any]:
        """What was asked for, with data that lie in files where they lay then, from whatever folder.

        Raises
        ------
        RunError
            If the run is of `latens recommend`, which has no autoencoder.
        """
        study: dict[str, Any] | None = self.info.get("study")
        if study is None:
            raise RunError(
                f"The run '{self.path}' is one of `latens recommend`, which has no codes. Ask that command."
            )
        path = self.info.get("data", {}).get("path")
        return study if path is None else study | {"data": study["data"] | {"source": path}}

    def model_path(self, name: str) -> Path:
        """Return the folder of a fitted model.

        Raises
        ------
        RunError
            If the name is none: what run.json says leads to no other place.
        """
        return self.path / "models" / self._checked(name)

    def trained_model(self, name: str | None = None) -> tuple[str, Path]:
        """Return the name and the folder of a fitted model: the first one, where none is named.

        Raises
        ------
        RunError
            If the run has no such model, or has not trained it yet.
        """
        names = [settings["name"] for settings in self.study["models"]]
        if name is not None and name not in names:
            raise RunError(f"The run has no model '{name}'. It has: {', '.join(names)}.")
        chosen = name or names[0]
        folder = self.model_path(chosen)
        if not folder.is_dir():
            raise RunError(
                f"The run '{self.path}' has no trained model yet. Finish it with --resume."
            )
        return chosen, folder

    def checkpoint_path(self, name: str) -> Path:
        """Return the file that holds the state of an unfinished training; its folder is made."""
        folder = self.path / "checkpoints"
        folder.mkdir(exist_ok=True)
        return folder / f"{self._checked(name)}.safetensors"

    def remove_checkpoints(self) -> None:
        """Remove the states of trainings that are finished."""
        shutil.rmtree(self.path / "checkpoints", ignore_errors=True)

    def _array_path(self, name: str) -> Path:
        return self.path / "arrays" / f"{self._checked(name)}.npy"

    def _checked(self, name: str) -> str:
        """A name that is one, and no path."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise RunError(
                f"The run '{self.path}' is damaged: {name!r:.60} is no name of a model or an array."
            )
        return name


def _mosaic_name(use: str, at: int) -> str:
    return f"use_{use}_{at}"


def _plain(data: Any) -> Any:
    """Data as JSON has them."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set):
        return [_plain(value) for value in data]
    if isinstance(data, np.ndarray | np.generic):
        return _plain(data.tolist())
    if isinstance(data, float) and not np.isfinite(data):
        return None
    if isinstance(data, os.PathLike):
        return os.fspath(data)
    return data
