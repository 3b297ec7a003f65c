"""A folder of images, flat or nested, labelled by its sub-folders or not, or one image, as one array."""

import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from latens._memory import available_memory, check_memory
from latens._validation import Integer
from latens.data.dataset import Dataset, Split
from latens.data.image_files import ENDINGS, ImageFacts, probe_image, read_image
from latens.data.progress import Progress, silent
from latens.exceptions import DataError, ParameterError

__all__ = ["ImageSize", "load_image", "load_image_folder"]

ImageSize = int | tuple[int, int]
_Result = TypeVar("_Result")

# Images that share a size up to 96 pixels are what networks are made for; larger or mixed ones are
# brought to 64, where a convolutional network still trains on a CPU.
_KEPT_SIDE = 96
_TARGET_SIDE = 64
_LARGEST_SIDE = Integer(1, 4096)
_MOST_THREADS = 16
# Of the memory that is available, what the images that are decoded at the same time may take.
_SHARE_OF_THREADS = 0.25

_PARTS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}


@dataclass(frozen=True)
class _Files:
    """The images under a folder, as sorted paths relative to it, and what else lies there."""

    images: tuple[PurePosixPath, ...]
    others: tuple[PurePosixPath, ...]


@dataclass(frozen=True)
class _Plan:
    """How the images of a folder become one array."""

    size: tuple[int, int]
    rgb: bool
    deep: bool
    notes: tuple[str, ...]
    largest_bytes: int


def load_image_folder(
    folder: Path,
    split: Split = "all",
    *,
    image_size: ImageSize | None = None,
    progress: Progress = silent,
) -> Dataset:
    """Load every image under a folder as one array: of bytes, or of 16 bits where all images have them.

    Hidden files are passed over and the order is natural (2 before 10). If all images lie in
    sub-folders, two at least, the sub-folders' names are labels, which only score. Sub-folders called
    train and test (or val) are the folder's own split instead.

    Images stay grey if all of them are; one in colour makes all RGB. If all share one size with sides
    up to 96 pixels it is kept; otherwise all are resized to the median aspect ratio with a longer side
    of 64 pixels (less if no image is that large).

    Parameters
    ----------
    folder : Path
        Where to look, at any depth.
    split : {"train", "test", "all"}, default="all"
        Which part to read, where the folder has parts.
    image_size : int, (int, int) or None, default=None
        Height and width in pixels, 1 to 4096; one integer makes squares; None for the rule above.
    progress : callable, default=silent
        Told how many images are read.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If there are no images, or some cannot be read: the message names the first ones.
    """
    asked_size = _check_size(image_size)
    files = _list_files(folder)
    parts = _own_parts(files.images)
    chosen = [path for path in files.images if parts is None or _is_in(path, parts, split)]
    # Of all parts, so that they have one size and one kind of colours.
    every = [folder / path for path in files.images]
    plan = _plan(_map(probe_image, every, folder, progress, "opening images"), asked_size)
    X, notes = _read_all(folder, chosen, plan, progress)
    # The names of all classes, also those that only the other part has.
    classes = _classes(files.images, depth=0 if parts is None else 1)
    y = _codes(chosen, classes, depth=0 if parts is None else 1)
    return Dataset(
        X,
        y,
        classes,
        notes=(*plan.notes, *notes, *_other_notes(files, parts)),
        item_names=tuple(_printable(path) for path in chosen),
        has_split=parts is not None,
    )


def load_image(path: Path, *, image_size: ImageSize | None = None) -> Dataset:
    """Load one image as the only sample: not to learn from, but to be encoded.

    Parameters
    ----------
    path : Path
        The file.
    image_size : int, (int, int) or None, default=None
        As for `load_image_folder`.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If it cannot be read.
    """
    asked_size = _check_size(image_size)
    plan = _plan(_map(probe_image, [path], path.parent, silent, "opening images"), asked_size)
    name = PurePosixPath(path.name)
    X, notes = _read_all(path.parent, [name], plan, silent)
    return Dataset(X, notes=(*plan.notes, *notes), item_names=(_printable(name),))


def _check_size(image_size: ImageSize | None) -> tuple[int, int] | None:
    if image_size is None:
        return None
    size = (image_size, image_size) if isinstance(image_size, int) else image_size
    is_pair = isinstance(size, tuple | list) and len(size) == 2
    if not is_pair or not all(_LARGEST_SIDE.accepts(side) for side in size):
        raise ParameterError(
            "The 'image_size' parameter of load must be None, an integer in [1, 4096] or a pair "
            f"(height, width) of them. Got {image_size!r} instead."
        )
    return int(size[0]), int(size[1])


