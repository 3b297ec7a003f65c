"""Where named sets are looked for on this machine, in order, and where downloads are kept."""

import os
from pathlib import Path

__all__ = ["cache_folder", "data_folders"]

# Debian's data packages, such as dataset-fashion-mnist, install here.
_DEBIAN = Path("/usr/share/datasets")


def cache_folder() -> Path:
    """Return the folder for downloads: ``$XDG_CACHE_HOME/latens``, else ``~/.cache/latens``."""
    return _user_cache() / "latens"


def data_folders() -> list[Path]:
    """Return the folders that may hold named sets, the first to be preferred.

    The folders of ``LATENS_DATA`` (separated like PATH), the cache of latens, Debian's data sets, and
    where Keras and torchvision usually keep theirs. None of them need exist.
    """
    asked = os.environ.get("LATENS_DATA", "").split(os.pathsep)
    return [
        *(Path(_home(folder)) for folder in asked if folder.strip()),
        cache_folder(),
        _DEBIAN,
        Path(os.environ.get("KERAS_HOME") or _home("~/.keras")) / "datasets",
        Path(os.environ.get("TORCH_HOME") or _user_cache() / "torch"),
        Path("data"),
    ]


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or _home("~/.cache"))


def _home(folder: str) -> str:
    # Unlike Path.expanduser this leaves "~" alone on a machine without a home instead of raising.
    return os.path.expanduser(folder)  # noqa: PTH111
