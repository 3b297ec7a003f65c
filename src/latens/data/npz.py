"""NumPy's .npy files, and .npz archives with the usual names for samples and labels; nothing is unpickled."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latens._memory import check_memory
from latens._npy import NpyHeader, open_npy, read_npy_header
from latens._regular_files import open_regular
from latens._sparse import checked_sparse
from latens._text import one_line, shortened
from latens.data.dataset import Dataset, Split
from latens.data.labels import Labels, check_labels, encode_labels, label_bytes
from latens.data.parts import counts_as
from latens.exceptions import DataError

__all__ = ["NpyHeader", "load_npy", "load_npz", "open_npy", "read_npy_header"]

# Compared without regard to case, in this order.
_SAMPLES = ("x", "images", "data", "features")
_LABELS = ("y", "labels", "label", "targets", "target")
_PATTERNS = ("{}_{part}", "{part}_{}")
# How each part is called.
_PARTS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
_SHOWN = 10
_SPARSE_PARTS = ("data", "indices", "indptr", "row", "col", "coords", "offsets")
# SciPy makes these dense by the row and the column of every value, stored or beyond the corners.
_BY_PLACES, _PLACE_BYTES = ("bsr", "dia"), 32
# How NumPy writes them. Of the others, LZMA asks for the memory that a file says.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile lets through on nonsense; RuntimeError is how it says "encrypted", NotImplementedError
# "unknown compression".
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)


@dataclass
class _Archive:
    """An open .npz file and its members, by their names in lower case.

    Attributes
    ----------
    size : int
        The bytes of the file, and so the most that all its members together can come from.
    taken : int
        The memory that what was read has taken so far.
    """

    zip: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]
    where: str
    size: int
    taken: int = 0

    def find(self, words: tuple[str, ...], part: str | None = None) -> str | None:
        """Return the first member called by one of the words, of "train", "validation" or "test"."""
        patterns = _PATTERNS if part else ("{}",)
        names = (
            pattern.format(word, part=called)
            for word in words
            for called in _PARTS.get(part or "", ("",))
            for pattern in patterns
        )
        return next((name for name in names if name in self.members), None)

    def place(self, name: str) -> str:
        return f"The array '{_shown(self.members[name])}' of {self.where}"

    def header(self, name: str) -> NpyHeader:
        """Read a member's header and hold it against the archive's own figures."""
        info = self.members[name]
        if info.compress_type not in _COMPRESSIONS:
            raise DataError(
                f"{self.place(name)} is not compressed as NumPy does it. Save it again."
            )
        with self.zip.open(info) as stream:
            header = read_npy_header(stream, self.place(name))
        if header.total_bytes != info.file_size:
            raise DataError(
                f"{self.place(name)} does not hold what its header says: the shape {header.shape} "
                f"makes {header.total_bytes:,} bytes, and it has {info.file_size:,}. Get it again."
            )
        return header

    def take(self, needed: int, what: str) -> None:
        """Hold what is about to be taken, with all that was before, against the memory and the file."""
        check_memory(self.taken + needed, what, stored=self.size)
        self.taken += needed

    def array(self, name: str) -> np.ndarray:
        """Read a member whole, its header checked first."""
        header = self.header(name)
        copies = 1 if header.dtype.isnative else 2
        self.take(copies * header.data_bytes, self.place(name))
        with self.zip.open(self.members[name]) as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)


def load_npz(path: Path, split: Split = "all") -> Dataset:
    """Load samples, and labels where there are some, from a .npz archive.

    Samples are called ``X``, ``x``, ``images``, ``data`` or ``features``, or are the only array;
    labels ``y``, ``labels`` or ``targets``. ``x_train`` and ``x_test`` (also ``train_images`` and
    the like) make a split of the archive's own; ``val_images`` count as training samples there, and as
    test samples where there are no others. A sparse matrix of SciPy is made dense.

    Parameters
    ----------
    path : Path
        The archive.
    split : {"train", "test", "all"}, default="all"
        Which part to read, where there are parts.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the archive is damaged, holds Python objects or a trap, or its samples cannot be told.
    """
    where = f"the file '{path}'"
    try:
        with open_regular(path) as raw, zipfile.ZipFile(raw) as file:
            infos = [info for info in file.infolist() if info.filename.endswith(".npy")]
            members = {info.filename.removesuffix(".npy").lower(): info for info in infos}
            return _load(_Archive(file, members, where, path.stat().st_size), split)
    except DataError:
        raise
    except _DAMAGES as error:
        reason = shortened(error, 200) or type(error).__name__
        raise DataError(f"T{where[1:]} is no .npz file that can be read: {reason}.") from error
    except OSError as error:
        raise DataError(f"T{where[1:]} cannot be read: {error.strerror or error}.") from error


def _load(archive: _Archive, split: Split) -> Dataset:
    if {"data", "format", "shape"} <= archive.members.keys():
        return _load_sparse(archive)
    whole = archive.find(_SAMPLES)
    found = {part: archive.find(_SAMPLES, part) for part in _PARTS}
    train = found["train"]
    if whole is None and train and (found["validation"] or found["test"]):
        return _load_parts(archive, {part: name for part, name in found.items() if name}, split)
    name = whole or train or _only_array(archive)
    labels_name = archive.find(_LABELS, None if whole else "train") or archive.find(_LABELS)
    X = archive.array(name)
    labels = _labels(archive, [labels_name], [_length(X.shape)])
    used = {name, labels_name}
    return Dataset(X, labels.codes, labels.names, notes=_notes(labels) + _unread(archive, used))


def _load_parts(archive: _Archive, names: dict[str, str], split: Split) -> Dataset:
    """Read the parts of a split; the labels of all are read either way, so that codes agree."""
    heads = {part: archive.header(name) for part, name in names.items()}
    for part in heads:
        if heads[part].shape[1:] != heads["train"].shape[1:]:
            raise DataError(
                f"The samples of {archive.where} differ in shape: {heads['train'].shape[1:]} for training "
                f"and {heads[part].shape[1:]} for {part}."
            )
    _check_joinable(list(heads.values()), f"The samples of {archive.where}")
    lengths = [_length(head.shape) for head in heads.values()]
    label_names = [archive.find(_LABELS, part) for part in names]
    labels = _labels(archive, label_names, lengths)
    chosen = [part for part in names if split in ("all", counts_as(part, names))]
    arrays = [archive.array(names[part]) for part in chosen]
    if len(arrays) > 1:
        archive.take(
            sum(array.nbytes for array in arrays), f"Joining the samples of {archive.where}"
        )
    X = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    rows = np.flatnonzero(np.isin(np.repeat(list(names), lengths), chosen))
    y = None if labels.codes is None else labels.codes[rows]
    notes = _notes(labels) + _unread(archive, {*names.values(), *label_names})
    if len(names) > 2:
        notes += (f"The validation samples '{names['validation']}' count as training samples.",)
    told = ", ".join(f"{name} ({counts_as(part, names)})" for part, name in names.items())
    parts = f"{sum(lengths):,} samples in parts of their own: {told}"
    return Dataset(X, y, labels.names, notes=notes, has_split=True, read_as=parts, rows=rows)


def _check_joinable(heads: list[NpyHeader], where: str) -> None:
    """Refuse parts of which NumPy makes no array, such as numbers and dates."""
    try:
        np.result_type(*(head.dtype for head in heads))
    except TypeError as error:
        types = " and ".join(str(head.dtype) for head in heads)
        raise DataError(f"{where} differ in type: {types}. Save them as one type.") from error


def _labels(archive: _Archive, names: list[str | None], lengths: list[int]) -> Labels:
    """Encode the labels of one part or several as one, or say in a note why there are none."""
    found = [name for name in names if name is not None]
    if len(found) < len(names):
        return Labels()
    try:
        heads = [archive.header(name) for name in found]
        _check_joinable(heads, f"The labels of {archive.where}")
    except DataError as error:
        return Labels(note=f"The labels were left out. {error}")
    if [_length(head.shape) for head in heads] != lengths or any(
        head.shape[1:] != heads[0].shape[1:] for head in heads
    ):
        shapes = " and ".join(str(head.shape) for head in heads)
        return Labels(note=f"The labels have the shape {shapes} and were left out.")
    for head in heads:
        archive.take(label_bytes(head.shape, head.dtype), f"Encoding the labels of {archive.where}")
    values = np.concatenate([archive.array(name) for name in found])
    return encode_labels(values, f"The labels '{found[0]}'")


def _load_sparse(archive: _Archive) -> Dataset:
    where = f"The sparse matrix of {archive.where}"
    shape = archive.array("shape")
    if shape.shape != (2,) or shape.dtype.kind not in "iu" or shape.min() < 0:
        raise DataError(f"{where} is damaged: its shape is {one_line(shape.tolist())[:80]}.")
    n_rows, n_columns = shape.tolist()
    archive.take(n_rows * n_columns * archive.header("data").dtype.itemsize, where)
    parts = {name: archive.array(name) for name in archive.members if name in _SPARSE_PARTS}
    form = _sparse_format(archive)
    if form in _BY_PLACES:
        archive.take(_PLACE_BYTES * parts["data"].size, where)
    try:
        X = checked_sparse(form, parts, (n_rows, n_columns)).toarray()
    except ValueError as error:
        raise DataError(f"{where} is damaged: {str(error).rstrip('.')}.") from error
    return Dataset(X, notes=("The sparse matrix was made dense.",))


def _sparse_format(archive: _Archive) -> str:
    """The word that says how the parts are to be read, which SciPy writes as bytes or as text."""
    header = archive.header("format")
    if header.shape != () or header.dtype.kind not in "SU" or header.dtype.itemsize > 64:
        raise DataError(f"The sparse matrix of {archive.where} is damaged: its format is no word.")
    word = archive.array("format").item()
    return word.decode("latin-1") if isinstance(word, bytes) else str(word)


def _only_array(archive: _Archive) -> str:
    """The one array that is there whatever its name, as in ``numpy.savez("x.npz", X)``."""
    if len(archive.members) == 1:
        return next(iter(archive.members))
    names = ", ".join(_shown(info) for info in list(archive.members.values())[:_SHOWN])
    if len(archive.members) > _SHOWN:
        names += f" and {len(archive.members) - _SHOWN:,} more"
    raise DataError(
        f"In {archive.where} it is not clear which array holds the samples. Expected one called X, "
        f"x, images, data or x_train. Got: {names or 'no arrays'}."
    )


def _shown(info: zipfile.ZipInfo) -> str:
    """The name of an array; a file may call it anything."""
    return one_line(info.filename.removesuffix(".npy"))[:60]


def _length(shape: tuple[int, ...]) -> int:
    return shape[0] if shape else 0


def _unread(archive: _Archive, used: set[str | None]) -> tuple[str, ...]:
    """Say which arrays are neither samples nor labels."""
    rest = [_shown(info) for name, info in archive.members.items() if name not in used]
    if not rest:
        return ()
    more = f" and {len(rest) - _SHOWN:,} more" if len(rest) > _SHOWN else ""
    return (
        f"Arrays that are neither samples nor labels were not read: {', '.join(rest[:_SHOWN])}{more}.",
    )


def _notes(labels: Labels) -> tuple[str, ...]:
    return (labels.note,) if labels.note else ()


def load_npy(path: Path) -> Dataset:
    """Load samples from a .npy file, with the labels of ``y.npy`` for ``X.npy`` where that is there.

    Parameters
    ----------
    path : Path
        The file; ``X_train.npy`` goes with ``y_train.npy`` in the same way.

    Returns
    -------
    Dataset
        `X` is a read-only memory map.
    """
    X = open_npy(path)
    beside = path.with_name("y" + path.name[1:])
    if path.name[:1] not in ("X", "x") or not beside.is_file():
        return Dataset(X)
    labels = _labels_from(beside, len(X) if X.ndim else 0)
    notes = (labels.note,) if labels.note else ()
    return Dataset(X, labels.codes, labels.names, notes=notes)


def _labels_from(path: Path, n_samples: int) -> Labels:
    values = open_npy(path)
    if values.ndim == 0 or len(values) != n_samples:
        return Labels(
            note=f"The labels in '{path.name}' have the shape {values.shape}, "
            f"not one for each of {n_samples:,} samples, and were left out."
        )
    check_labels(values.shape, values.dtype, f"The file '{path}'")
    return encode_labels(np.asarray(values), f"The labels in '{path.name}'")