def _list_files(folder: Path) -> _Files:
    found: list[PurePosixPath] = []
    seen: set[str] = set()
    try:
        for root, subfolders, names in os.walk(folder, onerror=_raise, followlinks=True):
            # A link to a folder above would go round for ever.
            real = os.path.realpath(root)
            is_new = real not in seen
            seen.add(real)
            subfolders[:] = [name for name in subfolders if is_new and not name.startswith(".")]
            here = PurePosixPath(Path(root).relative_to(folder).as_posix())
            found += [here / name for name in names if is_new and not name.startswith(".")]
    except OSError as error:
        raise DataError(f"The folder '{folder}' cannot be read: {error}.") from error
    found.sort(key=_natural)
    images = tuple(path for path in found if path.suffix.lower() in ENDINGS)
    others = tuple(path for path in found if path.suffix.lower() not in ENDINGS)
    if not images:
        raise _no_images(folder, others)
    return _Files(images, others)


def _raise(error: OSError) -> None:
    raise error


def _natural(path: PurePosixPath) -> tuple[list[str | int], str]:
    """Sort "a" before "a2" before "a10"; the whole path settles ties."""
    pieces = re.split(r"(\d+)", str(path.with_suffix("")).lower())
    key: list[str | int] = [int(text) if i % 2 else text for i, text in enumerate(pieces)]
    return key, str(path)


def _no_images(folder: Path, others: Sequence[PurePosixPath]) -> DataError:
    kinds = ", ".join(ending[1:] for ending in ENDINGS)
    if not others:
        return DataError(f"The folder '{folder}' is empty. Expected images ({kinds}).")
    return DataError(
        f"The folder '{folder}' holds no images ({kinds}) but {len(others):,} other file(s), such as "
        f"'{_printable(others[0])}'. To load a single file, name the file itself."
    )


def _own_parts(images: Sequence[PurePosixPath]) -> set[str] | None:
    """The parts that the first sub-folders name, if they are a split and nothing else."""
    names = {path.parts[0].lower() if len(path.parts) > 1 else "" for path in images}
    if not names <= _PARTS.keys():
        return None
    parts = {_PARTS[name] for name in names}
    return parts if "train" in parts and len(parts) > 1 else None


def _is_in(path: PurePosixPath, parts: set[str], split: Split) -> bool:
    """Whether an image belongs to the split; without a test part, validation is the test part."""
    part = _PARTS[path.parts[0].lower()]
    if part == "validation":
        part = "train" if "test" in parts else "test"
    return split in ("all", part)


def _classes(images: Sequence[PurePosixPath], depth: int) -> tuple[str, ...] | None:
    """The names of the sub-folders at a depth, if all images lie in one and there are two or more."""
    if any(len(path.parts) < depth + 2 for path in images):
        return None
    names = {path.parts[depth] for path in images}
    ordered = sorted(names, key=lambda name: _natural(PurePosixPath(name)))
    return tuple(_printable(PurePosixPath(name)) for name in ordered) if len(names) > 1 else None


def _codes(
    images: Sequence[PurePosixPath], classes: tuple[str, ...] | None, depth: int
) -> np.ndarray | None:
    if classes is None:
        return None
    code = {name: number for number, name in enumerate(classes)}
    return np.array([code[_printable(PurePosixPath(path.parts[depth]))] for path in images])


def _plan(facts: Sequence[ImageFacts], asked_size: tuple[int, int] | None) -> _Plan:
    size = asked_size or _common_size(facts)
    rgb = any(fact.is_colour for fact in facts)
    own_sizes = {(fact.height, fact.width) for fact in facts}
    n_resized = sum((fact.height, fact.width) != size for fact in facts)
    n_grey = sum(not fact.is_colour for fact in facts)
    n_animated = sum(fact.is_animated for fact in facts)
    notes = []
    if n_resized:
        sizes = "different sizes" if len(own_sizes) > 1 else _in_words(*own_sizes)
        notes.append(f"{n_resized:,} images of {sizes} were resized to {_in_words(size)}.")
    if rgb and n_grey:
        notes.append(f"{n_grey:,} grey images beside images in colour were made RGB.")
    if n_animated:
        notes.append(f"Of {n_animated:,} images with several frames the first frame was taken.")
    is_deep = all(fact.is_deep for fact in facts)
    return _Plan(size, rgb, is_deep, tuple(notes), max(fact.working_bytes for fact in facts))


def _in_words(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]} pixels (height x width)"


