"""What the sub-folders of a folder of images are: parts such as train and test, or classes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from latens.data.dataset import Split
from latens.data.folder_files import natural, printable
from latens.data.parts import counts_as, part_called

__all__ = ["FolderRoles", "folder_roles"]

_SHOWN = 5
# "trainA" and "testB", as CycleGAN has them; what stands beside train and has no class.
_SET_OF_PART = re.compile(r"(train|test|val)[ _-]?[A-Z]")
_REST = re.compile(r"un(?:labell?ed|sup(?:ervised)?)|extra", re.IGNORECASE)
# "100CANON", "2023", "2023-12" and "2023-12-24", also with a word behind a date.
_ROLL = re.compile(
    r"[1-9]\d\d[A-Z0-9_]{5}|(?:19|20)\d\d(?:[-_.]?[01]\d(?:[-_.]?[0-3]\d)?)?(?:[ _-].*)?"
)


@dataclass(frozen=True)
class FolderRoles:
    """Which part of a path says what.

    Attributes
    ----------
    class_at : int or None
        The place of the folder that names the class; None where nothing does.
    part_at : int or None
        The place of the folder that names the part; None without parts.
    parts : frozenset of str
        Those that are there, of "train", "test" and "validation".
    classes : tuple of str or None
        In natural order.
    read_as : str
        All of it in words.
    notes : tuple of str
    """

    class_at: int | None = None
    part_at: int | None = None
    parts: frozenset[str] = frozenset()
    classes: tuple[str, ...] | None = None
    read_as: str = ""
    notes: tuple[str, ...] = ()

    def is_in(self, path: PurePosixPath, split: Split) -> bool:
        """Whether an image belongs to a split; without a test part, validation is the test part."""
        if self.part_at is None:
            return True
        return split in ("all", self._split_of(path))

    def by_part(self, images: Sequence[PurePosixPath]) -> list[PurePosixPath]:
        """Return images in their order, those of the test part behind all others."""
        return sorted(images, key=lambda path: self._split_of(path) == "test")

    def _split_of(self, path: PurePosixPath) -> str | None:
        """The split of an image; None without parts, and of one that lies beside them and cannot be read."""
        if self.part_at is None or len(path.parts) <= self.part_at:
            return None
        return counts_as(part_called(path.parts[self.part_at]), self.parts)

    def codes(self, images: Sequence[PurePosixPath]) -> np.ndarray | None:
        """Return the number of each image's class; None without classes."""
        if self.classes is None or self.class_at is None:
            return None
        code = {name: number for number, name in enumerate(self.classes)}
        place = self.class_at
        return np.array([code[_name(path.parts[place])] for path in images], dtype=np.int64)


def folder_roles(images: Sequence[PurePosixPath]) -> FolderRoles:
    """Tell parts and classes by the names of sub-folders.

    Folders that all images share mean nothing. Then come parts, if every folder there is called as one and
    train is among two or more, above the classes or below them; then classes, if every image lies in a
    sub-folder and there are two of them or more.
    """
    start = _shared(images, 0)
    for part_at, class_at in ((start, start + 1), (start + 1, start)):
        parts = _own_parts(images, part_at)
        if parts is not None:
            class_at = _shared(images, class_at) if class_at > part_at else class_at
            return _described(images, class_at, part_at, parts)
    return _described(images, start, None, frozenset())


def _shared(images: Sequence[PurePosixPath], start: int) -> int:
    """The first place at which paths differ, or at which a file stands."""
    place = start
    while all(len(path.parts) > place + 1 for path in images) and (
        len({path.parts[place] for path in images}) == 1
    ):
        place += 1
    return place


def _own_parts(images: Sequence[PurePosixPath], place: int) -> frozenset[str] | None:
    """The parts that the folders at a place name, if they are a split and nothing else."""
    if any(len(path.parts) < place + 2 for path in images):
        return None
    called = {part_called(name) for name in {path.parts[place] for path in images}}
    parts = frozenset(part for part in called if part is not None)
    is_split = None not in called and "train" in parts and len(parts) > 1
    return parts if is_split else None


