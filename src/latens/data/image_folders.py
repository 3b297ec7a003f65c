"""A folder of images, flat or nested, labeled by its sub-folders or not, or one image, as one array."""

import os
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
from latens.data.folder_files import list_files, printable
from latens.data.folder_roles import folder_roles
from latens.data.image_files import MAX_PIXELS, ImageFacts, probe_image, read_image
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

_SHOWN = 3


@dataclass(frozen=True)
class _Plan:
    """How the images of a folder become one array."""

    size: tuple[int, int]
    rgb: bool
    dtype: np.dtype
    notes: tuple[str, ...]
    largest_bytes: int


@dataclass(frozen=True)
class _Broken:
    """A file that cannot be read, and why."""

    path: Path
    reason: DataError

    def in_words(self, folder: Path) -> str:
        """Its name in a folder, and why."""
        return f"{printable(self.path.relative_to(folder))}: {self.reason}"


def load_image_folder(
    folder: Path,
    split: Split = "all",
    *,
    image_size: ImageSize | None = None,
    strict: bool = False,
    with_masks: bool = False,
    progress: Progress = silent,
) -> Dataset:
    """Load every image under a folder as one array: of bytes, or of 16 bits where all images have them.

    Hidden files are passed over and the order is natural (2 before 10). If all images lie in
    sub-folders, two at least, the sub-folders' names are labels, which only score. Sub-folders called
    train and test (or val, dev, training_set ...) are the folder's own split instead, training images first.
    Masks and files that cannot be read are left out and listed; the latter leave gaps in the row numbers.

    Images stay grey if all of them are; one in color makes all RGB. If all share one size with sides
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
    strict : bool, default=False
        Whether to refuse the folder if a file cannot be read.
    with_masks : bool, default=False
        Whether the masks of images are samples, too.
    progress : callable, default=silent
        Told how many images are read.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If there are no images, or none can be read, or, if `strict`, one cannot: the message names the first.
    """
    asked_size = _check_size(image_size)
    files = list_files(folder, with_masks=with_masks)
    # Of all parts, so that they have one size and one kind of colors.
    every = [folder / path for path in files.images]
    probed = _map(probe_image, every, progress, "opening images")
    closed = _broken(probed)
    _check_broken(closed, len(every), folder, strict=strict)
    pairs = zip(files.images, probed, strict=True)
    known = {path: fact for path, fact in pairs if not isinstance(fact, _Broken)}
    images, plan = list(known), _plan(list(known.values()), asked_size)
    roles = folder_roles(images)
    numbers = {path: row for row, path in enumerate(roles.by_part(files.images))}
    chosen = [path for path in roles.by_part(images) if roles.is_in(path, split)]
    X, results, notes = _read_all(folder, chosen, plan, progress)
    cut = _broken(results)
    _check_broken(cut, len(chosen), folder, strict=strict)
    missing = {one.path for one in cut}
    # That a file is cut short shows only when all of it is read.
    kept, read = ([one for one in some if folder / one not in missing] for some in (chosen, images))
    read_as = (folder_roles(read) if missing else roles).read_as
    broken = [*closed, *cut]
    return Dataset(
        X,
        # The names of all classes, also those that only the other part has.
        roles.codes(kept),
        roles.classes,
        notes=(*_broken_notes(broken, folder), *plan.notes, *notes, *files.notes, *roles.notes),
        item_names=tuple(printable(path) for path in kept),
        items_are_files=True,
        rows=np.array([numbers[path] for path in kept], dtype=np.int64),
        has_split=roles.part_at is not None,
        layout="images",
        read_as=f"{read_as}, each {_in_words(plan.size)}{_bits(X)}",
        left_out=tuple(one.in_words(folder) for one in broken),
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
    probed = _map(probe_image, [path], silent, "opening images")
    _check_broken(_broken(probed), 1, path.parent, strict=True)
    plan = _plan([fact for fact in probed if not isinstance(fact, _Broken)], asked_size)
    name = PurePosixPath(path.name)
    X, results, notes = _read_all(path.parent, [name], plan, silent)
    _check_broken(_broken(results), 1, path.parent, strict=True)
    return Dataset(
        X,
        notes=(*plan.notes, *notes),
        item_names=(printable(name),),
        items_are_files=True,
        layout="images",
        read_as=f"one image of {_in_words(plan.size)}",
    )


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


def _plan(facts: Sequence[ImageFacts], asked_size: tuple[int, int] | None) -> _Plan:
    size = asked_size or _common_size(facts)
    rgb = any(fact.is_color for fact in facts)
    own_sizes = {(fact.height, fact.width) for fact in facts}
    n_resized = sum((fact.height, fact.width) != size for fact in facts)
    n_grey = sum(not fact.is_color for fact in facts)
    n_animated = sum(fact.is_animated for fact in facts)
    n_inverted = sum(fact.is_inverted for fact in facts)
    n_transparent = sum(fact.is_transparent for fact in facts)
    n_reduced = sum(fact.is_reduced for fact in facts)
    notes = []
    if n_resized:
        sizes = "different sizes" if len(own_sizes) > 1 else _in_words(*own_sizes)
        notes.append(f"{n_resized:,} images of {sizes} were resized to {_in_words(size)}.")
    if rgb and n_grey:
        notes.append(f"{n_grey:,} grey images beside images in color were made RGB.")
    if n_animated:
        notes.append(f"Of {n_animated:,} images with several frames the first frame was taken.")
    if n_inverted:
        notes.append(
            f"{n_inverted:,} images of which 0 is white were inverted, so that 0 is black."
        )
    if n_transparent:
        notes.append(f"Transparent parts of {n_transparent:,} images were laid on white.")
    if n_reduced:
        limit = MAX_PIXELS // 10**6
        notes.append(f"{n_reduced:,} images of more than {limit} megapixels were decoded reduced.")
    largest = max(fact.working_bytes for fact in facts)
    return _Plan(size, rgb, _value_type(facts), tuple(notes), largest)


def _value_type(facts: Sequence[ImageFacts]) -> np.dtype:
    """The type that holds the values of all images, which only deep ones beside bytes are scaled for."""
    n_deep = sum(fact.is_deep for fact in facts)
    n_signed = sum(fact.is_signed for fact in facts)
    if n_signed and n_deep < len(facts):
        raise DataError(
            f"{n_signed:,} images hold numbers with a sign and {len(facts) - n_deep:,} have plain values of "
            "8 bits: they have no unit in common. Put either kind into a folder of its own."
        )
    if n_deep < len(facts):
        return np.dtype(np.uint8)
    return np.dtype(np.int32 if n_signed else np.uint16)


def _bits(X: np.ndarray) -> str:
    """In words, what the values are where they are no bytes."""
    if X.dtype == np.uint8 or not len(X):
        return ""
    return f", values of more than 8 bits as they are ({int(X.min()):,} to {int(X.max()):,})"


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
) -> tuple[np.ndarray, Sequence[_Broken | None], tuple[str, ...]]:
    """Decode every image into its place; deep images among others wait until their range is known."""
    shape = (len(images), *plan.size, 3) if plan.rgb else (len(images), *plan.size)
    n_bytes = int(np.prod(shape, dtype=object)) * plan.dtype.itemsize
    # Deep images among others are kept aside, at two bytes for each pixel.
    aside = 2 * int(np.prod(shape, dtype=object)) if plan.dtype == np.uint8 else 0
    where = f"The images of '{folder}' at {_in_words(plan.size)}"
    check_memory(n_bytes + aside + plan.largest_bytes, where)
    X = np.empty(shape, dtype=plan.dtype)
    deep: dict[int, np.ndarray] = {}
    places = {folder / path: row for row, path in enumerate(images)}

    def read(path: Path) -> None:
        row = places[path]
        pixels = read_image(path, plan.size, rgb=plan.rgb)
        if plan.dtype == np.uint8 and pixels.dtype != np.uint8:
            deep[row] = pixels
        else:
            X[row] = _with_channels(pixels, X.ndim)

    room = int(_SHARE_OF_THREADS * available_memory() / plan.largest_bytes)
    results = _map(read, list(places), progress, "reading images", n_threads=max(1, room))
    notes = _scale_deep(X, deep)
    X = _without_gaps(X, [row for row, result in enumerate(results) if result is None])
    if plan.dtype == np.uint8 or not len(X):
        return X, results, notes
    X, more = _kept_deep(X)
    return X, results, (*notes, *more)