def _common_size(facts: Sequence[ImageFacts]) -> tuple[int, int]:
    sizes = {(fact.height, fact.width) for fact in facts}
    longest = max(max(size) for size in sizes)
    if len(sizes) == 1 and longest <= _KEPT_SIDE:
        return next(iter(sizes))
    # The median of the logarithm treats 2:1 and 1:2 alike.
    ratio = float(np.exp(np.median([np.log(fact.height / fact.width) for fact in facts])))
    side = min(_TARGET_SIDE, longest)
    height, width = (side, side / ratio) if ratio >= 1 else (side * ratio, side)
    return max(1, round(height)), max(1, round(width))


def _read_all(
    folder: Path,
    images: Sequence[PurePosixPath],
    plan: _Plan,
    progress: Progress,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Decode every image into its place; deep images among others wait until their range is known."""
    dtype = np.dtype(np.uint16 if plan.deep else np.uint8)
    shape = (len(images), *plan.size, 3) if plan.rgb else (len(images), *plan.size)
    n_bytes = int(np.prod(shape, dtype=object)) * dtype.itemsize
    # Deep images among others are kept aside, at two bytes for each pixel.
    aside = 0 if plan.deep else 2 * len(images) * plan.size[0] * plan.size[1]
    where = f"The images of '{folder}' at {_in_words(plan.size)}"
    check_memory(n_bytes + aside + plan.largest_bytes, where)
    X = np.empty(shape, dtype=dtype)
    deep: dict[int, np.ndarray] = {}
    places = {folder / path: row for row, path in enumerate(images)}

    def read(path: Path) -> None:
        row = places[path]
        pixels = read_image(path, plan.size, rgb=plan.rgb)
        if pixels.dtype == dtype:
            X[row] = pixels
        else:
            deep[row] = pixels

    room = int(_SHARE_OF_THREADS * available_memory() / plan.largest_bytes)
    _map(read, list(places), folder, progress, "reading images", n_threads=max(1, room))
    return X, _scale_deep(X, deep)


def _scale_deep(X: np.ndarray, deep: dict[int, np.ndarray]) -> tuple[str, ...]:
    """Scale images of up to 16 bits, beside others, to bytes: all by one factor.

    The range is the number of bits in use: pictures of 12 bits in files of 16 would be black otherwise.
    """
    if not deep:
        return ()
    largest = max(int(pixels.max()) for pixels in deep.values())
    top = 2 ** max(8, largest.bit_length()) - 1
    for row, pixels in deep.items():
        scaled = np.rint(pixels * (255 / top)).astype(np.uint8)
        X[row] = scaled if X.ndim == 3 else scaled[..., np.newaxis]
    return (f"{len(deep):,} images of 16 bits were scaled from 0..{top} to 0..255.",)


def _map(
    function: Callable[[Path], _Result],
    paths: Sequence[Path],
    folder: Path,
    progress: Progress,
    task: str,
    n_threads: int = _MOST_THREADS,
) -> list[_Result]:
    """Call a function on every file in threads, and raise one error for all files that fail."""

    def attempt(path: Path) -> _Result | DataError:
        try:
            return function(path)
        except DataError as error:
            return error

    results: list[_Result] = []
    failed: list[tuple[Path, DataError]] = []
    with _pool(n_threads) as pool:
        for path, result in zip(paths, pool.map(attempt, paths), strict=True):
            if isinstance(result, DataError):
                failed.append((path, result))
            else:
                results.append(result)
            progress(task, len(results) + len(failed), len(paths))
    if failed:
        raise _unreadable(failed, len(paths), folder)
    return results


@contextmanager
def _pool(n_threads: int) -> Iterator[ThreadPoolExecutor]:
    """So many threads at most, that stop at once on Ctrl-C, with Pillow's own warnings off.

    The pixel limit here is stricter than the one Pillow warns about, and its other warnings concern
    metadata that are not used.
    """
    pool = ThreadPoolExecutor(max_workers=min(n_threads, _MOST_THREADS, os.cpu_count() or 1))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\b")
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _unreadable(failed: Sequence[tuple[Path, DataError]], n_images: int, folder: Path) -> DataError:
    names = [f"'{_printable(path.relative_to(folder))}'" for path, _ in failed]
    also = (
        f" (also {', '.join(names[1:4])}{', ...' if len(names) > 4 else ''})" if names[1:] else ""
    )
    return DataError(
        f"{len(failed):,} of {n_images:,} images in '{folder}' cannot be read, first {names[0]}: "
        f"{failed[0][1]}{also}. Repair or remove them."
    )


def _other_notes(files: _Files, parts: set[str] | None) -> list[str]:
    notes = []
    if files.others:
        first = _printable(files.others[0])
        notes.append(
            f"{len(files.others):,} files that are no images were left out, such as '{first}'."
        )
    if parts == {"train", "test", "validation"}:
        notes.append("The validation images count as training images.")
    return notes


def _printable(path: Path | PurePosixPath) -> str:
    """A file name that can be shown and stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")
