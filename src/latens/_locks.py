"""A file that one living process at a time can hold: what a killed one held is free at once."""

import errno
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["Lock"]

_PAUSE = 0.05
# Of file systems that know no locks, such as some of networks.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
# Windows keeps others from reading what is locked, and the number of the process should be read.
_FAR_BEHIND = 1 << 30


class Lock:
    """The right to write somewhere, held by a file there; the file is gone when it is given back.

    Parameters
    ----------
    path : Path
        Of the file. Its folder must be there.

    Attributes
    ----------
    is_safe : bool
        Whether the file system keeps others away. One that has no locks lets everybody take them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_safe = True
        self._file: int | None = None

    def take(self, patience: float = 0.0) -> bool:
        """Take the lock, and say whether that worked: another process may hold it.

        Parameters
        ----------
        patience : float
            Seconds to wait for another process.

        Raises
        ------
        OSError
            If the file cannot be made.
        """
        until = time.monotonic() + patience
        while not self._try():
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        return True

    def give_back(self) -> None:
        """Let others take it."""
        if self._file is None:
            return
        if sys.platform != "win32":
            # While it is held: later it might be the file of another process.
            self._remove()
        os.close(self._file)
        self._file = None
        if sys.platform == "win32":
            self._remove()

    def holder(self) -> str:
        """In words, who holds it."""
        with suppress(OSError, ValueError):
            return f"process {int(self.path.read_bytes()[:20])}"
        return "another process"

    def _try(self) -> bool:
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                if not self._lock(file):
                    os.close(file)
                    return False
                if self._is_in_place(file):
                    with suppress(OSError):  # a full disk has no room for the number
                        os.ftruncate(file, 0)
                        os.write(file, f"{os.getpid()}\n".encode())
                    self._file = file
                    return True
            except BaseException:
                os.close(file)
                raise
            # Its holder removed it between our opening and our locking, so it is the file of nobody.
            os.close(file)

    def _lock(self, file: int) -> bool:
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                return False
            self.is_safe = False
        return True

    def _is_in_place(self, file: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(file))
        except FileNotFoundError:
            return False

    def _remove(self) -> None:
        with suppress(OSError):
            self.path.unlink()


def _lock(file: int) -> None:
    if sys.platform == "win32":
        os.lseek(file, _FAR_BEHIND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
