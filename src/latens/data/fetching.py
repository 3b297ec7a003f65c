"""Bring a named set to this machine, if it is not here yet."""

from dataclasses import replace
from pathlib import Path

from latens._memory import format_bytes
from latens.data.cache_dirs import cache_folder
from latens.data.catalogue import NamedSet, canonical_name, find_named, list_named, named_set
from latens.data.cifar import CIFAR_ARCHIVE, CIFAR_FOLDER, unpack_cifar
from latens.data.downloads import download
from latens.data.progress import Progress, watched
from latens.exceptions import DataError, DownloadError

__all__ = ["fetch"]


def fetch(name: str, *, mirror: str | None = None, progress: Progress | None = None) -> NamedSet:
    """Make sure that a named set is on this machine, by a download where it is not.

    Downloads go to ``$XDG_CACHE_HOME/latens`` (``~/.cache/latens``), each file whole and with its
    checksum verified; after a failure the next call goes on with the files that are missing.

    Parameters
    ----------
    name : str
        As `list_named` says.
    mirror : str or None, default=None
        Another address that holds the same files; None for the official one.
    progress : callable or None, default=None
        Called with the task, what is done and the total in bytes; None draws a bar on stderr where
        that is a terminal.

    Returns
    -------
    NamedSet
        With `found` filled.

    Raises
    ------
    DataError
        If there is no named set of that name.
    DownloadError
        If the set is not here and cannot be downloaded; the message says what to do.

    Examples
    --------
    >>> fetch("digits").found
    'ships with scikit-learn'
    """
    canonical = canonical_name(name)
    if canonical is None:
        names = ", ".join(known.name for known in list_named())
        raise DataError(f"There is no named set '{name}'. Named sets: {names}.")
    known = named_set(canonical)
    if known.found is not None:
        return known
    found = find_named(known)
    return replace(known, found=str(found or _download(known, mirror, progress)))


def _download(known: NamedSet, mirror: str | None, progress: Progress | None) -> Path:
    folder = cache_folder() / known.name
    try:
        with watched(progress) as report:
            for file in known.files:
                download(mirror or known.address, folder, file, progress=report)
        if known.name != "cifar-10":
            return folder
        unpack_cifar(folder / CIFAR_ARCHIVE, folder / CIFAR_FOLDER)
        (folder / CIFAR_ARCHIVE).unlink()
    except DataError as error:
        raise _unreachable(known, folder, error) from error
    return folder / CIFAR_FOLDER


def _unreachable(known: NamedSet, folder: Path, error: DataError) -> DownloadError:
    files = ", ".join(file.name for file in known.files)
    ships = " or use fashion-mnist-10k, which ships with latens" if "mnist" in known.name else ""
    return DownloadError(
        f"The named set '{known.name}' ({format_bytes(known.download_bytes)}) is not on this machine "
        f"and could not be downloaded. {str(error).rstrip('.')}. Put {files} into '{folder}', set "
        f"LATENS_DATA to a folder that holds '{known.name}'{',' if ships else ''}{ships}."
    )
