"""What the program writes to: standard output and standard error, which may be closed, full or unread."""

import errno
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from latens._text import one_line
from latens.exceptions import LatensError

__all__ = ["OutputError", "own_streams"]


class OutputError(LatensError):
    """Results that cannot be printed.

    Attributes
    ----------
    is_unread : bool
        Whether the reader of a pipe has gone, as `head` does when it has enough.
    """

    def __init__(self, reason: str, *, is_unread: bool) -> None:
        super().__init__(f"The standard output cannot be written: {reason}.")
        self.is_unread = is_unread


@contextmanager
def own_streams() -> Iterator[None]:
    """Make what cannot be printed an error of ours, and pass over what cannot be said."""
    before = sys.stdout, sys.stderr, warnings.formatwarning
    _fill_gaps()
    sys.stdout = cast(TextIO, _Output(sys.stdout))
    sys.stderr = cast(TextIO, _Remarks(sys.stderr))
    warnings.formatwarning = cast(Any, _in_one_line)
    try:
        yield
    finally:
        sys.stdout, sys.stderr, warnings.formatwarning = before


class _Stream:
    """A stream, which is None where the program was started without one."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None else open(os.devnull, "w")  # noqa: PTH123, SIM115

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _abandon(self) -> None:
        """Let what is left in its buffer vanish, or Python would complain of it when it ends."""
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def write(self, text: str) -> int:
        """Write a text; return its length."""
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)


class _Output(_Stream):
    """Standard output: an error where it cannot be written."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self._is_closed = stream is None
        # Names of files may be made of bytes that are no text; they are printed as they are.
        is_utf8 = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
        with suppress(AttributeError):
            self._stream.reconfigure(  # type: ignore[attr-defined]
                errors="surrogateescape" if is_utf8 else "backslashreplace"
            )

    def write(self, text: str) -> int:
        if self._is_closed:
            raise OutputError("it is closed", is_unread=False)
        try:
            return self._stream.write(text)
        except OSError as error:
            raise self._error(error) from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise self._error(error) from error

    def _error(self, error: OSError) -> OutputError:
        self._abandon()
        reason = error.strerror or str(error)
        return OutputError(reason, is_unread=error.errno == errno.EPIPE)


class _Remarks(_Stream):
    """Standard error: what nobody can read is dropped."""

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            self._abandon()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._abandon()


def _fill_gaps() -> None:
    """Open the null device where a standard stream is closed, or the next file would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free


def _in_one_line(message: object, *where: object) -> str:
    return f"latens: warning: {one_line(message)}\n"
