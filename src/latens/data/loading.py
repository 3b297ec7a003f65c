"""One function for every source: a named set, a folder of images, an array or a table in a file."""

import os
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from latens._regular_files import check_regular
from latens._validation import Options, check_value
from latens.data.catalogue import canonical_name, list_named
from latens.data.cifar import load_cifar
from latens.data.dataset import Dataset, Split
from latens.data.idx import is_idx_name
from latens.data.idx_sets import holds_idx, load_idx, load_idx_folder
from latens.data.image_files import ENDINGS
from latens.data.image_folders import ImageSize, load_image, load_image_folder
from latens.data.layouts import LAYOUTS, Layout
from latens.data.named_sets import load_named
from latens.data.npz import load_npy, load_npz
from latens.data.parquet_tables import parquet_files
from latens.data.pixel_tables import as_images
from latens.data.progress import Progress, watched
from latens.data.samples import check_samples
from latens.data.table_options import Missing, TableOptions, table_options
from latens.data.tables import TYPED_TABLES, is_text_table, load_csv, load_typed
from latens.data.unsupported_files import refuse_kind
from latens.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    from latens.data.table_encoding.encoder import TableEncoder
    from latens.data.table_encoding.recognition import Kinds

__all__ = ["load"]

_KINDS = (
    "a folder of images, .npy, .npz, .csv, .tsv, .txt (also .gz), "
    ".parquet, .feather, .arrow, .xlsx, or IDX (.idx.gz, -ubyte.gz)"
)
_ARRAY_STORE = "X.npy"


