"""A run folder: made once, never overwritten unasked, written by one process at a time, each file whole."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from latens._columns import OwnColumns
from latens._identity import Identity
from latens._npy import open_npy
from latens._text import json_text, one_line
from latens._writing import atomic_write, save_array
from latens.exceptions import DataError, RunError
from latens.runs import array_names, folders
from latens.runs.cells import TableCells
from latens.runs.columns import read_columns, write_columns
from latens.runs.findings import Finding, FindingRecord, Mosaic
from latens.runs.folders import NextFolder
from latens.runs.histories import Histories
from latens.runs.identity import read_identity, write_identity
from latens.runs.info import DataInfo, Items, RunInfo
from latens.runs.json_files import read_json
from latens.runs.naming import Views
from latens.runs.profiles import ClusterProfiles
from latens.runs.recommendations import RecommendationResults
from latens.runs.records import Record, checked
from latens.runs.results import Results
from latens.runs.stored_images import StoredImages
from latens.runs.toml import to_toml

__all__ = ["Run"]

Kind = TypeVar("Kind", bound=Record)

_VERSION, _READ = 2, (1, 2)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_SHOWN = 60
# Bytes that the reason of a failure and the folder it is written in may take.
_LAST_WORDS = 1 << 14
# The names of uses become parts of a page.
_USE, _MOST_USES = re.compile(r"[\w.-]{1,100}", re.ASCII), 100
_STATES = ("running", "complete", "interrupted", "failed")


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
        self._is_held = False
        self._to_come: dict[str, Any] = {}

    @classmethod
    def create(cls, path: str | Path | NextFolder, *, overwrite: bool = False) -> Self:
        """Make a new run folder as `creating` does, which others may write from now on."""
        with cls.creating(path, overwrite=overwrite) as run:
            return run

    @classmethod
    @contextmanager
    def creating(cls, path: str | Path | NextFolder, *, overwrite: bool = False) -> Iterator[Self]:
        """Make a new run folder, and keep all other processes from writing it in the meantime.

        Parameters
        ----------
        path : str, path or NextFolder
        overwrite : bool, default=False
            Replace a run that is there. Only a run is ever replaced, never another folder.

        Raises
        ------
        RunError
            If the folder exists and may not be replaced, is being written, or cannot be made.
        """
        if isinstance(path, NextFolder):
            making = folders.made_next(path)
        else:
            making = folders.made(Path(path), overwrite=overwrite)
        with making as folder:
            run = cls(folder)
            with run._holding():
                yield run

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a run folder.

        Raises
        ------
        RunError
            If it is no run, or one of another format version.
        """
        run = cls(Path(path))
        if not run.has("run"):
            what = "has no run.json" if run.path.is_dir() else "does not exist"
            is_unborn = folders.is_unborn(run.path)
            way_out = (
                "Start the run again"
                if is_unborn
                else "Give a folder that `latens run` has written"
            )
            raise RunError(f"'{path}' is not a run: it {what}. {way_out}.")
        info = run.read("run")
        if not isinstance(info, dict) or info.get("format") != folders.FORMAT:
            raise RunError(f"'{path}' is not a run: its run.json has another format.")
        if info.get("version") not in _READ:
            raise RunError(
                f"The run '{path}' has format version {one_line(info.get('version'))[:20]}, this latens "
                f"reads versions {_READ[0]} and {_READ[-1]}. Open it with the latens that wrote it."
            )
        return run

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep all other processes from writing the run meanwhile; inside, it may be asked for again.

        Raises
        ------
        RunError
            If another process is writing the run, or nobody can.
        """
        if self._is_held:
            yield
            return
        with folders.held(self.path), self._holding():
            yield

    def check_writable(self) -> None:
        """Refuse a run that cannot be written now, before time is spent on what should go into it.

        Raises
        ------
        RunError
            If another process is writing the run, or nobody can.
        """
        with self.writing():
            pass

    @contextmanager
    def _holding(self) -> Iterator[None]:
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False

    def write(self, name: str, data: Any) -> None:
        """Write `data` to NAME.json, all of it or nothing.

        NaN and infinity become null, which is what JSON has for "no number".
        """
        path = self.path / f"{name}.json"
        text = json_text(_plain(data), indent=2, allow_nan=False) + "\n"
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def read(self, name: str) -> Any:
        """Return the content of NAME.json.

        Raises
        ------
        RunError
            If the file is missing or damaged.
        """
        path = self.path / f"{name}.json"
        try:
            return read_json(path)
        except FileNotFoundError as error:
            raise RunError(
                f"The run '{self.path}' has no {name}.json yet. {self.way_on}"
            ) from error

    def has(self, name: str) -> bool:
        """Whether NAME.json is there."""
        return (self.path / f"{name}.json").is_file()

    def write_info(self, **changes: Any) -> dict[str, Any]:
        """Write run.json anew with the given keys changed; returns all of it."""
        before = self.read("run") if self.has("run") else {}
        info = {"format": folders.FORMAT, "version": _VERSION, **before, **changes}
        self.write("run", info)
        return info

    def write_study(self, study: Mapping[str, Any]) -> None:
        """Write the settings of a study as study.toml, which `latens run` takes."""
        with atomic_write(self.path / "study.toml") as temporary:
            # A path may be no text, for which TOML has no word.
            content = f"{to_toml(study)}\n".encode("utf-8", "replace")
            temporary.write_bytes(content)

    @contextmanager
    def room_aside(self) -> Iterator[None]:
        """Keep some of the disk for the last words of run.json, which a full disk has no room for."""
        size = (self.path / "run.json").stat().st_size
        folders.set_room_aside(self.path, _LAST_WORDS + 2 * size)
        try:
            yield
        finally:
            folders.free_room(self.path)

    def conclude(self, finish: Callable[[Self], object], **changes: Any) -> None:
        """Write what is made from all the rest, such as the report, and then the given keys of run.json.

        Parameters
        ----------
        finish : callable
            Gets the run, whose `info` has the changes already. If it fails, run.json stays as it is.
        **changes
            Keys of run.json.
        """
        self._to_come = changes
        try:
            finish(self)
        finally:
            self._to_come = {}
        folders.free_room(self.path)
        self.write_info(**changes)

    @property
    def info(self) -> RunInfo:
        """The content of run.json, checked; what is not there has its default.

        Raises
        ------
        RunError
            If a value is of another type than README.md says.
        """
        return self._typed(RunInfo, "run").model_copy(update=self._to_come)

    @property
    def results(self) -> Results:
        """The content of results.json, checked; empty where there is none yet."""
        return self._typed(Results, "results") if self.has("results") else Results()

    @property
    def recommendation_results(self) -> RecommendationResults:
        """The content of results.json of a run of `latens recommend`, checked.

        Raises
        ------
        RunError
            If it is missing or damaged.
        """
        return self._typed(RecommendationResults, "results")

    @property
    def histories(self) -> Histories:
        """The content of histories.json, checked; empty where there is none yet."""
        models = self.read("histories") if self.has("histories") else {}
        where = f"'{self.path / 'histories.json'}'"
        return checked(Histories, {"models": models}, where)

    @property
    def items(self) -> Items:
        """The content of items.json, checked; empty where there is none."""
        return self._typed(Items, "items") if self.has("items") else Items()

    @property
    def views(self) -> Views:
        """The content of views.json, checked; empty where there is none."""
        return self._typed(Views, "views") if self.has("views") else Views()

    def _typed(self, kind: type[Kind], name: str) -> Kind:
        return checked(kind, self.read(name), f"'{self.path / name}.json'")

    @property
    def status(self) -> str:
        """How far the run is: "running", "complete", "interrupted" or "failed".

        Raises
        ------
        RunError
            If run.json does not say it.
        """
        status = self.info.status
        if status not in _STATES:
            raise self._damaged("status", f"one of {', '.join(_STATES)}", status)
        return status

    @property
    def seconds(self) -> float:
        """How long was worked on the run.

        Raises
        ------
        RunError
            If run.json does not say it.
        """
        seconds = self.info.seconds
        if seconds is None or seconds < 0:
            raise self._damaged("seconds", "a number from 0 on", seconds)
        return seconds

    @property
    def data(self) -> DataInfo:
        """What run.json says of the data."""
        return self.info.data

    @property
    def fingerprint(self) -> str:
        """What tells the data from others, and from what they may be later.

        Raises
        ------
        RunError
            If run.json does not say it.
        """
        fingerprint = self.data.fingerprint
        if fingerprint is None:
            raise self._damaged("data.fingerprint", "a text", fingerprint)
        return fingerprint

    @property
    def features_by_name(self) -> list[str] | None:
        """The names of the features of a run that does not say what the columns of its table are."""
        return self.data.feature_names if self.data.table is None else None

    @property
    def feature_names(self) -> list[str] | None:
        """The columns that were learned from; None for images, and where they have no names."""
        return self.data.feature_names

    @property
    def way_on(self) -> str:
        """What finishes the run if it lacks something, as a sentence."""
        return folders.way_on(self.path, self.info.model_dump() if self.has("run") else {})

    def _damaged(self, key: str, wanted: str, got: object) -> RunError:
        words = repr(got) if len(repr(got)) <= _LONGEST_SHOWN else type(got).__name__
        return RunError(
            f"'{self.path / 'run.json'}' is damaged: '{key}' must be {wanted}. Got {words} instead."
        )

    def write_array(self, name: str, array: np.ndarray) -> None:
        """Write arrays/NAME.npy, all of it or nothing."""
        with atomic_write(self._array_path(name)) as temporary:
            save_array(temporary, array)

    def array(self, name: str) -> np.ndarray:
        """Return arrays/NAME.npy, memory-mapped.

        Raises
        ------
        RunError
            If it is missing or damaged.
        """
        return open_npy(self._stored(name), RunError)

    def images(self, name: str) -> StoredImages:
        """Return the images of arrays/NAME.npy, each of which is read when it is asked for.

        Raises
        ------
        RunError
            If the array is missing or damaged, or holds no images of bytes.
        """
        return StoredImages.of(self._stored(name))

    def arrays(self) -> list[str]:
        """Return the names of all arrays, sorted."""
        return sorted(path.stem for path in (self.path / "arrays").glob("*.npy"))

    def has_array(self, name: str) -> bool:
        """Whether arrays/NAME.npy is there."""
        return self._array_path(name).exists()

    def write_identity(self, identity: Identity) -> None:
        """Write what all samples are known by, which the numbers in other arrays are places in."""
        write_identity(self, identity)
        data = self.read("run").get("data", {})
        kind = None if identity.ids is None else identity.id_name
        # The version, as it may be a run of version 0.1 that is begun again.
        self.write_info(version=_VERSION, data=data | {"item_kind": kind})

    @property
    def has_places(self) -> bool:
        """Whether numbers of samples are places among all; version 1 counts the held-out ones alone."""
        return self.has_array(array_names.ROWS)

    @property
    def identity(self) -> Identity:
        """What each sample is known by: its row in the data, its name, and its part.

        Raises
        ------
        RunError
            If the arrays are damaged.
        """
        return read_identity(self)

    def write_columns(self, columns: OwnColumns) -> None:
        """Write the user's own columns of all samples, in the order of the data."""
        write_columns(self, columns)

    def columns(self) -> OwnColumns:
        """Return the user's own columns as they stand in the table, a row for each place of a sample.

        Empty where the data are no table, and of a run of before.

        Raises
        ------
        RunError
            If they are damaged.
        """
        return read_columns(self)

    def write_profiles(self, profiles: ClusterProfiles) -> None:
        """Write what each cluster is like."""
        self.write("profiles", profiles)

    @property
    def profiles(self) -> ClusterProfiles | None:
        """The content of profiles.json, checked; None where there is none, as of a run of before.

        Raises
        ------
        RunError
            If a value is of another type than README.md says.
        """
        return self._typed(ClusterProfiles, "profiles") if self.has("profiles") else None

    @property
    def cells(self) -> TableCells | None:
        """The content of cells.json, checked; None where there is none.

        Raises
        ------
        RunError
            If a value is of another type than README.md says.
        """
        return self._typed(TableCells, "cells") if self.has("cells") else None

    def write_finding(self, name: str, use: Finding) -> None:
        """Write what a use such as "anomalies" found, in place of what it found before.

        Raises
        ------
        RunError
            If another process is writing the run, or nobody can.
        """
        content = asdict(use)
        for mosaic in content["mosaics"]:
            del mosaic["images"]
        with self.writing():
            for at, mosaic in enumerate(use.mosaics):
                self.write_array(array_names.finding_images(name, at), mosaic.images)
            self.write(f"uses/{name}", content)

    def read_findings(self) -> dict[str, Finding]:
        """Return what every use found, by its name.

        Raises
        ------
        RunError
            If one of the files is damaged.
        """
        names = sorted(path.stem for path in (self.path / "uses").glob("*.json"))
        return {name: self._read_use(name) for name in names[:_MOST_USES] if _USE.fullmatch(name)}

    def _read_use(self, name: str) -> Finding:
        try:
            content = self._typed(FindingRecord, f"uses/{name}")
            tables = tuple(one.table() for one in content.tables)
            mosaics = tuple(
                Mosaic(
                    one.title,
                    self.array(array_names.finding_images(name, at)),
                    tuple(one.row_names),
                )
                for at, one in enumerate(content.mosaics)
            )
            return Finding(content.question, content.sentence, tables, mosaics)
        except (DataError, RunError) as error:
            raise RunError(
                f"The file uses/{name}.json of '{self.path}' is damaged: {error} "
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
        if self._is_of_recommend:
            raise RunError(
                f"The run '{self.path}' is one of `latens recommend`, which has no codes. Ask that command."
            )
        # Checked above, and taken as it stands there: names of files may be no text, which types replace.
        info = self.read("run")
        study: dict[str, Any] | None = info.get("study")
        if study is None or "data" not in study:
            raise self._damaged("study", "the settings of the run", study)
        path = info.get("data", {}).get("path")
        return study if path is None else study | {"data": study["data"] | {"source": path}}

    @property
    def model_names(self) -> list[str]:
        """The names of the models that the run was asked for, the first one first.

        Raises
        ------
        RunError
            If run.json does not say them.
        """
        names = [one.get("name", "autoencoder") for one in self.study.get("models") or ()]
        if not names:
            raise self._damaged("study.models", "a list of models with names", None)
        return names

    @property
    def _is_of_recommend(self) -> bool:
        info = self.info
        return info.study is None and "settings" in (info.model_extra or {})

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
        names = self.model_names
        if name is not None and name not in names:
            raise RunError(f"The run has no model '{name}'. It has: {', '.join(names)}.")
        chosen = name or names[0]
        folder = self.model_path(chosen)
        if not folder.is_dir():
            raise RunError(f"The run '{self.path}' has no trained model yet. {self.way_on}")
        return chosen, folder

    def checkpoint_path(self, name: str) -> Path:
        """Return the file that holds the state of an unfinished training; its folder is made."""
        folder = self.path / "checkpoints"
        folder.mkdir(exist_ok=True)
        return folder / f"{self._checked(name)}.safetensors"

    def remove_checkpoints(self) -> None:
        """Remove the states of trainings that are finished."""
        shutil.rmtree(self.path / "checkpoints", ignore_errors=True)

    def _stored(self, name: str) -> Path:
        path = self._array_path(name)
        if not path.exists():
            raise RunError(f"'{path}' is missing or damaged: there is no such file.")
        return path

    def _array_path(self, name: str) -> Path:
        return self.path / "arrays" / f"{self._checked(name)}.npy"

    def _checked(self, name: str) -> str:
        """A name that is one, and no path."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise RunError(
                f"The run '{self.path}' is damaged: {name!r:.60} is no name of a model or an array."
            )
        return name


def _plain(data: Any) -> Any:
    """Data as JSON has them."""
    if isinstance(data, Record):
        return _plain(data.model_dump())
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
