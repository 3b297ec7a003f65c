"""Fitted things as folders: NAME.json says what it is, and beside it are the numbers. Nothing is a pickle.

A folder may come from anybody, or be damaged: reading gives facts whose types are checked and tensors
of finite numbers, and whatever else goes wrong while a thing is made of them is said in one line.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from latens._memory import check_memory
from latens._text import json_text
from latens._version import __version__
from latens._writing import check_name, check_writable, clear_place, exists, whole_folder
from latens.exceptions import MissingDependencyError, ModelError, RunError

if TYPE_CHECKING:
    import numpy as np

    from latens._json_records import Facts

__all__ = ["Savable", "Saved", "SavedKind", "Tensors", "check_shapes", "read_tensors", "text_array"]

F = TypeVar("F", bound="Facts")

_FLOATS = ("float32", "float64")

Tensors = dict[str, "np.ndarray"]

# Bytes of objects for each byte of JSON, at most: those of "[]," for Python's reader and for pydantic's.
_OBJECTS = 120


class Savable(Protocol):
    """A fitted thing that can be written to a folder by `SavedKind.write`."""

    def facts(self) -> dict[str, Any]:
        """Return the description, as JSON can hold it."""

    def tensors(self) -> Tensors:
        """Return the numbers by name."""


class Saving(Protocol):
    """A thing that saves itself, such as the model of a detector."""

    def save(self, path: Path) -> Path:
        """Write it to a folder that does not exist."""


@dataclass(frozen=True)
class Saved(Generic[F]):
    """What a folder holds.

    Attributes
    ----------
    path : Path
        The folder; a thing that is saved within this one lies in a folder below it.
    facts : Facts
        The description.
    file : Path
        Where the tensors are.
    """

    path: Path
    facts: F
    file: Path

    @cached_property
    def tensors(self) -> Tensors:
        """The numbers by name, read when they are asked for."""
        return read_tensors(self.file)[0]


@dataclass(frozen=True)
class SavedKind:
    """A kind of thing that is saved, and the version of its format.

    Attributes
    ----------
    name : str
        Such as "model", which makes the file model.json.
    arrays : str
        The name of the file with the tensors.
    version : int
        A folder of another version is refused.
    """

    name: str
    arrays: str = "weights.safetensors"
    version: int = 1

    @property
    def file(self) -> str:
        """The name of the file with the description."""
        return f"{self.name}.json"

    def is_at(self, path: Path) -> bool:
        """Whether a folder holds a thing of this kind."""
        return (path / self.file).is_file()

    def check_place(self, save: Path, *, overwrite: bool) -> None:
        """Refuse a folder that saving would refuse, so that no training is lost.

        Raises
        ------
        RunError
            If it exists, unless it holds a thing of this kind that may be replaced, or nothing can be
            written there.
        """
        check_name(save)
        check_writable(save)
        clear_place(save)
        if not exists(save):
            return
        if not overwrite:
            raise RunError(f"'{save}' exists already. Choose another `save`, or `overwrite`.")
        if not self.is_at(save):
            raise RunError(
                f"'{save}' holds no {self.name}, so it is not replaced. Choose another `save`."
            )

    def write(
        self,
        thing: Savable,
        path: str | Path,
        *,
        overwrite: bool,
        parts: "Mapping[str, Saving] | None" = None,
    ) -> Path:
        """Write a thing to a folder that is complete or not there at all.

        Parameters
        ----------
        thing : Savable
        path : str or path
        overwrite : bool
            Replace a thing of the same kind. Nothing else is ever replaced.
        parts : dict of str to Saving, default={}
            Things that are saved within this one, by the names of their folders.

        Raises
        ------
        ModelError
            If there is something already, or the folder cannot be written.
        """
        import numpy as np
        from safetensors.numpy import save_file

        path = Path(path)
        with self.writing(path, thing.facts(), overwrite=overwrite) as folder:
            tensors = thing.tensors().items()
            # Not `ascontiguousarray`, which gives a scalar an axis.
            save_file(
                {name: np.asarray(values, order="C") for name, values in tensors},
                folder / self.arrays,
            )
            for name, part in (parts or {}).items():
                part.save(folder / name)
        return path

    @contextmanager
    def writing(self, path: Path, about: dict[str, Any], *, overwrite: bool) -> Iterator[Path]:
        """Give a folder for the numbers, which becomes `path` once it is whole.

        Parameters
        ----------
        path : Path
        about : dict
            The description; what is added to it meanwhile is written, too.
        overwrite : bool
            Replace a thing of the same kind. Nothing else is ever replaced.

        Raises
        ------
        ModelError
            If there is something already, or the folder cannot be written.
        """
        check_name(path, ModelError)
        if path.exists() and not (overwrite and self.is_at(path)):
            raise ModelError(
                f"'{path}' exists already. Choose another folder, or pass overwrite=True to replace the "
                f"{self.name} there."
            )
        with whole_folder(path, ModelError) as folder:
            yield folder
            format_ = {"format": self._format, "version": self.version, "latens": __version__}
            content = {**format_, **about}
            (folder / self.file).write_text(json_text(content, indent=2) + "\n", encoding="utf-8")

    @contextmanager
    def reading(self, path: Path, facts: type[F]) -> Iterator[Saved[F]]:
        """Give what a folder holds, to make the thing of it again.

        Every error inside but those that say themselves what to do says that the folder is damaged: code
        that restores may take it that names, lengths and values are as they were written.

        Parameters
        ----------
        path : Path
        facts : type of Facts
            The record that the description is.

        Raises
        ------
        ModelError
            If the folder holds no thing of this kind, one of another version, or is damaged.
        """
        if not self.is_at(path):
            raise ModelError(f"'{path}' is not a saved {self.name}: it has no {self.file}.")
        try:
            yield Saved(path, self._facts(path, facts), path / self.arrays)
        except (ModelError, MissingDependencyError):
            raise
        except Exception as error:
            from latens._json_records import shortened

            reason = shortened(error).rstrip(".") or type(error).__name__
            if isinstance(error, KeyError):
                reason += " is missing"
            raise ModelError(
                f"The {self.name} '{path}' is damaged or incomplete: {reason}."
            ) from error

    def _facts(self, path: Path, facts: type[F]) -> F:
        """The description, once it is known that it is one of this kind and version."""
        from latens._json_records import facts_from, json_object, shortened

        file = path / self.file
        needed = _OBJECTS * file.stat().st_size
        check_memory(needed, f"The file '{file}'", failure=ModelError)
        text = file.read_bytes()
        try:
            about = json_object(text)
        except ValueError as error:
            raise ValueError(f"{self.file} is not JSON ({error})") from error
        if about.get("format") != self._format:
            raise ModelError(
                f"'{path}' is not a saved {self.name}: its {self.file} has another format."
            )
        if about.get("version") != self.version:
            raise ModelError(
                f"The {self.name} '{path}' has format version {shortened(about.get('version'))}; this "
                f"latens reads version {self.version}. Install the latens that wrote it."
            )
        return facts_from(text, facts)

    @property
    def _format(self) -> str:
        return f"latens {self.name}"


def read_tensors(file: Path) -> tuple[Tensors, dict[str, str]]:
    """Read all tensors of a safetensors file, and the text that it has beside them.

    Raises
    ------
    ModelError
        If they do not fit in memory.
    ValueError
        If the file cannot be read, or holds what are no finite numbers.
    """
    import numpy as np
    from safetensors import SafetensorError, safe_open

    try:
        # Asked first: a pipe in its place would be waited for.
        if not file.is_file():
            raise ValueError(f"{file.name} is missing")
        check_memory(file.stat().st_size, f"The file '{file}'", failure=ModelError)
        with safe_open(file, framework="np") as opened:
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
            text = opened.metadata() or {}
    except (SafetensorError, OSError, KeyError, TypeError, AttributeError) as error:
        # The last three are types that NumPy does not have.
        raise ValueError(f"{file.name} cannot be read: {error}") from error
    for name, values in tensors.items():
        if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
            raise ValueError(f"'{name}' of {file.name} holds values that are no finite numbers")
    return tensors, text


def check_shapes(tensors: Tensors, shapes: Mapping[str, tuple[int | None, ...]]) -> None:
    """Refuse tensors that are not just these, floats of these shapes, in which None is any length over 0.

    Raises
    ------
    ValueError
        If one is missing, is there for nothing, or differs.
    """
    different = tensors.keys() ^ shapes.keys()
    if different:
        name = min(different)
        raise ValueError(f"the tensor '{name}' {'is missing' if name in shapes else 'is no part'}")
    for name, shape in shapes.items():
        values = tensors[name]
        wanted = [size or max(1, own) for size, own in zip(shape, values.shape, strict=False)]
        if (
            values.dtype.name not in _FLOATS
            or len(wanted) < len(shape)
            or values.shape != tuple(wanted)
        ):
            raise ValueError(f"the tensor '{name}' is {values.dtype} of shape {values.shape}")


def text_array(texts: Sequence[str], stored: int) -> "np.ndarray":
    """Return texts as an array, in which each takes as much room as the longest.

    Parameters
    ----------
    texts : sequence of str
    stored : int
        The bytes of the file that they come from.

    Raises
    ------
    ModelError
        If they take too much.
    """
    import numpy as np

    needed = 4 * len(texts) * max(map(len, texts), default=0)
    check_memory(needed, f"A list of {len(texts):,} names", stored=stored, failure=ModelError)
    return np.array(texts, dtype=str)
