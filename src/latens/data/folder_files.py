"""Which files under a folder are images to read, and what the others are."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from latens.data.image_files import ENDINGS
from latens.data.parts import part_called
from latens.exceptions import DataError

__all__ = ["FolderFiles", "is_of_system", "list_files", "natural", "printable"]

# Thumbnails, waste bins and the like that NAS systems, Windows and file systems put beside people's files.
_SYSTEM_FOLDERS = {
    *("@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp"),
    *("$recycle.bin", "recycler", "system volume information", "lost+found", "__macosx"),
}
# Images, of kinds that are not read.
_FOREIGN = {
    *("heic", "heif", "hif", "avif", "jxl", "jp2", "j2k", "jpf", "jpx", "jxr", "wdp"),
    *(
        "cr2",
        "cr3",
        "crw",
        "nef",
        "nrw",
        "arw",
        "srf",
        "sr2",
        "dng",
        "orf",
        "rw2",
        "raf",
        "pef",
        "srw",
    ),
    *(
        "psd",
        "xcf",
        "kra",
        "svg",
        "eps",
        "ico",
        "icns",
        "tga",
        "pcx",
        "dds",
        "exr",
        "hdr",
        "pfm",
        "pam",
    ),
    *(
        "dcm",
        "dicom",
        "nii",
        "mha",
        "mhd",
        "nrrd",
        "czi",
        "lif",
        "nd2",
        "svs",
        "ndpi",
        "fits",
        "fit",
    ),
}
_MOST_KINDS = 5

_IMAGE_FOLDER = re.compile(
    r"(jpe?g|png|tiff?|raw|input|rgb|source|src)?"
    r"(images?|imgs?|photos?|pictures?|pics?|inputs?|scans?|originals?|frames?|tiles?|patches|rgb)"
)
_MASK_FOLDER = re.compile(
    r"(image)?(masks?|seg(mentations?)?(class|object|masks?|maps?)?|groundtruths?|labelmaps?)"
)
# Names that masks have where their files match those of the images.
_MAYBE_MASK_FOLDER = re.compile(r"labels?|targets?|annotations?|annots?|gts?|y")
_PART_WORDS = ("training", "train", "testing", "test", "validation", "valid", "val", "dev", "eval")
_MASK_STEM = re.compile(
    r"(?P<of>.+?)[ _.-]*(masks?|seg|segmentation|ground[ _-]?truth)([ _-]\d+)?", re.IGNORECASE
)
_MAYBE_MASK_STEM = re.compile(
    r"(?P<of>.+?)[ _.-](?:labels?|gt|annotations?|targets?)", re.IGNORECASE
)
_THUMBNAILS = re.compile(r"thumb(?:nail)?s?|thumbs?_?cache", re.IGNORECASE)
# As WordPress calls the sizes that it makes: a-150x150.jpg beside a.jpg.
_SIZED_STEM = re.compile(r"(?P<of>.+)-\d{2,4}x\d{2,4}")


@dataclass(frozen=True)
class FolderFiles:
    """The images under a folder, as sorted paths relative to it, and what else lies there.

    Attributes
    ----------
    images : tuple of path
    notes : tuple of str
        What was passed over, for people.
    """

    images: tuple[PurePosixPath, ...]
    notes: tuple[str, ...] = ()


def list_files(folder: Path, *, with_masks: bool = False) -> FolderFiles:
    """List the images under a folder in natural order.

    Hidden files, and the folders of systems, are passed over.

    Parameters
    ----------
    folder : Path
    with_masks : bool, default=False
        Whether the masks of images are samples, too.

    Raises
    ------
    DataError
        If there are no images, or most of them are of kinds that are not read.
    """
    found, passed = _walk(folder)
    found.sort(key=natural)
    images: list[PurePosixPath] = []
    others: list[PurePosixPath] = []
    for path in found:
        (images if path.suffix.lower() in ENDINGS else others).append(path)
    foreign = [path for path in others if _kind(path) in _FOREIGN]
    if len(foreign) > len(images):
        raise _mostly_foreign(folder, foreign, images)
    if not images:
        raise _no_images(folder, others)
    masks = set() if with_masks else _masks(images)
    copies = set() if with_masks else _small_copies(images) - masks
    rest = [path for path in others if _kind(path) not in _FOREIGN]
    notes = (
        *_notes(foreign, rest),
        *_notes_on_system(passed),
        *_notes_on_masks(masks),
        *_notes_on_copies(copies),
    )
    left = tuple(path for path in images if path not in masks and path not in copies)
    return FolderFiles(left, notes)


def _walk(folder: Path) -> tuple[list[PurePosixPath], dict[PurePosixPath, int]]:
    """Every file that is not hidden, and how many images the folders of systems hold."""
    found: list[PurePosixPath] = []
    passed: list[PurePosixPath] = []
    seen: set[str] = set()
    try:
        for root, subfolders, names in os.walk(folder, onerror=_raise, followlinks=True):
            # A link to a folder above would go round for ever.
            real = os.path.realpath(root)
            is_new = real not in seen
            seen.add(real)
            here = PurePosixPath(Path(root).relative_to(folder).as_posix())
            plain = [name for name in subfolders if is_new and not name.startswith(".")]
            subfolders[:] = [name for name in plain if not is_of_system(name)]
            passed += [here / name for name in plain if is_of_system(name)]
            found += [here / name for name in names if is_new and not name.startswith(".")]
    except OSError as error:
        raise DataError(f"The folder '{folder}' cannot be read: {error}.") from error
    counts = {path: _count_images(folder / path) for path in passed}
    return found, {path: count for path, count in counts.items() if count}


def is_of_system(name: str) -> bool:
    """Whether a folder of this name holds thumbnails, waste and the like, and nothing of people's."""
    return name.lower() in _SYSTEM_FOLDERS


