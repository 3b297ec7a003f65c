"""Download one file: whole and with the right checksum, or not at all."""

import gzip
import hashlib
import os
import secrets
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from latens._memory import format_bytes
from latens.data.catalogue import RemoteFile
from latens.data.progress import Progress, silent
from latens.exceptions import DownloadError

if TYPE_CHECKING:
    from http.client import HTTPResponse

__all__ = ["Patience", "download", "has_checksum"]

_BLOCK_BYTES = 2**18
# Slower than this, in bytes per second over the whole of `Patience.stall`, counts as no answer.
_SLOWEST = 1024
# The largest file of a named set, unpacked, has 47 MB.
_MAX_UNPACKED = 2**26


@dataclass(frozen=True)
class Patience:
    """How long a download is tried.

    Attributes
    ----------
    attempts : int
        How often to begin, 1 or more.
    stall : float
        Seconds without a noteworthy answer after which an attempt ends.
    pause : float
        Seconds before the second attempt; each further pause is twice as long.
    """

    attempts: int = 3
    stall: float = 20.0
    pause: float = 0.5


class _PassingTroubleError(Exception):
    """What another attempt may heal."""


def download(
    address: str,
    folder: Path,
    file: RemoteFile,
    *,
    progress: Progress = silent,
    patience: Patience | None = None,
) -> Path:
    """Download a file into a folder.

    The file is written under another name and gets its own when its checksum is right, so that nobody
    ever finds half of it. What is there already with the right checksum is kept.

    Parameters
    ----------
    address : str
        Where the file lies, http or https, without its name.
    folder : Path
        Made if it is missing.
    file : RemoteFile
        Its name, length and checksum.
    progress : callable, default=silent
        Told how many bytes have come.
    patience : Patience or None, default=None
        When to give up; None for the defaults.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DownloadError
        If it could not be had whole. Nothing is left behind.
    """
    url = f"{address.rstrip('/')}/{file.name}"
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"The address '{address}' must begin with http:// or https://.")
    target = folder / file.name
    if has_checksum(target, file):
        return target
    patience = patience or Patience()
    reason = ""
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(patience.pause * 2 ** (attempt - 1))
        try:
            _download_once(url, target, file, progress, patience.stall)
        except _PassingTroubleError as error:
            reason = str(error)
        else:
            return target
    raise DownloadError(f"{url} could not be downloaded: {reason} ({patience.attempts} attempts).")


def has_checksum(path: Path, file: RemoteFile) -> bool:
    """Whether a file is there, and is the one that is meant."""
    is_gzip = file.name.endswith(".gz") and not file.name.endswith(".tar.gz")
    try:
        return path.is_file() and _checksum(path, is_gzip) == file.sha256
    except (OSError, EOFError, zlib.error):
        return False


def _download_once(
    url: str, target: Path, file: RemoteFile, progress: Progress, stall: float
) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _answer(url, stall) as response, part.open("xb") as out:
            _copy(response, out, file, progress, stall)
        if not has_checksum(part, file):
            raise _PassingTroubleError("what came is not what was expected (wrong checksum)")
        part.replace(target)
    except OSError as error:
        raise DownloadError(
            f"{url} could not be written to '{target.parent}': {error.strerror or error}."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def _answer(url: str, stall: float) -> Iterator["HTTPResponse"]:
    """Open the address; the trouble of the network is told apart from that of the disk."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        response = urlopen(Request(url, headers={"User-Agent": "latens"}), timeout=stall)
    except HTTPError as error:
        error.close()
        if error.code in (408, 425, 429) or error.code >= 500:
            raise _PassingTroubleError(f"the server answered {error.code}") from error
        raise DownloadError(
            f"{url} could not be downloaded: the server answered {error.code}."
        ) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise _PassingTroubleError(f"no connection ({reason})") from error
    with response:
        yield response


def _copy(
    response: "HTTPResponse", out: IO[bytes], file: RemoteFile, progress: Progress, stall: float
) -> None:
    """Copy block by block, with an eye on the length and the pace."""
    received = 0
    most = file.size + file.size // 10 + _BLOCK_BYTES
    promised = int(response.headers.get("Content-Length") or file.size)
    progress(f"downloading {file.name}", 0, promised)
    for block in _blocks(response, stall):
        received += len(block)
        if received > most or promised > most:
            raise _PassingTroubleError(f"the file is larger than {format_bytes(file.size)}")
        out.write(block)
        progress(f"downloading {file.name}", received, promised)
    if "Content-Length" in response.headers and received < promised:
        raise _PassingTroubleError(
            f"it broke off after {format_bytes(received)} of {format_bytes(promised)}"
        )


def _blocks(response: "HTTPResponse", stall: float) -> Iterator[bytes]:
    """What comes, until nothing or too little does."""
    from http.client import HTTPException

    since, count = time.monotonic(), 0
    while True:
        try:
            block = response.read1(_BLOCK_BYTES)
        except TimeoutError as error:
            raise _PassingTroubleError(f"it stalled for {stall:g} s") from error
        except (OSError, HTTPException) as error:
            raise _PassingTroubleError(f"the connection broke ({error})") from error
        if not block:
            return
        yield block
        count += len(block)
        seconds = time.monotonic() - since
        if seconds >= stall:
            if count < _SLOWEST * seconds:
                raise _PassingTroubleError(f"it stalled: {count:,} bytes in {seconds:.0f} s")
            since, count = time.monotonic(), 0


def _checksum(path: Path, is_gzip: bool) -> str:
    """SHA-256 of a file as it is, or of what a gzipped file holds."""
    digest, total = hashlib.sha256(), 0
    with gzip.open(path) if is_gzip else path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            total += len(block)
            if is_gzip and total > _MAX_UNPACKED:
                return "none: it unpacks to more than any file of a named set"
            digest.update(block)
    return digest.hexdigest()
