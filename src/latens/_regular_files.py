"""The files of users, opened only where they are files: a pipe would be waited for, a device never ends."""

import errno
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["check_regular", "open_regular"]

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def check_regular(path: Path) -> None:
    """Refuse what has a name in the file system but is no file that can be read from start to end.

    Raises
    ------
    OSError
        If it is a pipe, a device, a socket or a folder, with that as its `strerror`, or is not there.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"it is {_KINDS.get(kind, 'no file')}, not a file", str(path))


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading its bytes, if it is one.

    Raises
    ------
    OSError
        As `check_regular`, or if it cannot be opened.
    """
    check_regular(path)
    return path.open("rb")