def _raise(error: OSError) -> None:
    raise error


def _count_images(folder: Path) -> int:
    names = (name for _, _, names in os.walk(folder) for name in names)
    return sum(name.lower().endswith(ENDINGS) and not name.startswith(".") for name in names)


def natural(path: PurePosixPath) -> tuple[list[str | int], str]:
    """Sort "a" before "a2" before "a10"; the whole path settles ties."""
    pieces = re.split(r"(\d+)", str(path.with_suffix("")).lower())
    key: list[str | int] = [int(text) if i % 2 else text for i, text in enumerate(pieces)]
    return key, str(path)


def _kind(path: PurePosixPath) -> str:
    name = path.name.lower().removesuffix(".gz")
    return PurePosixPath(name).suffix[1:]


def _mostly_foreign(
    folder: Path, foreign: Sequence[PurePosixPath], images: Sequence[PurePosixPath]
) -> DataError:
    beside = f", beside {len(images):,} that can be read" if images else ""
    return DataError(
        f"Most images in '{folder}' are of kinds that are not read: {_kinds(foreign)}, such as "
        f"'{printable(foreign[0])}'{beside}. Convert them to JPEG or PNG; to go on without them, move them "
        "out of the folder."
    )


def _no_images(folder: Path, others: Sequence[PurePosixPath]) -> DataError:
    kinds = ", ".join(ending[1:] for ending in ENDINGS)
    if not others:
        return DataError(f"The folder '{folder}' is empty. Expected images ({kinds}).")
    return DataError(
        f"The folder '{folder}' holds no images ({kinds}) but {len(others):,} other file(s), such as "
        f"'{printable(others[0])}'. To load a single file, name the file itself."
    )


def _kinds(paths: Iterable[PurePosixPath]) -> str:
    """How many files there are of each kind, the most frequent first."""
    counts = Counter(_kind(path) or "without an ending" for path in paths).most_common()
    shown = [f"{count:,} {printable(PurePosixPath(kind))}" for kind, count in counts[:_MOST_KINDS]]
    more = sum(count for _, count in counts[_MOST_KINDS:])
    return ", ".join([*shown, f"{more:,} others"] if more else shown)


def _notes(foreign: Sequence[PurePosixPath], rest: Sequence[PurePosixPath]) -> list[str]:
    notes = []
    if foreign:
        notes.append(
            f"{len(foreign):,} images of kinds that are not read ({_kinds(foreign)}) were left out, such as "
            f"'{printable(foreign[0])}'. Convert them to JPEG or PNG to have them."
        )
    if rest:
        notes.append(
            f"{len(rest):,} files that are no images ({_kinds(rest)}) were left out, such as "
            f"'{printable(rest[0])}'."
        )
    return notes


def _notes_on_system(passed: Mapping[PurePosixPath, int]) -> list[str]:
    if not passed:
        return []
    names = ", ".join(sorted({path.name for path in passed}))
    return [
        f"{sum(passed.values()):,} images in folders of the system ({names}), such as thumbnails and deleted "
        "files, were passed over; to read them, load such a folder by itself."
    ]


