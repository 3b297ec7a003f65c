"""The images of `latens denoise`: read at their own size, and written under the same names."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._memory import check_memory
from latens._writing import whole_file, whole_folder
from latens.exceptions import DataError, RunError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["check_out", "image_paths", "read_images", "write_images"]

# An image of 16 bits, and the same cleaned, in single precision.
_BYTES_PER_VALUE = 6


def image_paths(source: Path) -> list[Path]:
    """All images under a folder, or one."""
    from latens.data.folder_files import is_of_system
    from latens.data.image_files import ENDINGS

    paths = [source]
    if source.is_dir():
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in ENDINGS)
        paths = [
            path
            for path in found
            if not any(
                name.startswith(".") or is_of_system(name)
                for name in path.relative_to(source).parts
            )
        ]
    if not paths:
        raise DataError(f"'{source}' has no images. Known are {', '.join(ENDINGS)}.")
    return paths


def read_images(paths: Sequence[Path]) -> list["np.ndarray"]:
    """Images at their own size; grey only if all are grey."""
    from latens.data.image_files import probe_image, read_image

    facts = [_named(path, probe_image, path) for path in paths]
    for path, fact in zip(paths, facts, strict=True):
        if fact.is_signed or (fact.is_deep and fact.is_colour):
            what = "values with a sign" if fact.is_signed else "colours of 16 bits"
            raise DataError(
                f"'{path}' has {what}, which could not be written again. Save it as grey of 16 bits, or with "
                "8 bits; arrays of any values are for latens.applications.Denoiser."
            )
    rgb = any(fact.is_colour for fact in facts)
    sizes = [(fact.height, fact.width) for fact in facts]
    n_values = sum(height * width for height, width in sizes) * (3 if rgb else 1)
    largest = max(fact.working_bytes for fact in facts)
    check_memory(_BYTES_PER_VALUE * n_values + largest, f"The {len(paths):,} noisy or clean images")
    return [
        _named(path, read_image, path, size, rgb=rgb)
        for path, size in zip(paths, sizes, strict=True)
    ]


def _named(path: Path, read: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a reader of image files gives, its errors with the name of the file."""
    try:
        return read(*arguments, **options)
    except DataError as error:
        raise DataError(f"'{path}' cannot be read: {error}.") from error


def check_out(out: Path, source: Path, paths: Sequence[Path], needed: Iterable[Path]) -> None:
    """Refuse to replace what is there where something would be lost.

    Raises
    ------
    RunError
        If it is of another kind than the result, contains a file or folder that is needed, or holds
        anything but earlier results.
    """
    is_folder = source.is_dir()
    if out.is_dir() != is_folder or (is_folder and out.is_symlink()):
        what = "is a folder or a link" if out.is_dir() else "is no folder"
        raise RunError(f"'{out}' {what}, so it is not replaced. Choose another --out.")
    for place in needed:
        if place.resolve().is_relative_to(out.resolve()):
            raise RunError(
                f"'{out}' is or contains '{place.resolve()}', so it is not replaced. Choose another --out."
            )
    if is_folder:
        _check_content(out, _names(source, paths))


def _names(source: Path, paths: Sequence[Path]) -> list[Path]:
    """The names of cleaned images in their folder."""
    names = [path.relative_to(source) for path in paths]
    # a.png and a.jpg would both become a.png.
    alone = len({name.with_suffix("") for name in names}) == len(names)
    return [name.with_suffix(".png") if alone else Path(f"{name}.png") for name in names]


def _check_content(folder: Path, names: Sequence[Path]) -> None:
    """Refuse to replace a folder that holds anything but earlier results."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_dir() or inside in names):
            raise RunError(
                f"'{folder}' holds '{inside}', which would not be written anew, so the folder is not "
                "replaced. Choose another --out."
            )


def write_images(
    out: Path,
    source: Path,
    paths: Sequence[Path],
    images: Sequence["np.ndarray"],
    dtype: "np.dtype[Any]",
) -> None:
    """Write one file, or a folder with the names of the source, whole or not at all."""
    import numpy as np
    from PIL import Image

    top = np.iinfo(dtype).max
    pixels = [np.rint(image).clip(0, top).astype(dtype) for image in images]
    if source.is_file():
        kind = Image.registered_extensions()[out.suffix.lower()]
        with whole_file(out) as temporary:
            Image.fromarray(pixels[0]).save(temporary, format=kind)
        return
    names = _names(source, paths)
    with whole_folder(out) as folder:
        for name, image in zip(names, pixels, strict=True):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
        if out.exists():
            _check_content(out, names)  # again: minutes have passed
