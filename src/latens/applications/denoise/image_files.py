"""Image files that are denoised: read at their own size, and written under the same names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from latens._memory import check_memory
from latens._writing import atomic_write, check_free, whole_folder
from latens.data.folder_files import is_of_system
from latens.data.image_files import ENDINGS, probe_image, read_image
from latens.exceptions import DataError, RunError

__all__ = ["ImageFiles"]

# An image of 16 bits, and the same denoised, in single precision.
_BYTES_PER_VALUE = 6


@dataclass(frozen=True)
class ImageFiles:
    """An image file, or all images under a folder.

    Attributes
    ----------
    source : Path
    paths : tuple of Path
        The files, sorted.
    """

    source: Path
    paths: tuple[Path, ...]

    @classmethod
    def at(cls, source: str | Path) -> Self:
        """Find the images.

        Raises
        ------
        DataError
            If there is nothing, or a folder without images.
        """
        source = Path(source)
        if not source.exists():
            raise DataError(f"'{source}' does not exist. Give an image or a folder of images.")
        if not source.is_dir():
            return cls(source, (source,))
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in ENDINGS)
        paths = tuple(path for path in found if not _is_hidden(path.relative_to(source)))
        if not paths:
            raise DataError(f"'{source}' has no images. Known are {', '.join(ENDINGS)}.")
        return cls(source, paths)

    @property
    def default_out(self) -> Path:
        """Where results go if nobody says: a folder for a folder, a PNG for an image."""
        ending = "" if self.source.is_dir() else ".png"
        return Path(f"{self.source.resolve().stem}-denoised{ending}")

    def read(self, *, like: np.ndarray | None = None) -> list[np.ndarray]:
        """Read the images; they are grey only if all are grey.

        Parameters
        ----------
        like : ndarray or None, default=None
            A noisy image of the type and with the channels that these clean ones must have.

        Raises
        ------
        DataError
            If one cannot be read, or could not be written again, or they are not `like` another.
        """
        facts = [_named(path, probe_image, path) for path in self.paths]
        for path, fact in zip(self.paths, facts, strict=True):
            if fact.is_signed or (fact.is_deep and fact.is_color):
                what = "values with a sign" if fact.is_signed else "colors of 16 bits"
                raise DataError(
                    f"'{path}' has {what}, which could not be written again. Save it as grey of 16 bits, or "
                    "with 8 bits; arrays of any values are for latens.applications.Denoiser."
                )
        rgb = any(fact.is_color for fact in facts)
        sizes = [(fact.height, fact.width) for fact in facts]
        n_values = sum(height * width for height, width in sizes) * (3 if rgb else 1)
        largest = max(fact.working_bytes for fact in facts)
        what = f"The {len(self.paths):,} noisy or clean images"
        check_memory(_BYTES_PER_VALUE * n_values + largest, what)
        images = [
            _named(path, read_image, path, size, rgb=rgb)
            for path, size in zip(self.paths, sizes, strict=True)
        ]
        if like is not None:
            self._check_like(images[0], like)
        return images

    def _check_like(self, clean: np.ndarray, noisy: np.ndarray) -> None:
        for what, here, there in (
            ("of the type", clean.dtype, noisy.dtype),
            ("with channels", clean.shape[2:], noisy.shape[2:]),
        ):
            if here != there:
                raise DataError(
                    f"The clean images in '{self.source}' are {what} {here}, the noisy ones {there}. Give "
                    "both alike."
                )

    def check_out(self, out: Path, needed: Iterable[Path | None], *, overwrite: bool) -> None:
        """Refuse to write results where something is, unless it may be replaced and nothing would be lost.

        Parameters
        ----------
        out : Path
            What is to be replaced by the results.
        needed : iterable of Path
            Files and folders that must stay.
        overwrite : bool

        Raises
        ------
        RunError
            If it is there and must stay, is of another kind than the results, contains a file or folder that
            is needed, or holds anything but earlier results.
        """
        if not out.exists():
            return
        check_free(out, overwrite=overwrite)
        is_folder = self.source.is_dir()
        if out.is_dir() != is_folder or (is_folder and out.is_symlink()):
            what = "is a folder or a link" if out.is_dir() else "is no folder"
            raise RunError(f"'{out}' {what}, so it is not replaced. Choose another `out`.")
        for place in needed:
            if place is not None and place.resolve().is_relative_to(out.resolve()):
                raise RunError(
                    f"'{out}' is or contains '{place.resolve()}', so it is not replaced. Choose another "
                    "`out`."
                )
        if is_folder:
            _check_content(out, self._names())

    def write(self, out: Path, images: Sequence[np.ndarray], dtype: "np.dtype[Any]") -> None:
        """Write denoised images as one file, or a folder with the names of the source, whole or not at all.

        Parameters
        ----------
        out : Path
        images : sequence of ndarray
            In the order of `paths`.
        dtype : dtype
            Of integers, as which they are written.
        """
        top = np.iinfo(dtype).max
        pixels = [np.rint(image).clip(0, top).astype(dtype) for image in images]
        if self.source.is_file():
            kind = Image.registered_extensions()[out.suffix.lower()]
            with atomic_write(out) as temporary:
                Image.fromarray(pixels[0]).save(temporary, format=kind)
            return
        names = self._names()
        with whole_folder(out) as folder:
            for name, image in zip(names, pixels, strict=True):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(path)
            if out.exists():
                _check_content(out, names)  # again: minutes have passed

    def _names(self) -> list[Path]:
        """The names of the results in their folder."""
        names = [path.relative_to(self.source) for path in self.paths]
        # a.png and a.jpg would both become a.png.
        alone = len({name.with_suffix("") for name in names}) == len(names)
        return [name.with_suffix(".png") if alone else Path(f"{name}.png") for name in names]


def _is_hidden(path: Path) -> bool:
    return any(name.startswith(".") or is_of_system(name) for name in path.parts)


def _named(path: Path, read: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a reader of image files gives, its errors with the name of the file."""
    try:
        return read(*arguments, **options)
    except DataError as error:
        raise DataError(f"'{path}' cannot be read: {error}.") from error


def _check_content(folder: Path, names: Sequence[Path]) -> None:
    """Refuse to replace a folder that holds anything but earlier results."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_dir() or inside in names):
            raise RunError(
                f"'{folder}' holds '{inside}', which would not be written anew, so the folder is not "
                "replaced. Choose another `out`."
            )