def _with_channels(pixels: np.ndarray, ndim: int) -> np.ndarray:
    return pixels if pixels.ndim == ndim - 1 else pixels[..., np.newaxis]


def _without_gaps(X: np.ndarray, rows: Sequence[int]) -> np.ndarray:
    """Move the rows that were read together, in place: a copy may not fit in memory."""
    if len(rows) < len(X):
        for place, row in enumerate(rows):
            X[place] = X[row]
    return X[: len(rows)]


def _kept_deep(X: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Deep images in the smallest type that holds them, and a word on those with negative values."""
    low, high = int(X.min()), int(X.max())
    if low >= 0:
        return X.astype(np.uint16, copy=False), ()
    kind = np.int16 if high < 2**15 else np.int32
    note = (
        f"The images hold negative values, which were kept: {low:,} to {high:,} ({kind.__name__})."
    )
    return X.astype(kind, copy=False), (note,)


def _scale_deep(X: np.ndarray, deep: dict[int, np.ndarray]) -> tuple[str, ...]:
    """Scale images of up to 16 bits, beside others, to bytes: all by one factor.

    The range is the number of bits in use: pictures of 12 bits in files of 16 would be black otherwise.
    """
    if not deep:
        return ()
    largest = max(int(pixels.max()) for pixels in deep.values())
    top = 2 ** max(8, largest.bit_length()) - 1
    for row, pixels in deep.items():
        X[row] = _with_channels(np.rint(pixels * (255 / top)).astype(np.uint8), X.ndim)
    return (f"{len(deep):,} images of 16 bits were scaled from 0..{top} to 0..255.",)


def _map(
    function: Callable[[Path], _Result],
    paths: Sequence[Path],
    progress: Progress,
    task: str,
    n_threads: int = _MOST_THREADS,
) -> list[_Result | _Broken]:
    """Call a function on every file in threads; of a file that fails, return why."""

    def attempt(path: Path) -> _Result | _Broken:
        try:
            return function(path)
        except DataError as error:
            return _Broken(path, error)

    results: list[_Result | _Broken] = []
    with _pool(n_threads) as pool:
        for result in pool.map(attempt, paths):
            results.append(result)
            progress(task, len(results), len(paths))
    return results


def _broken(results: Sequence[object]) -> list[_Broken]:
    return [result for result in results if isinstance(result, _Broken)]


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


def _check_broken(broken: Sequence[_Broken], n_images: int, folder: Path, *, strict: bool) -> None:
    """Refuse the folder if nothing can be read, or, if strict, if anything cannot."""
    if not broken or (len(broken) < n_images and not strict):
        return
    names = [f"'{printable(one.path.relative_to(folder))}'" for one in broken]
    also = f" (also {_first(names[1:])})" if names[1:] else ""
    raise DataError(
        f"{len(broken):,} of {n_images:,} images in '{folder}' cannot be read, first {names[0]}: "
        f"{broken[0].reason}{also}. Repair or remove them."
    )


def _broken_notes(broken: Sequence[_Broken], folder: Path) -> list[str]:
    if not broken:
        return []
    first = f"'{printable(broken[0].path.relative_to(folder))}': {broken[0].reason}"
    others = [f"'{printable(one.path.relative_to(folder))}'" for one in broken[1:]]
    also = f"; also {_first(others)}" if others else ""
    what = (
        "image that cannot be read was" if len(broken) == 1 else "images that cannot be read were"
    )
    return [
        f"{len(broken):,} {what} left out ({first}{also}). `latens data info` lists all; --strict "
        "(strict=True) refuses them."
    ]


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