def _described(
    images: Sequence[PurePosixPath], class_at: int, part_at: int | None, parts: frozenset[str]
) -> FolderRoles:
    classes, notes = _classes(images, class_at)
    if classes is not None and part_at is None:
        notes += _note_on_same_folders(images, class_at, classes)
        notes += _note_on_parts(classes) + _note_on_rolls(classes)
    if parts == {"train", "test", "validation"}:
        notes.append("The validation images count as training images.")
    words = [f"{len(images):,} images"]
    if classes is not None:
        words.append(f"in {len(classes):,} classes by sub-folder ({_some(classes)})")
    if part_at is not None:
        names = {path.parts[part_at] for path in images}
        told = [f"{_name(name)} ({part_called(name)})" for name in sorted(names)]
        words.append(f"{'with' if classes is None else 'and'} parts of their own: {_some(told)}")
    return FolderRoles(
        class_at=None if classes is None else class_at,
        part_at=part_at,
        parts=parts,
        classes=classes,
        read_as=" ".join(words),
        notes=tuple(notes),
    )


def _classes(
    images: Sequence[PurePosixPath], place: int
) -> tuple[tuple[str, ...] | None, list[str]]:
    outside = [path for path in images if len(path.parts) < place + 2]
    inside = {path.parts[place] for path in images if len(path.parts) >= place + 2}
    if outside and len(inside) > 1:
        note = (
            f"The {len(inside):,} sub-folders ({_some(sorted(inside))}) were not taken as classes, as "
            f"{len(outside):,} images lie beside them, such as '{printable(outside[0])}'; put those into a "
            "sub-folder to have classes."
        )
        return None, [note]
    if outside or len(inside) < 2:
        return None, []
    return tuple(_name(name) for name in sorted(inside, key=_order)), []


def _note_on_same_folders(
    images: Sequence[PurePosixPath], place: int, classes: tuple[str, ...]
) -> list[str]:
    """Say so where every class holds the same sub-folders: they may be the classes instead."""
    below: dict[str, set[str]] = {}
    for path in images:
        if len(path.parts) < place + 3:
            return []
        below.setdefault(path.parts[place], set()).add(path.parts[place + 1])
    sets = list(below.values())
    if len(sets[0]) < 2 or any(one != sets[0] for one in sets):
        return []
    return [
        f"Each of the {len(classes):,} sub-folders taken as classes ({_some(classes)}) holds the same "
        f"sub-folders ({_some(sorted(sets[0]))}). If those are the classes, load each of the "
        f"{len(classes):,} by itself, or name them train and test if they are parts."
    ]


def _note_on_parts(classes: tuple[str, ...]) -> list[str]:
    """Say so where some classes are called as parts are, and others are not."""
    parts = [name for name in classes if part_called(name) is not None]
    others = [name for name in classes if part_called(name) is None]
    if len(parts) + len({_SET_OF_PART.sub(r"\1", name) for name in others} & {"train", "test"}) > 1:
        sets = [name for name in others if _SET_OF_PART.fullmatch(name)]
        if sets and len(sets) == len(others):
            return [
                f"The sub-folders {_some(classes)} are called as the parts of several sets, and were taken "
                f"as {len(classes):,} classes; load one of them by itself if they are parts."
            ]
    is_rest = bool(others) and all(_REST.fullmatch(name) for name in others)
    if not others or (len(parts) < 2 and not (parts and is_rest)):
        return []
    return [
        f"The sub-folders {_some(parts)} are called as parts are, and {_some(others)} not, so all "
        f"{len(classes):,} were taken as classes; move {_some(others)} out, or into a part, to have parts."
    ]


def _note_on_rolls(classes: tuple[str, ...]) -> list[str]:
    """Say so where classes are called as cameras and people call folders of photos, by days and numbers."""
    if not all(_ROLL.fullmatch(name) for name in classes):
        return []
    return [
        f"The sub-folders taken as classes ({_some(classes)}) are called as cameras number folders, or by "
        "dates. Classes only score; put all images into one folder to have none."
    ]


def _some(names: Sequence[str]) -> str:
    more = f", ... ({len(names):,} in all)" if len(names) > _SHOWN else ""
    return ", ".join(_name(name) for name in names[:_SHOWN]) + more


def _order(name: str) -> tuple[list[str | int], str]:
    return natural(PurePosixPath(name))


def _name(name: str) -> str:
    return printable(PurePosixPath(name))