def load(
    source: str | os.PathLike[str],
    split: Split = "train",
    *,
    image_size: ImageSize | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
    without: Sequence[str] = (),
    keep: Sequence[str] = (),
    missing: Missing = "mark",
    header: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    kinds: "Kinds | None" = None,
    feature_names: Sequence[str] | None = None,
    encoder: "TableEncoder | None" = None,
    layout: Layout | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Dataset:
    """Load samples from a named set, a folder of images or a file.

    Labels are found where the source has them, and only ever score results. What had to be changed
    or left out is said in the notes of the answer.

    Parameters
    ----------
    source : str or path
        The name of a named set (`list_named`), or the path of a folder of images, an image, a .npy, .npz,
        .csv, .tsv, .txt (also .gz), .parquet, .feather, .arrow, .xlsx or IDX file, or of a folder of Parquet
        or IDX files, of CIFAR-10 batches, or of ``X.npy`` and ``y.npy``.
    split : {"train", "test", "all"}, default="train"
        Which samples. A source without test samples of its own gives all of them for "train".
    image_size : int, (int, int) or None, default=None
        For images: height and width in pixels, 1 to 4096, one integer for squares. None keeps a common size
        up to 96 pixels and else takes 64 for the longer side. For tables of pixels with `layout`: the size
        that their columns make up.
    label_column, id_column, without, keep, missing, header, decimal, encoding, kinds
        For tables, as `latens.data.table_options.TableOptions` has them; what is None is told by the
        content. Labels are then a column called label, class, target or y whose values can be classes. What
        `id_column` names becomes `Dataset.item_names`.
    feature_names : sequence of str or None, default=None
        For tables: the features to make, in their order, as the data set that a model has learned from names
        them. None takes all columns of numbers and of categories. Other sources do not heed it.
    encoder : TableEncoder or None, default=None
        For tables: what a model has learned of the columns, as `Dataset.encoder` has it. Their features are
        made as it says; other sources do not heed it.
    layout : {"images", "channels-first", "series", "table"} or None, default=None
        What the axes of an array mean: images with channels last, with channels first, series of the
        shape (n, time, channels), each channel scaled by itself, or a table. Makes images of tables of pixels
        and the reverse; for a folder, "images" reads the masks of images, too. None tells by the shape
        and the values, and says so in the notes where that is a guess.
    strict : bool, default=False
        For folders of images: refuse a folder of which a file cannot be read; else such files are left out
        and listed.
    progress : callable or None, default=None
        Called with the task, what is done and the total; None draws a bar on stderr if that is a terminal.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the source is not there, is damaged, holds no samples, or lacks the features asked for.
    DownloadError
        If a named set is not on this machine and cannot be downloaded.
    ParameterError
        If a parameter is illegal, or has no meaning for this source.

    Examples
    --------
    >>> load("digits")
    Dataset('digits', X: uint8 (1797, 8, 8), 10 classes)
    """
    _check_arguments(source, split, feature_names, layout)
    names = (label_column, id_column, without, keep, missing, header, decimal, encoding)
    options = table_options(*names, kinds, encoder)
    return _load(source, split, image_size, options, feature_names, layout, strict, progress)


def _check_arguments(
    source: object, split: str, feature_names: object, layout: Layout | None
) -> None:
    check_value("load", "split", split, (Options(("train", "test", "all")),))
    if not isinstance(source, str | os.PathLike):
        raise ParameterError(
            "The 'source' parameter of load must be a name or a path. "
            f"Got {type(source).__name__} instead; arrays go straight to the estimators."
        )
    if isinstance(feature_names, str):
        raise ParameterError(
            f"The 'feature_names' parameter of load must be a list of names. Got {feature_names!r} instead."
        )
    if layout is not None:
        check_value("load", "layout", layout, (Options(LAYOUTS),))


def _load(
    source: str | os.PathLike[str],
    split: Split,
    image_size: ImageSize | None,
    options: TableOptions,
    feature_names: Sequence[str] | None,
    layout: Layout | None,
    strict: bool,
    progress: Progress | None,
) -> Dataset:
    path = Path(os.path.expanduser(source))  # noqa: PTH111 - a home that is missing must not raise
    name = _meant_name(source, path)
    if name is not None:
        _refuse(image_size, options, f"the named set '{name}'")
        dataset = _with_hint(load_named(name, split, progress=progress), path)
    elif _is_there(path) and path.is_dir():
        dataset = _load_folder(
            path, split, image_size, options, feature_names, layout, strict, progress
        )
    elif _is_there(path) and path.is_file():
        dataset = _load_file(path, split, image_size, options, feature_names, layout)
    elif _is_there(path):
        raise _no_file(path)
    else:
        raise _not_found(source)
    return _finished(dataset, path if name is None else None, split, layout)


def _meant_name(source: str | os.PathLike[str], path: Path) -> str | None:
    """The named set that is meant; another spelling of a name gives way to a file of that name."""
    if not isinstance(source, str):
        return None
    name = canonical_name(source)
    return name if name == source or not _is_there(path) else None


def _is_there(path: Path) -> bool:
    """Whether a path exists; not if it cannot even be asked for, as one that is too long."""
    try:
        return path.exists()
    except OSError:
        return False


def _with_hint(dataset: Dataset, path: Path) -> Dataset:
    """Say so where a file or folder has the name of the named set that was loaded."""
    if not _is_there(path) or Path(dataset.source).absolute() == path.absolute():
        return dataset
    note = f"There is also '{path}' here; load './{path}' if that was meant."
    return replace(dataset, notes=(*dataset.notes, note))


def _load_folder(
    folder: Path,
    split: Split,
    image_size: ImageSize | None,
    options: TableOptions,
    feature_names: Sequence[str] | None,
    layout: Layout | None,
    strict: bool,
    progress: Progress | None,
) -> Dataset:
    try:
        is_table = bool(parquet_files(folder))
    except OSError as error:
        raise DataError(f"The folder '{folder}' cannot be read: {error.strerror}.") from error
    if is_table:
        _refuse(image_size, TableOptions(), f"the folder '{folder}', which holds a table")
        return load_typed(folder, feature_names, options)
    _refuse(None, options, f"the folder '{folder}'")
    try:
        is_idx, is_cifar = holds_idx(folder), (folder / "data_batch_1.bin").is_file()
    except OSError as error:
        raise DataError(f"The folder '{folder}' cannot be read: {error.strerror}.") from error
    is_store = (folder / _ARRAY_STORE).is_file()
    if is_idx or is_cifar or is_store:
        _refuse(image_size, TableOptions(), f"the folder '{folder}', which holds no image files")
    if is_cifar:
        return load_cifar(folder, split)
    if is_idx:
        return load_idx_folder(folder, split)
    if is_store:
        return load_npy(folder / _ARRAY_STORE)
    _refuse_layout(layout, f"the folder of images '{folder}'")
    with watched(progress) as report:
        return load_image_folder(
            folder,
            split,
            image_size=image_size,
            strict=strict,
            with_masks=layout == "images",
            progress=report,
        )


def _load_file(
    path: Path,
    split: Split,
    image_size: ImageSize | None,
    options: TableOptions,
    feature_names: Sequence[str] | None,
    layout: Layout | None,
) -> Dataset:
    ending = path.suffix.lower()
    if ending in ENDINGS:
        _refuse(None, options, f"the image '{path}'")
        _refuse_layout(layout, f"the image '{path}'")
        return load_image(path, image_size=image_size)
    is_table = ending in TYPED_TABLES or is_text_table(path)
    makes_images = is_table and layout in ("images", "channels-first")
    _refuse(
        None if makes_images else image_size,
        TableOptions() if is_table else options,
        f"the file '{path}'",
    )
    if is_table:
        load_table = load_typed if ending in TYPED_TABLES else load_csv
        table = load_table(path, feature_names, options)
        is_new = feature_names is None and options.encoder is None
        return as_images(table, layout, image_size) if is_new else table
    if ending == ".npy":
        return load_npy(path)
    if ending == ".npz":
        return load_npz(path, split)
    if is_idx_name(path.name):
        return load_idx(path)
    raise refuse_kind(path, _KINDS)


def _refuse(image_size: ImageSize | None, options: TableOptions, source: str) -> None:
    """Refuse a parameter that would be ignored."""
    if image_size is not None:
        raise ParameterError(f"The 'image_size' parameter of load is for images, not for {source}.")
    for name in options.given:
        raise ParameterError(f"The '{name}' parameter of load is for tables, not for {source}.")


def _refuse_layout(layout: Layout | None, source: str) -> None:
    """Refuse another meaning for what images in files are."""
    if layout not in (None, "images"):
        raise ParameterError(
            f"The 'layout' parameter of load (--as) is for arrays and tables of pixels, not for {source}."
        )


def _no_file(path: Path) -> DataError:
    """The error for a pipe, a device or a socket, of which nobody knows whether they end."""
    try:
        check_regular(path)
        reason = "it cannot be read"
    except OSError as error:
        reason = error.strerror or str(error)
    return DataError(f"'{path}' cannot be loaded: {reason}. Write what comes from it into a file.")


def _not_found(source: str | os.PathLike[str]) -> DataError:
    names = [known.name for known in list_named()]
    text = os.fspath(source)
    close = _close(text, names) or _close(Path(text).name, _siblings(Path(text)))
    hint = f" Did you mean '{close}'?" if close else ""
    return DataError(
        f"'{text}' is neither a file, nor a folder, nor a named set.{hint} "
        f"Named sets: {', '.join(names)}."
    )


def _close(text: str, candidates: Sequence[str]) -> str | None:
    matches = get_close_matches(text.lower(), [name.lower() for name in candidates], n=1)
    return next((name for name in candidates if matches and name.lower() == matches[0]), None)


def _siblings(path: Path) -> list[str]:
    try:
        return [other.name for other in path.parent.iterdir() if other != path]
    except OSError:
        return []


def _finished(dataset: Dataset, path: Path | None, split: Split, layout: Layout | None) -> Dataset:
    """The last checks, the same for every source, and what only `load` knows."""
    source = dataset.source or str(path)
    if split == "test" and not dataset.has_split:
        raise DataError(
            f"'{path or dataset.name}' has no test samples of its own. Use split='all', and hold "
            "some samples out yourself if you want to test."
        )
    where = f"The source '{source}'"
    # What images in files and pixels in columns mean is known.
    known = "images" if dataset.layout == "images" else layout
    samples = check_samples(dataset.X, where, known)
    if dataset.y is not None and len(dataset.y) != len(samples.X):
        raise DataError(f"{where} has {len(samples.X):,} samples and {len(dataset.y):,} labels.")
    return replace(
        dataset,
        X=samples.X,
        name=dataset.name or _short_name(path or Path(source)),
        source=source,
        notes=(*dataset.notes, *samples.notes),
        layout=samples.layout,
        read_as=dataset.read_as or samples.read_as,
        feature_names=dataset.feature_names if samples.X.ndim == 2 else None,
        encoder=dataset.encoder if samples.X.ndim == 2 else None,
    )


def _short_name(path: Path) -> str:
    """The name of a file without its endings, of a folder as it is."""
    name = path.resolve().name
    if path.is_dir():
        return name
    stem = name.removesuffix(".gz")
    return Path(stem).stem or name
