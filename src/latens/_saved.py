"""Fitted things as folders: NAME.json says what it is, and beside it are the numbers. Nothing is a pickle."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latens._writing import whole_folder
from latens.exceptions import ModelError

__all__ = ["SavedKind"]


@dataclass(frozen=True)
class SavedKind:
    """A kind of thing that is saved, and the version of its format.

    Attributes
    ----------
    name : str
        Such as "model", which makes the file model.json.
    version : int
        A folder of another version is refused.
    """

    name: str
    version: int = 1

    @property
    def file(self) -> str:
        """The name of the file with the description."""
        return f"{self.name}.json"

    def is_at(self, path: Path) -> bool:
        """Whether a folder holds a thing of this kind."""
        return (path / self.file).is_file()

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
        if path.exists() and not (overwrite and self.is_at(path)):
            raise ModelError(
                f"'{path}' exists already. Choose another folder, or pass overwrite=True to replace the "
                f"{self.name} there."
            )
        with whole_folder(path, ModelError) as folder:
            yield folder
            content = {"format": self._format, "version": self.version, **about}
            text = json.dumps(content, indent=2, ensure_ascii=False)
            (folder / self.file).write_text(text + "\n", encoding="utf-8")

    def read(self, path: Path) -> dict[str, Any]:
        """Return the description in a folder.

        Raises
        ------
        ModelError
            If the folder holds no thing of this kind, one of another version, or is damaged.
        """
        if not self.is_at(path):
            raise ModelError(f"'{path}' is not a saved {self.name}: it has no {self.file}.")
        try:
            about = json.loads((path / self.file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The {self.name} '{path}' is damaged: {self.file} is not JSON ({error})."
            ) from error
        if not isinstance(about, dict) or about.get("format") != self._format:
            raise ModelError(
                f"'{path}' is not a saved {self.name}: its {self.file} has another format."
            )
        if about.get("version") != self.version:
            raise ModelError(
                f"The {self.name} '{path}' has format version {about.get('version')}; this latens reads "
                f"version {self.version}. Install the latens that wrote it."
            )
        return about

    @property
    def _format(self) -> str:
        return f"latens {self.name}"