def _masks(images: Sequence[PurePosixPath]) -> set[PurePosixPath]:
    """The images that are masks of others, by the names of their folders or their own."""
    called = [(path, match) for path in images if (match := _MASK_STEM.fullmatch(path.stem))]
    stems = {(path.parent, path.stem.lower()) for path in images} if called else set()
    masks = {path for path, match in called if (path.parent, match["of"].lower().strip()) in stems}
    masks |= _labeled_stems(images)
    for folder in _mask_folders(images):
        masks.update(path for path in images if folder in path.parents)
    return masks


def _labeled_stems(images: Sequence[PurePosixPath]) -> set[PurePosixPath]:
    """The images called a_label or a_gt, where each other image has one."""
    of = {
        path: path.with_name(match["of"])
        for path in images
        if (match := _MAYBE_MASK_STEM.fullmatch(path.stem))
    }
    if not of:
        return set()
    others = {path.with_name(path.stem) for path in images if path not in of}
    return set(of) if set(of.values()) == others else set()


def _small_copies(images: Sequence[PurePosixPath]) -> set[PurePosixPath]:
    """The images in folders of thumbnails that are called as others are, and those called a-150x150."""
    sized = [(path, match) for path in images if (match := _SIZED_STEM.fullmatch(path.stem))]
    known = set(images) if sized else set()
    copies = {path for path, match in sized if path.with_stem(match["of"]) in known}
    small = {
        path for path in images if any(_THUMBNAILS.fullmatch(name) for name in path.parts[:-1])
    }
    if small:
        stems = {path.stem.lower() for path in images if path not in small}
        paired = {path for path in small if path.stem.lower() in stems}
        # Others of the same names in a folder of thumbnails are chance where most have none.
        copies |= paired if 2 * len(paired) >= len(small) else set()
    return copies


def _mask_folders(images: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    """Folders beside one of images, or beside parts, that are called as masks are, with no others there.

    "train_masks" belongs to "train_images".
    """
    folders = {
        folder
        for parent in {path.parent for path in images}
        for folder in (parent, *parent.parents)
    }
    children: dict[tuple[PurePosixPath, str], list[PurePosixPath]] = {}
    for folder in sorted(folders - {PurePosixPath(".")}):
        children.setdefault((folder.parent, _words(folder)[0]), []).append(folder)
    found = []
    for beside in children.values():
        pictures = [folder for folder in beside if _is_called(folder, _IMAGE_FOLDER)]
        surely = [folder for folder in beside if _is_called(folder, _MASK_FOLDER)]
        maybe = [folder for folder in beside if _is_called(folder, _MAYBE_MASK_FOLDER)]
        parts = [folder for folder in beside if part_called(folder.name) is not None]
        if parts and len(beside) == len(parts) + len(surely):
            found += surely
        elif len(pictures) == 1 and len(beside) == 1 + len(surely) + len(maybe):
            found += surely
            found += [folder for folder in maybe if _are_paired(images, pictures[0], folder)]
    return found


def _is_called(folder: PurePosixPath, names: re.Pattern[str]) -> bool:
    return names.fullmatch(_words(folder)[1]) is not None


def _words(folder: PurePosixPath) -> tuple[str, str]:
    """The part that the name of a folder begins or ends with, and the rest: "train" and "masks"."""
    name = re.sub(r"[^a-z]", "", folder.name.lower())
    for part in _PART_WORDS:
        for rest in (name.removeprefix(part), name.removesuffix(part)):
            if rest not in (name, ""):
                return part, rest
    return "", name


def _are_paired(
    images: Sequence[PurePosixPath], pictures: PurePosixPath, masks: PurePosixPath
) -> bool:
    """Whether half of the files of one folder are called like one of the other."""
    here = {path.stem.lower() for path in images if masks in path.parents}
    there = {path.stem.lower() for path in images if pictures in path.parents}
    return 2 * len(here & there) >= len(here)


def _notes_on_masks(masks: set[PurePosixPath]) -> list[str]:
    if not masks:
        return []
    first = min(masks, key=natural)
    return [
        f"{len(masks):,} images are masks of others by their names, such as '{printable(first)}', and were "
        "left out; --as images (layout='images') reads them, too."
    ]


def _notes_on_copies(copies: set[PurePosixPath]) -> list[str]:
    if not copies:
        return []
    first = min(copies, key=natural)
    match = _SIZED_STEM.fullmatch(first.stem)
    of = printable(PurePosixPath(first.with_stem(match["of"]).name if match else first.name))
    return [
        f"{len(copies):,} images are small copies of others by their names, such as '{printable(first)}' of "
        f"'{of}', and were left out; --as images (layout='images') reads them, too."
    ]


def printable(path: Path | PurePosixPath) -> str:
    """A file name that can be shown and stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")
